import { describe, expect, it } from "vitest";
import { listedAfter, listedAnew } from "./arrivals.ts";
import { leadOf, rowsOf, rowWith, visibleIn } from "./groups.ts";

const GROUPS: Readonly<Record<string, string>> = { a: "g", c: "g", e: "g", b: "h", d: "h" };
const groupOf = (id: string): string | null => GROUPS[id] ?? null;
const NOTHING: ReadonlySet<string> = new Set();

describe("rows of look-alikes (T20)", () => {
  const rows = rowsOf(["a", "b", "x", "c", "d"], groupOf);

  it("stand where their first stands; what nothing is like stays a row", () => {
    expect(rows).toEqual([
      { key: "g", members: ["a", "c"] },
      { key: "h", members: ["b", "d"] },
      { key: "x", members: ["x"] },
    ]);
  });

  it("neither move nor grow when others arrive, until they are asked for", () => {
    const listed = listedAnew(["a", "b", "x", "c", "d"]);
    const after = listedAfter(listed, ["a", "b", "x", "c", "d", "e", "y"]);
    expect(rowsOf(after.shown, groupOf)).toEqual(rows);
    const anew = listedAnew(["a", "b", "x", "c", "d", "e", "y"]);
    expect(rowsOf(anew.shown, groupOf)[0]?.members).toEqual(["a", "c", "e"]);
  });

  it("stay where they are when some are decided, and stand at the next that waits", () => {
    const after = listedAfter(listedAnew(["a", "b", "c"]), ["b", "c"]);
    const [first] = rowsOf(after.shown, groupOf);
    expect(first?.members).toEqual(["a", "c"]);
    expect(first === undefined ? "" : leadOf(first, after.gone)).toBe("c");
    const allGone = { key: "g", members: ["a", "c"] };
    expect(leadOf(allGone, new Set(["a", "c"]))).toBe("a");
  });

  it("are gone through by their leads, and one by one where they are open", () => {
    expect(visibleIn(rows, NOTHING, NOTHING)).toEqual(["a", "b", "x"]);
    expect(visibleIn(rows, new Set(["g"]), new Set(["a"]))).toEqual(["a", "c", "b", "x"]);
    expect(visibleIn(rows, NOTHING, new Set(["a"]))).toEqual(["c", "b", "x"]);
    expect(rowWith(rows, "d")?.key).toBe("h");
    expect(rowWith(rows, undefined)).toBeUndefined();
  });
});
