/** What policy and people did in a period, counted from the store's own records. */
import type { ReportView } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import type { App } from "./app.ts";
import { nextTurn } from "./next-turn.ts";

interface RuleCount {
  matched: number;
  held: number;
  denied: number;
  shadow: number;
}

/** Counts the requests submitted since then. Shadow results are columns of their own (never oversight). */
export async function reportSince(app: App, since: number): Promise<ReportView> {
  const { now } = await app.store.time();
  const rules = new Map<string, RuleCount>();
  const count = { requests: 0, held: 0, shadowHeld: 0, shadowDenied: 0 };
  const byStatus: Record<string, number> = {};
  const byBasis: Record<string, number> = {};
  let cursor: string | null = null;
  do {
    const page = await app.store.requests({
      createdSince: since,
      order: "oldest",
      limit: app.limits.pageMax,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const state of page.items) {
      count.requests += 1;
      byStatus[state.status] = (byStatus[state.status] ?? 0) + 1;
      if (state.basis !== null) byBasis[state.basis] = (byBasis[state.basis] ?? 0) + 1;
      if (state.obligations !== null) count.held += 1;
      if (state.policy.shadow?.effect === "hold") count.shadowHeld += 1;
      if (state.policy.shadow?.effect === "deny") count.shadowDenied += 1;
      countRules(rules, state);
    }
    ({ cursor } = page);
    if (cursor !== null) await nextTurn();
  } while (cursor !== null);
  return {
    since,
    until: now,
    requests: count.requests,
    by_status: byStatus,
    by_basis: byBasis,
    held: count.held,
    shadow: { held: count.shadowHeld, denied: count.shadowDenied },
    rules: [...rules]
      .map(([rule, counts]) => ({ rule, ...counts }))
      .sort((a, b) => b.matched - a.matched || (a.rule < b.rule ? -1 : 1)),
  };
}

function countRules(rules: Map<string, RuleCount>, state: RequestState): void {
  const { policy } = state;
  for (const rule of policy.rules) {
    const counts = countOf(rules, rule);
    counts.matched += 1;
    if (policy.effect === "hold") counts.held += 1;
    if (policy.effect === "deny") counts.denied += 1;
  }
  for (const rule of policy.shadow?.rules ?? []) countOf(rules, rule).shadow += 1;
}

function countOf(rules: Map<string, RuleCount>, rule: string): RuleCount {
  const counts = rules.get(rule) ?? { matched: 0, held: 0, denied: 0, shadow: 0 };
  rules.set(rule, counts);
  return counts;
}
