/** Puts together what all rules that apply say: the most restrictive wins, holds are merged. */
import type { CompiledPolicy, CompiledRule, Demand, Outcome } from "./compiled-policy.ts";
import { memberAtPath } from "../member-at-path.ts";
import type { Effect, Obligations, PolicyInput, Risk } from "./model.ts";
import { higherRisk, mergeAllObligations } from "./obligations.ts";

/** A rule that takes part: its condition was true, or could not be judged. */
export interface Applied {
  readonly rule: CompiledRule;
  readonly judgement:
    { readonly kind: "matched" } | { readonly kind: "error"; readonly detail: string };
}

export interface Verdict {
  readonly effect: Effect;
  readonly vetoWindowMs: number;
  readonly obligations: Obligations | null;
  readonly missingFields: readonly string[];
  readonly reasons: readonly string[];
  /** Rules that took part, most restrictive first. */
  readonly rules: readonly string[];
  /** Those of them that the effect comes from. */
  readonly decisive: readonly string[];
  readonly grantDeadlineMs: number;
  readonly risk: Risk;
  readonly impact: string | null;
}

interface About {
  readonly policy: CompiledPolicy;
  readonly input: PolicyInput;
  readonly mismatch: string | null;
  /** What denies whatever the rules say. */
  readonly denial: string | null;
}

/** One voice: what an outcome says here, which is more than its decision after an error. */
interface Voice {
  readonly outcome: Outcome;
  readonly effect: Effect;
  readonly reason: string;
}

const STRICTNESS: Readonly<Record<Effect, number>> = { allow: 0, hold: 1, deny: 2 };

export function combine(applied: readonly Applied[], about: About): Verdict {
  const voices = voicesOf(applied, about);
  const demands = new Set<Demand>();
  for (const { outcome } of voices) demands.add(outcome.demand);
  const missingFields = missingOf(demands, about.input);
  const refusals = refusalsOf(voices, missingFields, about);
  const said = refusals.length > 0 ? "deny" : strictest(voices, about.mismatch);
  const terms = termsOf(voices, demands);
  const obligations = said === "hold" ? obligationsOf(demands, terms) : null;
  // Nobody is named who could approve it: only where the default denies and arguments do not fit.
  const effect = said === "hold" && obligations === null ? "deny" : said;
  const reasons = new Set(refusals);
  if (about.mismatch !== null) reasons.add(about.mismatch);
  const rules: string[] = [];
  const decisive: string[] = [];
  for (const voice of voices) {
    if (voice.effect === effect) reasons.add(voice.reason);
    if (voice.outcome === about.policy.fallback) continue;
    rules.push(voice.outcome.id);
    if (voice.effect === effect) decisive.push(voice.outcome.id);
  }
  return { effect, obligations, missingFields, reasons: [...reasons], rules, decisive, ...terms };
}

/** Why it is denied, the rules' reasons before what the submitter can mend. */
function refusalsOf(
  voices: readonly Voice[],
  missingFields: readonly string[],
  { denial, input }: About,
): readonly string[] {
  const refusals: string[] = [];
  if (denial !== null) refusals.push(denial);
  for (const { effect, reason } of voices) {
    // They come first: most restrictive first.
    if (effect !== "deny") break;
    refusals.push(reason);
  }
  if (missingFields.length > 0) refusals.push(`the request lacks ${quoted(missingFields)}`);
  if (input.assurance === "mediated") return refusals;
  const mediated = voices.find(({ outcome }) => outcome.demand.assurance === "mediated");
  return mediated === undefined ? refusals : [...refusals, unmediated(mediated)];
}

/** All who have a say, most restrictive first, then in the order of the file. */
function voicesOf(
  applied: readonly Applied[],
  { policy, mismatch, denial }: About,
): readonly Voice[] {
  const { fallback } = policy;
  const voices = applied.map((each): Voice => voiceOf(each, fallback));
  if (denial === null && defaultSpeaks(applied, fallback, mismatch))
    voices.push(defaultVoice(fallback));
  if (voices.length < 2) return voices;
  return voices.sort(
    (a, b) => STRICTNESS[b.effect] - STRICTNESS[a.effect] || a.outcome.order - b.outcome.order,
  );
}

