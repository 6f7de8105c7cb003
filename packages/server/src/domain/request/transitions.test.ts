import { TERMINAL_STATUSES, type RequestStatus } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import type { RequestEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { isTerminal } from "./model.ts";
import { replay } from "./decide.ts";
import { Story, agent } from "./testing/story.ts";
import { isLegal, TRANSITIONS } from "./transitions.ts";

const statuses = new Set<RequestStatus>(TRANSITIONS.map((row) => row.to));
const isTerminalStatus = (status: string): boolean =>
  TERMINAL_STATUSES.some((terminal) => terminal === status);

describe("the table of moves", () => {
  it("has no row twice for one command", () => {
    const rows = TRANSITIONS.flatMap(({ from, event, to, by }) =>
      by.map((command) => `${from} ${event} ${to} ${command}`),
    );
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("lets nothing leave a terminal state (I6)", () => {
    const leaving = TRANSITIONS.filter((row) => isTerminalStatus(row.from) && row.from !== row.to);
    expect(leaving).toEqual([]);
    expect([...statuses].filter(isTerminal).sort()).toEqual([...TERMINAL_STATUSES].sort());
  });

  it("lets neither time, nor a halt, nor membership approve or run anything (I5, T14)", () => {
    const silent = TRANSITIONS.filter((row) =>
      row.by.some((command) => command === "tick" || command === "recheck" || command === "halt"),
    );
    const authorising = silent.filter(
      (row) => row.from !== row.to && ["approved", "running", "released"].includes(row.to),
    );
    expect(authorising).toEqual([]);
  });

  it("lets only a redemption start anything, and only from approved (I1)", () => {
    const starting = TRANSITIONS.filter(
      (row) => (row.to === "running" || row.to === "released") && row.from !== row.to,
    );
    expect(starting.map((row) => [row.from, row.event])).toEqual([
      ["approved", "redeemed"],
      ["approved", "redeemed"],
    ]);
  });

  it("leads out of every state that is not terminal, by time where no person has to (I15)", () => {
    for (const status of statuses) {
      const out = TRANSITIONS.filter((row) => row.from === status && row.to !== status);
      expect(out.length > 0).toBe(!isTerminalStatus(status));
      const byTime = out.some((row) => row.by.includes("tick"));
      expect(byTime).toBe(!isTerminalStatus(status) && status !== "indeterminate");
    }
  });
});

describe("evolve", () => {
  it("throws on a move that is not in the table", () => {
    const story = new Story();
    const event: RequestEvent = {
      kind: "redeemed",
      to: "running",
      at: story.world.now,
      actor: agent,
      run: { attemptHash: "a", startedAt: 0, leaseMs: 1, leaseUntil: 1, maxUntil: 1 },
      digest: "digest-0",
      policyVersion: "p1",
      eligible: {},
      counted: [],
    };
    expect(isLegal("held", "redeemed", "running")).toBe(false);
    expect(() => evolve(story.state, event)).toThrow("illegal move: held + redeemed → running");
  });

  it("throws on a beginning that is none, and on a second one", () => {
    const story = new Story();
    const [submitted] = story.events;
    expect(() => replay(null, [{ ...submitted!, kind: "delegated" } as RequestEvent])).toThrow(
      "must be `submitted`",
    );
    expect(() => evolve(story.state, submitted!)).toThrow("illegal move");
  });

  it("counts a version for each event, and replays to the same state (I8)", () => {
    const story = new Story().approve("ana").redeem().later(5_000).beat().report("succeeded");
    expect(story.state.version).toBe(story.events.length);
    expect(replay(null, story.events)).toEqual(story.state);
  });
});
