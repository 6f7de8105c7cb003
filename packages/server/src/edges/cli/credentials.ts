/**
 * What `haltpoint login` keeps: one session for each server, in `credentials.json` of the user's
 * configuration folder. Only its owner may read it, and it is not believed where somebody else could
 * have written it (T36). A session is sent to the server it is of and to no other.
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
import { dirname, isAbsolute, join } from "node:path";
import { usageFailure } from "./command-failure.ts";
import type { Host } from "./host.ts";

export interface SignedInHere {
  /** `hps_…` */
  readonly token: string;
  readonly person: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

const READ_BY_OTHERS = 0o077;

/** Where the file is; null: the environment names no folder of this user. */
function credentialsPath({ env }: Host): string | null {
  const configured = env["XDG_CONFIG_HOME"] ?? "";
  // As the convention has it, a path that is not absolute is not one.
  if (isAbsolute(configured)) return join(configured, "haltpoint", "credentials.json");
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  return home === "" ? null : join(home, ".config", "haltpoint", "credentials.json");
}

/** Server's URL → session. Empty where there is no file. */
export function readCredentials(host: Host): ReadonlyMap<string, SignedInHere> {
  const path = credentialsPath(host);
  if (path === null) return new Map();
  let text: string;
  try {
    const { mode, uid } = statSync(path);
    const me = process.getuid?.();
    // Windows has neither: there the folder's rights are all there is.
    if (me !== undefined && ((mode & READ_BY_OTHERS) !== 0 || uid !== me)) {
      throw usageFailure(
        `\`${path}\` can be read or was written by somebody else, so it is not used.\n` +
          "Delete it, sign its sessions out at /me, and run `haltpoint login` again.",
      );
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
  const known = parsed(text);
  if (known === null) {
    throw usageFailure(`\`${path}\` is damaged: delete it and run \`haltpoint login\` again`);
  }
  return known;
}

function parsed(text: string): ReadonlyMap<string, SignedInHere> | null {
  try {
    const { servers } = JSON.parse(text) as { readonly servers?: unknown };
    if (typeof servers !== "object" || servers === null) return null;
    const entries = Object.entries(servers as Readonly<Record<string, unknown>>);
    return new Map(entries.filter((entry): entry is [string, SignedInHere] => isSession(entry[1])));
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is SignedInHere {
  if (typeof value !== "object" || value === null) return false;
  const { token, person, expires_at: expiresAt } = value as Partial<SignedInHere>;
  return typeof token === "string" && typeof person === "string" && typeof expiresAt === "number";
}

/**
 * Keeps a session, or with null forgets it. The file is written whole or not at all, and gone once
 * nothing is in it. Returns its path.
 */
export function keepCredential(host: Host, url: string, session: SignedInHere | null): string {
  const path = credentialsPath(host);
  if (path === null) {
    throw usageFailure("set HOME or XDG_CONFIG_HOME: there is no folder to keep a sign-in in");
  }
  const others = [...readCredentials(host)].filter(([known]) => known !== url);
  const kept = session === null ? others : [...others, [url, session] as const];
  if (kept.length === 0) {
    rmSync(path, { force: true });
    return path;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  const text = JSON.stringify({ servers: Object.fromEntries(kept) }, undefined, 2);
  writeFileSync(fresh, `${text}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
  return path;
}
