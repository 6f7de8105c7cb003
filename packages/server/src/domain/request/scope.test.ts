import type { HaltScope } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import type { RequestScope } from "./model.ts";
import { scopeKey, scopeKeys } from "./scope.ts";

const scope: RequestScope = {
  identity: "agent-1",
  owner: "own",
  groups: ["bots", "spenders"],
  session: "s-1",
  trace: "t-1",
  action: "purchase.submit",
  impact: "spend",
};

describe("what a halt covers", () => {
  it.each<HaltScope>([
    { kind: "everything" },
    { kind: "identity", id: "agent-1" },
    { kind: "owner", id: "own" },
    { kind: "group", id: "bots" },
    { kind: "group", id: "spenders" },
    { kind: "session", id: "s-1" },
    { kind: "trace", id: "t-1" },
    { kind: "action", id: "purchase.submit" },
    { kind: "impact", id: "spend" },
  ])("a request of its own: %j", (halt) => {
    expect(scopeKeys(scope)).toContain(scopeKey(halt));
  });

  it.each<HaltScope>([
    { kind: "identity", id: "own" },
    { kind: "owner", id: "agent-1" },
    { kind: "group", id: "s-1" },
    { kind: "session", id: "t-1" },
    { kind: "action", id: "purchase" },
    { kind: "identity", id: "everything" },
  ])("no other: %j", (halt) => {
    expect(scopeKeys(scope)).not.toContain(scopeKey(halt));
  });

  it("nothing by what a request does not have", () => {
    const bare = { ...scope, groups: [], session: null, trace: null, impact: null };
    expect(scopeKeys(bare)).toEqual([
      "everything",
      "identity:agent-1",
      "owner:own",
      "action:purchase.submit",
    ]);
  });

  it("a request whose identity has changed hands: by whom it was then and is now (I10)", () => {
    const keys = scopeKeys(scope, { owner: "dee", groups: ["movers"] });
    for (const id of ["own", "dee"]) expect(keys).toContain(scopeKey({ kind: "owner", id }));
    for (const id of ["bots", "movers"]) expect(keys).toContain(scopeKey({ kind: "group", id }));
    expect(new Set(scopeKeys(scope, scope)).size).toBe(scopeKeys(scope, scope).length);
  });
});
