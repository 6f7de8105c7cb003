/**
 * Finds the rules about one action without looking at the others: the time depends on how many
 * match, not on how many there are.
 */
import type { CompiledRule, IndexedRule, Restrictions, RuleIndex } from "./compiled-policy.ts";
import { restrictionTest, type RestrictionTest } from "./restriction-test.ts";

/** The rules of one action, or of all that begin alike. */
interface Bucket {
  readonly forAnybody: IndexedRule[];
  /** Rules for the members of one group, by that group: most of a policy of many teams. */
  readonly byGroup: Map<string, IndexedRule[]>;
}

export class ActionIndex implements RuleIndex {
  readonly #exact: ReadonlyMap<string, Bucket>;
  readonly #byPrefix: ReadonlyMap<string, Bucket>;
  readonly #prefixLengths: readonly number[];

  constructor(rules: readonly CompiledRule[]) {
    const exact = new Map<string, Bucket>();
    const byPrefix = new Map<string, Bucket>();
    const tests = new Map<Restrictions, RestrictionTest>();
    for (const rule of rules) {
      const { condition, match } = rule;
      const judge = condition === null ? null : condition.judge;
      const indexed = { judge, concerns: sharedTest(match.restrictions, tests), rule };
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

  forEach(action: string, groups: readonly string[], visit: (rule: IndexedRule) => void): void {
    visitBucket(this.#exact.get(action), groups, visit);
    for (const length of this.#prefixLengths) {
      if (length > action.length) return;
      visitBucket(this.#byPrefix.get(action.slice(0, length)), groups, visit);
    }
  }
}

function visitBucket(
  bucket: Bucket | undefined,
  groups: readonly string[],
  visit: (rule: IndexedRule) => void,
): void {
  if (bucket === undefined) return;
  bucket.forAnybody.forEach(visit);
  if (bucket.byGroup.size === 0) return;
  groups.forEach((group, at) => {
    // A group that is named twice is still one group.
    if (groups.indexOf(group) === at) bucket.byGroup.get(group)?.forEach(visit);
  });
}

function append(buckets: Map<string, Bucket>, key: string, indexed: IndexedRule): void {
  const bucket: Bucket = buckets.get(key) ?? { forAnybody: [], byGroup: new Map() };
  buckets.set(key, bucket);
  const group = onlyGroupOf(indexed.rule);
  if (group === null) {
    bucket.forAnybody.push(indexed);
    return;
  }
  const same = bucket.byGroup.get(group);
  if (same === undefined) bucket.byGroup.set(group, [indexed]);
  else same.push(indexed);
}

/** The one group whose members a rule is about; null: it is about several, or about anybody. */
function onlyGroupOf({ match }: CompiledRule): string | null {
  const [only, ...others] = match.restrictions?.subjectGroups ?? [];
  return only === undefined || others.length > 0 || only.isPrefix ? null : only.stem;
}

/** Rules with the same restrictions share them, and so their test. */
function sharedTest(
  restrictions: Restrictions | null,
  tests: Map<Restrictions, RestrictionTest>,
): RestrictionTest | null {
  if (restrictions === null) return null;
  const test = tests.get(restrictions) ?? restrictionTest(restrictions);
  tests.set(restrictions, test);
  return test;
}
