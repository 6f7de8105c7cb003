import { describe, expect, it } from "vitest";
import { tableLines } from "./table.ts";

const COLUMNS = [{ title: "ID" }, { title: "WHAT", gives: true as const }, { title: "BY" }];

describe("tables", () => {
  it("are as wide as they need where nothing has to fit", () => {
    expect(tableLines(COLUMNS, [["1", "a long thing to say", "me"]], null)).toEqual([
      "ID  WHAT                 BY",
      "1   a long thing to say  me",
    ]);
  });

  it("shorten one column to fit, and say so", () => {
    const lines = tableLines(COLUMNS, [["1", "a long thing to say", "me"]], 22);
    expect(lines[1]).toBe("1   a long thing …  me");
    expect(lines.every((line) => line.length <= 22)).toBe(true);
  });

  it("count wide characters as two columns and combining ones as none", () => {
    const lines = tableLines(
      COLUMNS,
      [
        ["1", "日本", "x"],
        ["2", "e\u0301", "x"],
      ],
      null,
    );
    expect(lines).toEqual(["ID  WHAT  BY", "1   日本  x", "2   e\u0301     x"]);
  });

  it("make what is invisible visible", () => {
    expect(tableLines([{ title: "A" }], [["a\u202e\nb"]], null)[1]).toBe("a«U+202E»«U+000A»b");
  });
});
