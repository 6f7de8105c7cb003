/** Cases beside a policy: requests and what policy must say of them. For `haltpoint policy test`. */
import type { Organisation } from "../impact/model.ts";
import { changeRules } from "./change-rules.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import { readTimestamp } from "./condition/time.ts";
import { ConditionError } from "./condition/value.ts";
import { caseTotals } from "./case-totals.ts";
import { durationMs } from "./duration.ts";
import { evaluate } from "./evaluate.ts";
import { toProblems, type Finding, type LoadProblem } from "./load-problem.ts";
import type {
  Assurance,
  Effect,
  IdentityFacts,
  PolicyDecision,
  PolicyInput,
  Risk,
} from "./model.ts";
import { CASES_SCHEMA } from "./cases-schema.ts";
import { PUBLISHER } from "./publication.ts";
import { membersOf, type OneOrMore } from "./raw-policy.ts";
import { offsetOf, readStructure, type PlainRecord } from "./structure.ts";
import { readYaml, type YamlNode } from "./yaml-source.ts";

export interface PolicyCaseResult {
  readonly name: string;
  /** Where the case begins, for a jump to it. */
  readonly line: number;
  /** What was expected and what came instead, one sentence each; empty: passed. */
  readonly failures: readonly string[];
  readonly input: PolicyInput;
  /** With near misses, so that it can be explained. */
  readonly decision: PolicyDecision;
}

export interface PolicyCasesRun {
  /** Whether the file could be read and every case passed. */
  readonly ok: boolean;
  readonly problems: readonly LoadProblem[];
  readonly results: readonly PolicyCaseResult[];
}

/** Runs the cases of a file. `file` is only named in problems. */
export function runPolicyCases(
  policy: CompiledPolicy,
  casesText: string,
  { file }: { readonly file: string } = { file: "cases" },
): PolicyCasesRun {
  const { root, findings } = readYaml(casesText);
  const found: Finding[] = [...findings];
  const raw = root === null ? undefined : readStructure(root, CASES_SCHEMA, found);
  if (root === null || raw === undefined || found.length > 0) {
    const empty = { offset: 0, message: "the file is empty", fix: "begin with `cases:`" };
    const reported = found.length > 0 ? found : [empty];
    const problems = toProblems({ file, text: casesText }, reported);
    return { ok: false, problems, results: [] };
  }
  const { cases, ...shared } = raw as unknown as RawCases;
  const changes = changeRules(policy);
  const decided = (input: PolicyInput): PolicyDecision =>
    (input.identity.id === PUBLISHER ? changes?.(input) : undefined) ??
    evaluate(policy, input, { nearMisses: true });
  const results = cases.flatMap((each, at) => {
    const now = momentOf(each.now ?? shared.now, offsetOf(root, ["cases", at, "now"]), found);
    if (now === null) return [];
    const budgets = caseTotals(
      policy.budgets,
      { shared: shared.budgets, own: each.budgets },
      (path, message, fix) => {
        const whole = path.own ? ["cases", at, "budgets", path.name] : ["budgets", path.name];
        found.push({ offset: offsetOf(root, whole), message, fix });
      },
    );
    const input = { ...inputOf(each, shared, now), budgets };
    const decision = decided(input);
    const line = lineOf(casesText, root, at);
    return [
      { name: each.name, line, failures: failuresOf(each.expect, decision), input, decision },
    ];
  });
  const problems = toProblems({ file, text: casesText }, found);
  const passed = results.every(({ failures }) => failures.length === 0);
  return { ok: passed && problems.length === 0, problems, results };
}

interface RawShared {
  readonly identity?: RawIdentity;
  readonly assurance?: Assurance;
  readonly organisation?: Partial<Organisation>;
  readonly budgets?: Readonly<Record<string, string | number>>;
  readonly now?: string;
}

interface RawCases extends RawShared {
  readonly cases: readonly RawCase[];
}

interface RawCase extends RawShared {
  readonly name: string;
  readonly request: {
    readonly subject?: { readonly properties?: PlainRecord };
    readonly action: { readonly name: string; readonly properties?: PlainRecord };
    readonly resource?: {
      readonly type: string;
      readonly id: string;
      readonly properties?: PlainRecord;
    };
    readonly context?: PlainRecord;
  };
  readonly expect: RawExpectation;
}

interface RawIdentity {
  readonly id?: string;
  readonly type?: string;
  readonly owner?: string;
  readonly stage?: string;
  readonly groups?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly acts_for_people?: boolean;
  readonly may?: readonly string[];
  readonly mode?: "enforce" | "shadow";
}

