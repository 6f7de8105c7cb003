/** Counting what was decided against what would have been. Pure; knows nothing of a request's words. */
import {
  canonicalJson,
  type DisposedAs,
  type ReplayChange,
  type ReplayExample,
  type ReplayView,
} from "@haltpoint/protocol";
import type { Obligations } from "../../domain/policy/model.ts";
import type { Disposition } from "../../domain/request/decide-submit.ts";

const EXAMPLES_MAX = 3;
/** Loosest first. */
const STRICTNESS: readonly DisposedAs[] = ["allowed", "held", "denied"];
const NO_RULE = "default";

/** One side of the comparison. */
export interface Said {
  readonly as: DisposedAs;
  /** The rule that decided: the first where several said the same. */
  readonly rule: string;
  /** How many approvals it waits for. */
  readonly approvals: number;
  /** Who has to approve, and how, as text to compare. */
  readonly asks: string;
}

/** @param rules those that took part, the most restrictive first */
export function saidOf(
  { to }: Pick<Disposition, "to">,
  rules: readonly string[],
  obligations: Obligations | null,
): Said {
  const rule = rules[0] ?? NO_RULE;
  if (to !== "held" || obligations === null) {
    return { as: to === "denied" ? "denied" : "allowed", rule, approvals: 0, asks: "" };
  }
  const { approval, quorum, stepUp, confirm } = obligations;
  const approvals = approval === "self" ? 1 : quorum.reduce((sum, { count }) => sum + count, 0);
  // Canonical: what was recorded has its members in another order than what was made just now.
  return { as: "held", rule, approvals, asks: canonicalJson([approval, quorum, stepUp, confirm]) };
}

interface Change {
  readonly from: DisposedAs;
  readonly to: DisposedAs;
  count: number;
  readonly rules: Map<string, number>;
  readonly examples: ReplayExample[];
}

type Counts = Record<DisposedAs, number>;

const nothing = (): Counts => ({ allowed: 0, held: 0, denied: 0 });

export class Tally {
  readonly before = nothing();
  readonly after = nothing();
  approvalsBefore = 0;
  approvalsAfter = 0;
  readonly #changes = new Map<string, Change>();
  readonly #rules = new Map<string, { readonly before: Counts; readonly after: Counts }>();

  /** @param example called only where it is shown */
  add(was: Said, would: Said, example: () => ReplayExample): void {
    this.before[was.as] += 1;
    this.after[would.as] += 1;
    this.approvalsBefore += was.approvals;
    this.approvalsAfter += would.approvals;
    this.#ruleCounts(was.rule).before[was.as] += 1;
    this.#ruleCounts(would.rule).after[would.as] += 1;
    if (was.as === would.as && was.asks === would.asks) return;
    const change = this.#change(was.as, would.as);
    const isStricter = STRICTNESS.indexOf(would.as) >= STRICTNESS.indexOf(was.as);
    const { rule } = isStricter ? would : was;
    change.count += 1;
    change.rules.set(rule, (change.rules.get(rule) ?? 0) + 1);
    // The latest are remembered best; requests come the oldest first.
    if (change.examples.length === EXAMPLES_MAX) change.examples.shift();
    change.examples.push(example());
  }

  /** What became stricter first, and the more frequent before the rarer. */
  changes(): readonly ReplayChange[] {
    const steps = ({ from, to }: Change) => STRICTNESS.indexOf(to) - STRICTNESS.indexOf(from);
    return [...this.#changes.values()]
      .sort((a, b) => steps(b) - steps(a) || b.count - a.count)
      .map(({ rules, examples, ...change }) => ({
        ...change,
        rules: [...rules]
          .map(([rule, count]) => ({ rule, count }))
          .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
        examples: examples.toReversed(),
      }));
  }

  /** Rules that held or denied anything, before or after. */
  rules(): ReplayView["rules"] {
    const part = ({ held, denied }: Counts) => ({ held, denied });
    return [...this.#rules]
      .map(([rule, { before, after }]) => ({ rule, before: part(before), after: part(after) }))
      .filter(({ before, after }) => before.held + before.denied + after.held + after.denied > 0)
      .sort((a, b) => (a.rule < b.rule ? -1 : 1));
  }

  #change(from: DisposedAs, to: DisposedAs): Change {
    const key = `${from} ${to}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const change: Change = { from, to, count: 0, rules: new Map(), examples: [] };
    this.#changes.set(key, change);
    return change;
  }

  #ruleCounts(rule: string) {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const counts = { before: nothing(), after: nothing() };
    this.#rules.set(rule, counts);
    return counts;
  }
}
