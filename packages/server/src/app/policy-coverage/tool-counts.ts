/** Counting the calls of one tool, or of all that are not told apart. Pure; knows no arguments. */
import type {
  CoverageCounts,
  CoverageImpact,
  CoverageRule,
  DisposedAs,
  ReplayCounts,
} from "@haltpoint/protocol";
import { IMPACTS, type Classification, type Impact } from "../../domain/impact/model.ts";
import type { CompiledRule } from "../../domain/policy/compiled-policy.ts";
import { coveredBy } from "../../domain/policy/coverage.ts";
import type { Assurance } from "../../domain/policy/model.ts";

/** As many identities are named. */
const NAMES_MAX = 3;
/** As many rules are told apart; a policy may have thousands that are about everything. */
export const RULES_MAX = 20;
const BY: readonly CoverageRule["by"][] = ["action", "impact", "other"];

/** One request, as it is counted. */
export interface Seen {
  readonly action: string;
  readonly identity: string;
  readonly assurance: Assurance;
  /** As recorded. */
  readonly decided: DisposedAs;
  /** The rules that had a part in that. */
  readonly rulesThen: readonly string[];
  readonly classification: Classification;
  /** Rules of the policy in force that are about it, and the ids of those that say something. */
  readonly about: readonly CompiledRule[];
  readonly applied: ReadonlySet<string>;
  readonly byDefault: boolean;
  /** Why it was taken for this kind of harm, without anything of its arguments. */
  readonly evidenceOf: (impact: Impact) => string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Decided = Mutable<ReplayCounts>;
type RuleCount = Mutable<CoverageRule> & { readonly decided: Decided };

const nothing = (): Decided => ({ allowed: 0, held: 0, denied: 0 });

export class ToolCounts {
  requests = 0;
  byDefault = 0;
  readonly #identities = new Set<string>();
  readonly #decided = nothing();
  readonly #assurance = { mediated: 0, cooperative: 0 };
  readonly #access = { read: 0, write: 0, unknown: 0 };
  readonly #confidence = { high: 0, low: 0 };
  readonly #impacts = new Map<Impact, Mutable<CoverageImpact>>();
  readonly #rules = new Map<string, RuleCount>();
  #moreRules = false;

  add(seen: Seen): void {
    const { classification, decided } = seen;
    this.requests += 1;
    if (seen.byDefault) this.byDefault += 1;
    this.#identities.add(seen.identity);
    this.#decided[decided] += 1;
    this.#assurance[seen.assurance] += 1;
    this.#access[classification.access] += 1;
    this.#confidence[classification.confidence] += 1;
    for (const impact of classification.impacts) this.#addImpact(impact, seen);
    for (const rule of namedFirst(seen)) this.#addRule(rule, seen);
  }

  /** Lower is graver: the place of the gravest impact, then what may write, then what only reads. */
  get gravity(): number {
    const gravest = IMPACTS.findIndex((impact) => this.#impacts.has(impact));
    if (gravest !== -1) return gravest;
    return IMPACTS.length + (this.#access.write + this.#access.unknown > 0 ? 0 : 1);
  }

  /** Whether nothing but the default would decide any of it. */
  get isOnlyByDefault(): boolean {
    return this.byDefault === this.requests;
  }

  view(): CoverageCounts {
    const names = [...this.#identities].sort();
    return {
      requests: this.requests,
      identities: { names: names.slice(0, NAMES_MAX), count: names.length },
      decided: this.#decided,
      assurance: this.#assurance,
      access: this.#access,
      confidence: this.#confidence,
      impacts: IMPACTS.flatMap((impact) => this.#impacts.get(impact) ?? []),
      rules: [...this.#rules.values()].sort(
        (a, b) =>
          BY.indexOf(a.by) - BY.indexOf(b.by) ||
          b.requests - a.requests ||
          (a.rule < b.rule ? -1 : 1),
      ),
      more_rules: this.#moreRules,
      by_default: this.byDefault,
    };
  }

  #addImpact(impact: Impact, { classification, evidenceOf }: Seen): void {
    const isSure = classification.findings.some(
      (finding) => finding.impact === impact && finding.confidence === "high",
    );
    const known = this.#impacts.get(impact);
    const count = known ?? { category: impact, requests: 0, sure: 0, evidence: evidenceOf(impact) };
    if (known === undefined) this.#impacts.set(impact, count);
    // The first sentence that is sure says more than the first of all.
    else if (isSure && count.sure === 0) count.evidence = evidenceOf(impact);
    count.requests += 1;
    if (isSure) count.sure += 1;
  }

  #addRule(rule: CompiledRule, { action, applied, decided, rulesThen }: Seen): void {
    const count = this.#ruleCount(rule, action);
    if (count === null) return;
    count.requests += 1;
    if (applied.has(rule.id)) count.applies += 1;
    if (rulesThen.includes(rule.id)) count.decided[decided] += 1;
  }

  #ruleCount(rule: CompiledRule, action: string): RuleCount | null {
    const known = this.#rules.get(rule.id);
    if (known !== undefined) return known;
    if (this.#rules.size === RULES_MAX) {
      this.#moreRules = true;
      return null;
    }
    const { id, decision, mode } = rule;
    const by = coveredBy(rule, action);
    const count = { rule: id, by, decision, mode, requests: 0, applies: 0, decided: nothing() };
    this.#rules.set(id, count);
    return count;
  }
}

/** Where there are more than are told apart, those that name the tool are not among what is left out. */
function namedFirst({ about, action }: Seen): readonly CompiledRule[] {
  if (about.length <= RULES_MAX) return about;
  const [named, others] = [true, false].map((isNamed) =>
    about.filter((rule) => (coveredBy(rule, action) === "action") === isNamed),
  );
  return [...(named ?? []), ...(others ?? [])];
}
