import { describe, expect, it } from "vitest";
import type { ReplayView } from "./policy-messages.ts";
import { changeWords, ruleWords, workWords } from "./replay-words.ts";

const change = (rules: number) => ({
  from: "allowed" as const,
  to: "held" as const,
  count: 9,
  rules: Array.from({ length: rules }, (_, at) => ({ rule: `r${at}`, count: 1 })),
  examples: [],
});

function work(of: {
  readonly perWeek: number | null;
  readonly eachMs?: number | null;
  readonly minutes?: number | null;
}): string {
  const { perWeek, eachMs = null, minutes = null } = of;
  const view = {
    decisions: { before: 3, after: 5, more_per_week: perWeek },
    minutes: { per_decision_ms: eachMs, measured: 4, more_per_week: minutes },
  };
  return workWords(view as ReplayView).join(" ");
}

describe("a replay in words", () => {
  it("says what changes and by which rules, the first five of them", () => {
    expect(changeWords(change(1))).toBe("Held that was allowed: 9");
    expect(ruleWords(change(2))).toBe("by rule: r0 1, r1 1");
    expect(ruleWords(change(6))).toBe("by rule: r0 1, r1 1, r2 1, r3 1, r4 1 and 1 more");
  });

  it("estimates nothing from what is not known", () => {
    expect(work({ perWeek: null })).toContain("too little to say anything of a week");
    expect(work({ perWeek: 0 })).toBe("Approvals asked for: 3 before, 5 with it: as many a week.");
    expect(work({ perWeek: 2 })).toContain("2 more a week. How long people look");
    expect(work({ perWeek: -2, eachMs: 30_400, minutes: -1 })).toContain(
      "2 fewer a week. An estimate: 1 fewer human minutes a week; half of 4 decisions on record took at most 30 s.",
    );
  });
});
