/**
 * Finds the rules about one action without looking at the others: the time depends on how many
 * match, not on how many there are.
 */
import type { CompiledRule, IndexedRule, RuleIndex } from "./compiled-policy.ts";

export class ActionIndex implements RuleIndex {
  readonly #exact: ReadonlyMap<string, readonly IndexedRule[]>;
  readonly #byPrefix: ReadonlyMap<string, readonly IndexedRule[]>;
  readonly #prefixLengths: readonly number[];

  constructor(rules: readonly CompiledRule[]) {
    const exact = new Map<string, IndexedRule[]>();
    const byPrefix = new Map<string, IndexedRule[]>();
    for (const rule of rules) {
      const { condition, match } = rule;
      const judge = condition === null ? null : condition.judge;
      const indexed = { judge, restrictions: match.restrictions, rule };
      if (match.actions.length === 0) append(byPrefix, "", indexed);
      for (const { stem, isPrefix } of match.actions) {
        append(isPrefix ? byPrefix : exact, stem, indexed);
      }
    }
    this.#exact = exact;
    this.#byPrefix = byPrefix;
    const lengths = new Set([...byPrefix.keys()].map((prefix) => prefix.length));
    this.#prefixLengths = [...lengths].sort((a, b) => a - b);
  }

  forEach(action: string, visit: (rule: IndexedRule) => void): void {
    this.#exact.get(action)?.forEach(visit);
    for (const length of this.#prefixLengths) {
      if (length > action.length) return;
      this.#byPrefix.get(action.slice(0, length))?.forEach(visit);
    }
  }
}

function append(rules: Map<string, IndexedRule[]>, key: string, rule: IndexedRule): void {
  const same = rules.get(key);
  if (same === undefined) rules.set(key, [rule]);
  else same.push(rule);
}
