/** What the README tells people to type is understood: each line gets as far as asking a server. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { haltpoint } from "./testing/command-line.ts";
import { temporaryFolder } from "./testing/world.ts";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
const lines = [...readme.matchAll(/^\$ npx haltpoint (.+)$/gm)].map(([, line = ""]) => line);
/** These are for the server's machine, and ask no server. */
const onTheHost = /^(serve|backup|doctor)\b|--host\b/;

/** As a shell would, for what the README uses: double quotes, and a remark at the end. */
function argsOf(line: string): readonly string[] {
  const words = line.replace(/ +# .*$/, "").match(/(?:[^ "]|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ""));
}

/** Who one is comes from the environment here; the folder has no development people. */
function withoutPerson(args: readonly string[]): readonly string[] {
  const at = args.indexOf("--as");
  return at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
}

describe("the README's commands", () => {
  it("are there", () => {
    expect(lines.filter((line) => !onTheHost.test(line)).length).toBeGreaterThan(6);
  });

  it.each(lines.filter((line) => !onTheHost.test(line)))("are understood: %s", async (line) => {
    const cwd = await temporaryFolder();
    const env = { HALTPOINT_TOKEN: "hpp_nobody", HALTPOINT_URL: "http://127.0.0.1:1" };
    const ran = await haltpoint(withoutPerson(argsOf(line)), { cwd, env });
    expect([ran.status, ran.err]).toEqual([6, expect.stringContaining("no Haltpoint server")]);
  });
});
