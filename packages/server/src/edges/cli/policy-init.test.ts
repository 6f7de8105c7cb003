/** What `policy init` prints: the shipped default and packs, each held to the cases beside it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPolicyText, tryPolicyCases } from "../../app/policy-texts.ts";
import { CommandFailure } from "./command-failure.ts";
import type { Call } from "./command.ts";
import { firstPolicy, init, PACKS, packText } from "./policy-init.ts";

const FOLDER = new URL("../../packs/", import.meta.url);
const SHIPPED = ["default", ...PACKS];
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["approvers", ["ana", "bo"]],
  ["finance", ["fay", "gus"]],
  ["security", ["eli", "hal"]],
  ["privacy", ["ida"]],
]);

const composed = (packs: readonly string[]): string =>
  firstPolicy({ packs, owner: "chen", groups: GROUPS });

function expectSound(text: string): void {
  const { problems, warnings } = checkPolicyText({ file: "policy.yaml", text });
  expect(problems).toEqual([]);
  expect(warnings).toEqual([]);
}

/** The text of one rule, without its id. */
function ruleIn(text: string, id: string): string {
  const [, found = ""] = text.split(`- id: ${id}\n`);
  return found.split("- id: ")[0] ?? "";
}

describe("the shipped policies", () => {
  it("are the default and the packs that can be named, with cases beside each", () => {
    const names = readdirSync(FOLDER).filter((file) => !file.endsWith(".cases.yaml"));
    expect(names.sort()).toEqual(SHIPPED.map((name) => `${name}.yaml`).sort());
    for (const name of SHIPPED) {
      expect(existsSync(new URL(`${name}.cases.yaml`, FOLDER)), name).toBe(true);
    }
  });

  it.each(SHIPPED)("%s loads alone", (name) => {
    expectSound(packText(name));
  });

  it.each(SHIPPED)("%s, on the default, decides what its cases expect", (name) => {
    const policy = { file: "policy.yaml", text: composed(name === "default" ? [] : [name]) };
    const file = `${name}.cases.yaml`;
    const tried = tryPolicyCases(policy, {
      file,
      text: readFileSync(new URL(file, FOLDER), "utf8"),
    });
    if (!tried.ok) throw new Error(tried.problems.join("\n"));
    const failures = tried.cases.flatMap((each) =>
      each.failures.map((failure) => `${each.place} ${each.name}: ${failure}`),
    );
    expect(failures).toEqual([]);
    expect(tried.cases.length).toBeGreaterThanOrEqual(8);
  });
});

describe("a first policy", () => {
  const sets = [[], ...PACKS.map((name) => [name]), PACKS].map((packs) => ({ packs }));
  it.each(sets)("of the packs $packs loads", ({ packs }) => {
    const text = composed(packs);
    expectSound(text);
    expect(text).not.toContain("OWNER");
    expect(text).toMatch(/owner: chen\n/);
    for (const [group, members] of GROUPS) {
      expect(text.replaceAll(/\s+-\s/g, " ")).toContain(`${group}: ${members.join(" ")}`);
    }
  });

  it("has each rule once, the pack's in the place of the default's", () => {
    const ids = [...composed(PACKS).matchAll(/^ {2}- id: (.+)$/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ruleIn(composed([]), "default-spend")).toContain("group:approvers");
    expect(ruleIn(composed(["finance"]), "default-spend")).toContain("group:finance");
  });

  it("is the same in whatever order the packs are named: none undoes a stricter one", () => {
    expect(composed([...PACKS].reverse())).toBe(composed(PACKS));
    const text = composed(["identity-and-secrets", "coding-agent"]);
    expect(ruleIn(text, "default-privilege")).toContain("count: 2, from: group:security");
  });
});

describe("policy init", () => {
  const printed: string[] = [];
  const noted: string[] = [];
  async function run(
    args: readonly string[],
    owner: string | undefined,
    group: readonly string[] = [],
  ): Promise<string> {
    printed.length = 0;
    noted.length = 0;
    const call = {
      args,
      options: { text: () => owner, flag: () => false, list: () => group },
      screen: {
        print: (text: string) => printed.push(text),
        printJson: () => undefined,
        note: (text: string) => noted.push(text),
      },
    };
    await init(call as unknown as Call);
    return printed.join("");
  }
  const failure = async (...asked: Parameters<typeof run>): Promise<string> => {
    try {
      await run(...asked);
    } catch (error) {
      if (error instanceof CommandFailure) return error.message;
      throw error;
    }
    return "";
  };

  it("prints it, and says which groups nobody declared", async () => {
    const text = await run(["finance"], "chen", ["approvers=ana, bo"]);
    expectSound(text);
    expect(noted.join()).toContain("`finance`");
    expect(noted.join()).not.toContain("`approvers`");
  });

  it("says of an unknown pack which there are", async () => {
    expect(await failure(["finances"], "chen")).toMatch(/no pack `finances`.*finance, /);
    expect(await failure(["default"], "chen")).toMatch(/no pack `default`/);
  });

  it.each([undefined, "", "a: b", "x\ny", "#"])("wants an owner, and not %j", async (owner) => {
    expect(await failure([], owner)).toContain("--owner");
  });

  it.each([
    "approvers",
    "approvers=",
    "=ana",
    "approvers=ana,,bo",
    "a b=ana",
    "approvers=a:b",
    "approvers=ana=bo",
  ])("refuses the group %j and says how to write one", async (group) => {
    expect(await failure([], "chen", [group])).toContain("write approvers=ana,bo");
  });

  it("refuses a group that is given twice, instead of forgetting who was named first", async () => {
    const twice = ["approvers=ana", "approvers=bo"];
    expect(await failure([], "chen", twice)).toContain("`approvers` is given twice");
  });

  it.each(["007", "null", "true", "1e3"])(
    "takes %s for a person, whatever YAML makes of it",
    async (id) => {
      expectSound(await run(["finance"], id, [`approvers=${id},bo`]));
      expect(printed.join("")).toContain(`owner: "${id}"`);
    },
  );

  it("refuses a quorum that the groups given cannot fill", async () => {
    const groups = ["approvers=ana,bo", "security=eli"];
    expect(await failure(["identity-and-secrets"], "chen", groups)).toContain("group:security");
  });
});
