import { describe, expect, it } from "vitest";
import { listedAfter, listedAnew } from "./arrivals.ts";

describe("the list that is being read", () => {
  const listed = listedAnew(["a", "b", "c"]);

  it("keeps its order and its places when others arrive and some are decided", () => {
    const after = listedAfter(listed, ["x", "a", "c", "d"]);
    expect(after.shown).toEqual(["a", "b", "c"]);
    expect([...after.gone]).toEqual(["b"]);
    expect(after.arrived).toEqual(["x", "d"]);
  });

  it("takes back what came back", () => {
    const away = listedAfter(listed, ["a", "c"]);
    expect([...listedAfter(away, ["a", "b", "c"]).gone]).toEqual([]);
  });

  it("shows what arrived once asked", () => {
    expect(listedAnew(["x", "a"])).toEqual({ shown: ["x", "a"], gone: new Set(), arrived: [] });
  });
});