function voiceOf({ rule, judgement }: Applied, fallback: Outcome): Voice {
  if (judgement.kind === "matched") {
    return { outcome: rule, effect: rule.decision, reason: rule.why };
  }
  // Errors tighten: at least a hold, at least the rule's decision, at least the default.
  const strict = rule.decision === "deny" || fallback.decision === "deny";
  const reason = `rule \`${rule.id}\` cannot be judged: ${judgement.detail}`;
  return { outcome: rule, effect: strict ? "deny" : "hold", reason };
}

/**
 * Rules that match replace the default. It speaks nevertheless where nothing matched but by claims
 * (INVARIANT: I13, a claim must not swap a strict default for something looser), where a rule could
 * not be judged, and where it says who approves arguments that do not fit.
 */
function defaultSpeaks(
  applied: readonly Applied[],
  fallback: Outcome,
  mismatch: string | null,
): boolean {
  if (mismatch !== null && fallback.decision === "hold") return true;
  const isReplaced = applied.some(
    ({ rule, judgement }) => judgement.kind === "matched" && !rule.readsClaims,
  );
  return !isReplaced || applied.some(({ judgement }) => judgement.kind === "error");
}

function defaultVoice(fallback: Outcome): Voice {
  return { outcome: fallback, effect: fallback.decision, reason: fallback.why };
}

function strictest(voices: readonly Voice[], mismatch: string | null): Effect {
  const first = voices[0]?.effect ?? "deny";
  return mismatch !== null && first === "allow" ? "hold" : first;
}

type Terms = Pick<Verdict, "vetoWindowMs" | "grantDeadlineMs" | "risk" | "impact">;

/** What adds up over all voices, whatever the effect; the longest veto window survives a hold. */
function termsOf(voices: readonly Voice[], demands: ReadonlySet<Demand>): Terms {
  let vetoWindowMs = 0;
  let grantDeadlineMs = Infinity;
  let risk: Risk = "low";
  for (const demand of demands) {
    vetoWindowMs = Math.max(vetoWindowMs, demand.vetoWindowMs);
    grantDeadlineMs = Math.min(grantDeadlineMs, demand.grantDeadlineMs);
    risk = higherRisk(risk, demand.risk);
  }
  if (demands.size === 0) grantDeadlineMs = 0;
  const named = voices.find(({ outcome }) => outcome.demand.impact !== null);
  return { vetoWindowMs, grantDeadlineMs, risk, impact: named?.outcome.demand.impact ?? null };
}

function obligationsOf(demands: ReadonlySet<Demand>, terms: Terms): Obligations | null {
  const all: Obligations[] = [];
  let mediated = false;
  for (const { obligations, assurance } of demands) {
    if (obligations !== null) all.push(obligations);
    mediated ||= assurance === "mediated";
  }
  const [first, ...others] = all;
  if (first === undefined) return null;
  const merged = others.length === 0 ? first : mergeAllObligations([first, ...others]);
  const { risk, grantDeadlineMs } = terms;
  const assurance = mediated ? "mediated" : merged.assurance;
  return { ...merged, risk, grantDeadlineMs, assurance };
}

/** Fields the submitter owes. Blank is as good as absent. */
function missingOf(demands: ReadonlySet<Demand>, { revision }: PolicyInput): readonly string[] {
  const missing = new Set<string>();
  for (const { requestFields } of demands) {
    for (const path of requestFields) {
      const value = memberAtPath(revision, path);
      const blank = value === undefined || value === null;
      if (blank || (typeof value === "string" && value.trim() === "")) missing.add(path.join("."));
    }
  }
  return missing.size === 0 ? [] : [...missing].sort();
}

function quoted(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join(", ");
}

function unmediated({ outcome }: Voice): string {
  const who = outcome.id === "default" ? "the default" : `rule \`${outcome.id}\``;
  return `${who} needs an enforcement point that cannot be gone around, and this one can`;
}
