/** `docs/threats.md` says which test answers which threat. Here it is held to that. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { faultsOf, readThreats } from "./threat-model.ts";

const root = new URL("../../", import.meta.url);
const text = await readFile(new URL("docs/threats.md", root), "utf8");

const sourceOf = async (path: string): Promise<string | null> => {
  const file = new URL(path, root);
  return existsSync(file) ? readFile(file, "utf8") : null;
};

describe("the threat model", () => {
  it("has every threat once, in order", () => {
    const numbers = readThreats(text).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it("names tests that exist and cite the threat, and none for what is not built", async () => {
    const faults = await Promise.all(readThreats(text).map((each) => faultsOf(each, sourceOf)));
    expect(faults.flat()).toEqual([]);
  });

  it.each([
    ["an unknown state", "\n**answered**", "\n**nearly**", "T1: no state"],
    ["no test", /- `packages[^]*?\n\n/, "\n", "T1: answered without a test"],
    ["a test that is not there", "editing.test.ts", "edits.test.ts", "T1: no file"],
    ["a title that nobody has", "voids earlier reviews (T1)", "voids nothing (T1)", "T1: no test"],
    ["another threat's test", "## T1.", "## T77.", "T77: not cited"],
  ] as const)("notices %s", async (_what, from, to, fault) => {
    const [threat] = readThreats(text.slice(0, text.indexOf("## T2.")).replace(from, to));
    expect(threat).toBeDefined();
    const faults = threat === undefined ? [] : await faultsOf(threat, sourceOf);
    expect(faults.join("\n")).toContain(fault);
  });
});
