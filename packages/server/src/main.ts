/** The program: hands the process and `compose.ts` to the command line. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { runCli } from "./edges/cli/cli.ts";
import type { Host } from "./edges/cli/host.ts";

const host: Host = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  program: programName(),
  version: versionOf(),
  compose: () => import("./compose.ts"),
  onStop: (listener) => {
    process.on("SIGINT", listener);
    process.on("SIGTERM", listener);
    return () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    };
  },
};

// Whoever reads our output may stop reading (`haltpoint inbox | head`); that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await runCli(process.argv.slice(2), host);

/** npm says whether it started us; else the name of the file is what was typed. */
function programName(): string {
  const isByNpm = process.env["npm_command"] !== undefined;
  return !isByNpm && basename(process.argv[1] ?? "") === "haltpoint"
    ? "haltpoint"
    : "npx haltpoint";
}

function versionOf(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
