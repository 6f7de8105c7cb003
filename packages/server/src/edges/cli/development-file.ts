/**
 * The file by which commands find the server and people of `haltpoint dev`: `.haltpoint/dev.json`.
 *
 * It holds tokens, so only its owner may read it, and it is not believed where somebody else could
 * have written it.
 */
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Call } from "./command.ts";
import { usageFailure } from "./command-failure.ts";
import type { Development } from "./host.ts";

export interface DevelopmentFile {
  readonly url: string;
  /** Person → token. */
  readonly people: ReadonlyMap<string, string>;
}

const FILE = "dev.json";
const DEFAULT_FOLDER = ".haltpoint";
const READ_BY_OTHERS = 0o077;
const WRITTEN_BY_OTHERS = 0o022;

/** Where `haltpoint dev` keeps its files; absolute. */
export function dataFolder(call: Pick<Call, "options" | "host">): string {
  const { options, host } = call;
  const given = options.text("data") ?? host.env["HALTPOINT_DATA"];
  return resolve(host.cwd, given === undefined || given === "" ? DEFAULT_FOLDER : given);
}

/** Makes the folder, for its owner only; one that is there is used where nobody else may write. */
export function makeDataFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  requireOwnFolder(folder);
}

/** Whoever may write to it could put other files in the place of ours (T36). */
function requireOwnFolder(folder: string): void {
  const { mode, uid } = statSync(folder);
  const me = process.getuid?.();
  // Windows has neither: there the folder's rights are all there is.
  if (me === undefined || ((mode & WRITTEN_BY_OTHERS) === 0 && uid === me)) return;
  throw usageFailure(
    `others may write to \`${folder}\`, so it is not used.\n` +
      "Make it yours alone (`chmod go-w`, `chown`), or name another one with --data.",
  );
}

/** What a running `haltpoint dev` wrote; null where there is none. */
export function readDevelopmentFile(call: Call): DevelopmentFile | null {
  const path = join(dataFolder(call), FILE);
  let text: string;
  try {
    requireOwnFolder(dirname(path));
    const { mode, uid } = statSync(path);
    const me = process.getuid?.();
    if (me !== undefined && ((mode & READ_BY_OTHERS) !== 0 || uid !== me)) {
      throw usageFailure(
        `\`${path}\` can be read or was written by somebody else, so it is not used.\n` +
          "Stop `haltpoint dev`, delete the file and start it again.",
      );
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const file = parsed(text);
  if (file === null) {
    throw usageFailure(`\`${path}\` is damaged: stop \`haltpoint dev\` and start it again`);
  }
  return file;
}

function parsed(text: string): DevelopmentFile | null {
  try {
    const value = JSON.parse(text) as { readonly url?: unknown; readonly people?: unknown };
    if (typeof value.url !== "string" || typeof value.people !== "object") return null;
    const people = Object.entries(value.people ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return { url: value.url, people: new Map(people) };
  } catch {
    return null;
  }
}

/** Writes the file whole or not at all. Returns a function that removes it again. */
export function writeDevelopmentFile(
  folder: string,
  file: { readonly url: string } & Development,
): () => void {
  makeDataFolder(folder);
  const path = join(folder, FILE);
  const fresh = `${path}.${process.pid}`;
  const people = Object.fromEntries(file.people.map(({ id, token }) => [id, token]));
  const text = JSON.stringify({ url: file.url, people, identity: file.identity }, undefined, 2);
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${text}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
  return () => rmSync(path, { force: true });
}
