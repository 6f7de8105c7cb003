import { beforeAll, describe, expect, it } from "vitest";
import {
  COMMON_OPTIONS,
  type CommandSpec,
  type CommandTree,
} from "../../packages/server/src/edges/cli/command.ts";
import { COMMANDS } from "../../packages/server/src/edges/cli/commands.ts";
import { haltpoint } from "./testing/command-line.ts";
import { temporaryFolder } from "./testing/world.ts";

let cwd: string;
beforeAll(async () => {
  cwd = await temporaryFolder();
});

interface Known {
  readonly path: readonly string[];
  readonly spec: CommandSpec;
}

function allOf(trees: readonly CommandTree[], before: readonly string[] = []): readonly Known[] {
  return trees.flatMap(({ spec, subcommands }) => {
    const path = [...before, spec.usage.split(" ")[0] ?? ""];
    return [{ path, spec }, ...allOf(subcommands ?? [], path)];
  });
}

const ALL = allOf(COMMANDS);

describe("help", () => {
  it("names every command with its purpose", async () => {
    const ran = await haltpoint(["--help"], { cwd });
    expect(ran.status).toBe(0);
    for (const { path } of ALL.filter((each) => each.path.length === 1)) {
      expect(ran.out).toMatch(new RegExp(`^ {2}${path[0] ?? ""}[ \\[<]`, "m"));
    }
    expect(ran.out).toContain("haltpoint dev --demo");
  });

  it("knows the commands that people were promised", () => {
    const names = ALL.map(({ path }) => path.join(" "));
    for (const name of [
      "dev, serve, inbox, show, approve, reject, edit, interrupt, halt, halt lift, halt list, resolve",
      "ask, retract, extend, delegate, identity add, identity list, identity set, identity key add",
      "identity key revoke, person add, person list, person set, person recover, oncall set",
      "policy check, policy explain, policy test, policy replay, policy coverage, policy versions",
      "policy show, policy revert, policy publish",
      "report, config check, doctor, backup, login, logout",
    ].flatMap((line) => line.split(", "))) {
      expect(names).toContain(name);
    }
  });

  it.each(ALL.map((known) => [known.path.join(" "), known] as const))(
    "of `%s` has a purpose in one line, an example, and exit statuses",
    async (name, { path, spec }) => {
      const ran = await haltpoint([...path, "--help"], { cwd });
      expect(ran.status).toBe(0);
      expect(spec.purpose.length).toBeLessThan(90);
      expect(ran.out.replaceAll(/\s+/g, " ")).toContain(spec.purpose);
      expect(ran.out).toMatch(new RegExp(`^Examples?:\n {2}haltpoint ${name}`, "m"));
      expect(ran.out).toMatch(/^Exit status:\n +0 {2}done$/m);
    },
  );

  it.each(ALL.flatMap(({ spec }) => spec.examples))(
    "has an example that is true: `%s`",
    (example) => {
      const words = example.replaceAll(/"[^"]*"/g, "X").split(" ");
      const [known] = ALL.filter(({ path }) => path.every((word, index) => words[index] === word))
        .toSorted((a, b) => b.path.length - a.path.length)
        .slice(0, 1);
      const options = [...COMMON_OPTIONS, ...(known?.spec.options ?? [])].map(
        ({ flags }) => flags.split(" ")[0],
      );
      const used = words.filter((word) => word.startsWith("--"));
      expect(used.filter((flag) => !options.includes(flag))).toEqual([]);
      const args = spec0(known).split(" ").slice(1);
      const needed = args.filter((each) => each.startsWith("<")).length;
      expect(words.length - (known?.path.length ?? 0)).toBeGreaterThanOrEqual(needed);
    },
  );
});

function spec0(known: Known | undefined): string {
  return known?.spec.usage ?? "";
}

describe("a command line that is not right", () => {
  it.each([
    [["inbxo"], "unknown command 'inbxo'"],
    [["inbxo"], "Did you mean inbox?"],
    [["approve", "7F3K", "--resaon", "x"], "Did you mean --reason?"],
    [["approve"], "missing required argument 'request'"],
    [["show", "a", "b"], "too many arguments"],
    [["report", "--since"], "argument missing"],
    [["identity"], "say which one"],
    [["inbox", "--token", "x", "--as", "ana"], "--token and --as both say who you are"],
    [["inbox"], "nobody is named"],
    [["inbox", "--as", "ana"], "none runs from this folder"],
    [["inbox", "--token", "x", "--url", "ftp://x"], "cannot be used"],
    [["inbox", "--token", "x y"], "cannot be used"],
  ])("%j says `%s`", async (args, expected) => {
    const ran = await haltpoint(args, { cwd });
    expect([ran.status, ran.out]).toEqual([2, ""]);
    expect(ran.err).toContain(expected);
    expect(ran.err).not.toMatch(/^\s+at /m);
    const json = await haltpoint([...args, "--json"], { cwd });
    expect(json.problem()).toMatchObject({ code: "invalid_request", exit_status: 2 });
  });

  it("never repeats a token", async () => {
    const ran = await haltpoint(["inbox", "--token", "hpp_secret secret"], { cwd });
    expect(ran.err).not.toContain("hpp_secret");
  });
});
