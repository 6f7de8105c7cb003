/** Files that somebody names on the command line. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { usageFailure } from "./command-failure.ts";
import type { Host } from "./host.ts";

const FILE_BYTES_MAX = 4_194_304;

/** The text of a file, or a failure that names it. */
export function readTextFile(host: Host, file: string): string {
  try {
    const bytes = readFileSync(resolve(host.cwd, file));
    if (bytes.length > FILE_BYTES_MAX) throw usageFailure(`\`${file}\` is longer than 4 MiB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw usageFailure(`\`${file}\` is not UTF-8 text`);
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ENOENT") throw usageFailure(`there is no file \`${file}\``);
    if (error.code === "EISDIR") throw usageFailure(`\`${file}\` is a folder`);
    if (error.code === "EACCES") throw usageFailure(`\`${file}\` may not be read by you`);
    throw error;
  }
}
