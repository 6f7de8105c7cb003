/** Policy as a text that somebody is writing: checked, tried on cases, asked; nothing is stored. */
import { runPolicyCases } from "../domain/policy/policy-cases.ts";
import type { PolicyDecision } from "../domain/policy/model.ts";
import { policyDifference } from "../domain/policy/policy-difference.ts";
import { checkPolicy, explain, formatLoadProblem, loadPolicy } from "../domain/policy/policy.ts";

/** A text and what to call it in messages. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

export interface CheckedPolicy {
  /** Null where the policy does not load. */
  readonly version: string | null;
  /** With place and caret; empty: it loads. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Everything that is wrong with a policy, or worth knowing. */
export function checkPolicyText({ file, text }: NamedText): CheckedPolicy {
  const { problems, warnings } = checkPolicy(text, { file });
  const loaded = loadPolicy(text, { file });
  return {
    version: loaded.ok ? loaded.policy.version : null,
    problems: problems.map(formatLoadProblem),
    warnings: warnings.map(formatLoadProblem),
  };
}

/** What would be different if `next` came in force, a line each; both load. */
export function differenceOf(inForce: string, next: string): readonly string[] {
  return policyDifference(inForce, next);
}

export interface TriedCase {
  readonly name: string;
  /** `policy.cases.yaml:12` */
  readonly place: string;
  /** What was expected and is not so; empty: it passed. */
  readonly failures: readonly string[];
  readonly explanation: string;
}

export type Tried =
  | { readonly ok: true; readonly cases: readonly TriedCase[] }
  /** The policy or the cases do not load. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Asks the policy about every case of a file. */
export function tryPolicyCases(policy: NamedText, cases: NamedText): Tried {
  const loaded = loadPolicy(policy.text, { file: policy.file });
  if (!loaded.ok) return { ok: false, problems: loaded.problems.map(formatLoadProblem) };
  const run = runPolicyCases(loaded.policy, cases.text, { file: cases.file });
  if (run.problems.length > 0) return { ok: false, problems: run.problems.map(formatLoadProblem) };
  const tried = run.results.map(({ name, line, failures, input, decision }) => {
    const place = `${cases.file}:${line}`;
    return { name, place, failures, explanation: explain(decision, input) };
  });
  return { ok: true, cases: tried };
}

export type ExplainedText =
  | { readonly ok: true; readonly decision: PolicyDecision; readonly text: string }
  /** The policy or the request does not load. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a policy text says of one request. `asked` has the members of a case (see `policy test`). */
export function explainByText(
  policy: NamedText,
  asked: Readonly<Record<string, unknown>>,
): ExplainedText {
  const loaded = loadPolicy(policy.text, { file: policy.file });
  if (!loaded.ok) return { ok: false, problems: loaded.problems.map(formatLoadProblem) };
  const file = "the request";
  // What it decides is what is asked here, so the expectation is never looked at.
  const each = { ...asked, name: file, expect: { decision: "hold" } };
  // JSON is YAML.
  const run = runPolicyCases(loaded.policy, JSON.stringify({ cases: [each] }), { file });
  const [result] = run.results;
  if (result === undefined || run.problems.length > 0) {
    return { ok: false, problems: run.problems.map(formatLoadProblem) };
  }
  const { decision, input } = result;
  return { ok: true, decision, text: explain(decision, input) };
}