interface RawExpectation {
  readonly decision: Effect;
  readonly rules?: readonly string[];
  readonly reason?: string;
  readonly risk?: Risk;
  readonly impact?: string;
  readonly impacts?: readonly string[];
  readonly approval?: "self" | "quorum";
  readonly quorum?: readonly { readonly count: number; readonly from: OneOrMore }[];
  readonly confirm?: readonly string[];
  readonly step_up?: string;
  readonly missing_fields?: readonly string[];
  readonly veto_window?: string;
  readonly deadline?: string;
  readonly shadow?: Effect;
}

/** A Monday at noon in UTC, for cases in which the time does not matter. */
const NOW_DEFAULT = "2026-01-05T12:00:00Z";

function momentOf(text: string | undefined, offset: number, findings: Finding[]): number | null {
  try {
    return readTimestamp(text ?? NOW_DEFAULT).atMs;
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const message = `\`${text ?? ""}\` is not a moment`;
    findings.push({ offset, message, fix: `write it as ${NOW_DEFAULT}` });
    return null;
  }
}

function inputOf({ request, ...own }: RawCase, shared: RawShared, now: number): PolicyInput {
  const identity = identityOf({ ...shared.identity, ...own.identity });
  const { type, id } = identity;
  return {
    revision: {
      subject: { type, id, ...request.subject },
      action: request.action,
      resource: request.resource ?? { type: "resource", id: "1" },
      context: request.context ?? {},
    },
    identity,
    assurance: own.assurance ?? shared.assurance ?? "mediated",
    organisation: organisationOf(own.organisation ?? shared.organisation ?? {}),
    now,
  };
}

function identityOf(raw: RawIdentity): IdentityFacts {
  return {
    id: raw.id ?? "agent-1",
    type: raw.type ?? "agent",
    owner: raw.owner ?? "owner-1",
    stage: raw.stage ?? "active",
    groups: raw.groups ?? [],
    labels: raw.labels ?? {},
    actsForPeople: raw.acts_for_people ?? false,
    may: raw.may ?? null,
    mode: raw.mode ?? "enforce",
  };
}

function organisationOf(raw: Partial<Organisation>): Organisation {
  const { domains = [], accounts = [], payees = [] } = raw;
  return { domains, accounts, payees };
}

function lineOf(text: string, root: YamlNode, at: number): number {
  return text.slice(0, offsetOf(root, ["cases", at])).split("\n").length;
}

function failuresOf(expected: RawExpectation, decision: PolicyDecision): readonly string[] {
  const { obligations } = decision;
  const failures: string[] = [];
  const compare = (what: string, wanted: string | undefined, got: string): void => {
    if (wanted !== undefined && wanted !== got) {
      failures.push(`${what}: expected ${wanted}, got ${got}`);
    }
  };
  const window = expected.veto_window;
  const deadline = expected.deadline;
  compare("decision", expected.decision, decision.effect);
  compare("rules", setText(expected.rules), setText(decision.matchedRules));
  compare("risk", expected.risk, decision.risk);
  compare("impact", expected.impact, decision.impact ?? "none");
  compare("impacts", setText(expected.impacts), setText(decision.impacts));
  compare("approval", expected.approval, obligations?.approval ?? "none");
  compare("quorum", quorumText(expected.quorum), quorumText(obligations?.quorum ?? []));
  compare(
    "confirm",
    setText(expected.confirm),
    setText(obligations?.confirm.map(({ id }) => id) ?? []),
  );
  compare("step_up", expected.step_up, obligations?.stepUp ?? "none");
  compare("missing_fields", setText(expected.missing_fields), setText(decision.missingFields));
  compare("veto_window", window && `${durationMs(window)} ms`, `${decision.vetoWindowMs} ms`);
  compare(
    "deadline",
    deadline && `${durationMs(deadline)} ms`,
    `${obligations?.deadlineMs ?? 0} ms`,
  );
  compare("shadow", expected.shadow, decision.shadow?.effect ?? "none");
  const { reason } = expected;
  if (reason !== undefined && !decision.reasons.some((given) => given.includes(reason))) {
    failures.push(`reason: none contains "${reason}": ${decision.reasons.join("; ")}`);
  }
  return failures;
}

function setText(members: readonly string[]): string;
function setText(members: readonly string[] | undefined): string | undefined;
function setText(members: readonly string[] | undefined): string | undefined {
  return members && `[${[...members].sort().join(", ")}]`;
}

type Clauses = readonly { readonly count: number; readonly from: OneOrMore }[];

function quorumText(clauses: Clauses): string;
function quorumText(clauses: Clauses | undefined): string | undefined;
function quorumText(clauses: Clauses | undefined): string | undefined {
  if (clauses === undefined) return undefined;
  const texts = clauses.map(
    ({ count, from }) => `${count} of ${[...membersOf(from)].sort().join(" or ")}`,
  );
  return `[${texts.sort().join(", ")}]`;
}
