/** Judges a condition by itself, for tests. */
import { compileCondition } from "../condition/condition.ts";
import { environmentFor, type ArgumentTypes } from "../condition/environment.ts";
import type { Scope } from "../condition/scope.ts";
import { ConditionError, CostExceeded, Meter, Timestamp, type Value } from "../condition/value.ts";
import { STEPS_MAX } from "../input-scope.ts";
import { minuteOfDay, wallClock, type Window } from "../windows.ts";

export interface Judged {
  readonly properties?: unknown;
  readonly context?: unknown;
  readonly subject?: unknown;
  readonly now?: string;
  readonly types?: ArgumentTypes;
  readonly steps?: number;
}

const NIGHT: Window = {
  days: ["sat", "sun"],
  fromMinute: minuteOfDay("02:00"),
  toMinute: minuteOfDay("05:00"),
  clock: wallClock("Europe/Berlin")!,
};

/**
 * `true` or `false`; `error: …` where it fails, which tightens; `cost` where it takes too long;
 * `refused: …` where a policy with it would not load.
 */
export function judgeText(text: string, judged: Judged = {}): string {
  const result = compileCondition(text, {
    budgets: new Map(),
    windows: new Map([["night", NIGHT]]),
    environments: [{ about: "", environment: environmentFor(judged.types) }],
    shared: new Map(),
    share: (data) => data,
  });
  if (result.kind === "refused") return `refused: ${result.issues[0]?.message ?? ""}`;
  try {
    return String(result.condition.judge(scopeOf(judged)));
  } catch (error) {
    if (error instanceof ConditionError) return `error: ${error.message}`;
    if (error instanceof CostExceeded) return "cost";
    throw error;
  }
}

function scopeOf({ properties = {}, context = {}, subject, now, steps }: Judged): Scope {
  return {
    subject: (subject ?? { id: "s", labels: {}, groups: [] }) as Value,
    claims: { subject: {} },
    action: { name: "a.b", properties: properties as Value },
    resource: { type: "t", id: "i", properties: {} },
    context: context as Value,
    impact: { categories: [], access: "unknown", confidence: "low", outside: [] },
    budgets: null,
    now: new Timestamp(Date.parse(now ?? "2026-01-05T12:00:00Z")),
    locals: [],
    meter: new Meter(steps ?? STEPS_MAX),
    worked: new Map(),
  };
}
