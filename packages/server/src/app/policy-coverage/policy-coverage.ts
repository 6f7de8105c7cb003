/**
 * Which tools agents call, what Haltpoint takes them for, and which nobody has written a rule for (T21).
 * Changes nothing, and shows nothing of what was asked but names: everybody may read it.
 */
import type { CoverageTool, CoverageView } from "@haltpoint/protocol";
import { classificationOf } from "../../domain/impact/classification.ts";
import { namedActions, rulesAbout } from "../../domain/policy/coverage.ts";
import { loadPolicy, PUBLISH_ACTION, type CompiledPolicy } from "../../domain/policy/policy.ts";
import { CHANGE_PREFIX } from "../../domain/registry/lifecycle.ts";
import { UnmatchedPatterns } from "../../domain/policy/unmatched-patterns.ts";
import type { RecordedSubmission } from "../../ports/submissions.ts";
import { answered, refused, type Answer } from "../answer.ts";
import type { App } from "../app.ts";
import { openingOf } from "../content.ts";
import {
  Judge,
  periodOf,
  walkRecord,
  type Judged,
  type RecordQuery,
} from "../policy-replay/walk-record.ts";
import { evidenceWords } from "./evidence-words.ts";
import { ToolCounts, type Seen } from "./tool-counts.ts";
import { UsedPatterns } from "./used-patterns.ts";

/** Names that are told apart. An agent can make up as many as it likes; the others count together. */
export const TOOLS_MAX = 1_000;
/** Of what was not called and not used, as many are listed. */
const LISTED_MAX = 500;
const WHAT = "looking through the record";

export async function policyCoverage(app: App, query: RecordQuery): Promise<Answer<CoverageView>> {
  const { epochs, time } = await app.store.standing();
  const membership = await app.facts.membership(epochs.membership);
  const inForce = await app.store.policy();
  const loaded = inForce === null ? null : loadPolicy(inForce.text, { file: "policy" });
  if (loaded?.ok !== true) return refused("not_found", "no policy is in force; publish one");
  const asked = periodOf(query, time.now);
  if (!asked.ok) return asked;
  const period = asked.value;
  const judge = new Judge(app, loaded.policy, membership);
  const used = new UsedPatterns(await app.store.identities(), time.now);
  const coverage = new Coverage(loaded.policy);
  const walked = await walkRecord(app, { ...query, period }, WHAT, async (recorded) => {
    const judged = await judge.judge(recorded);
    if (judged === null) return;
    coverage.add(recorded, judged);
    used.saw(recorded.submission);
  });
  if (!walked.ok) return walked;
  const span = walked.value;
  // Others of the same moment may not have been looked at.
  const until = judge.judgedSince === null ? period.until : judge.judgedSince + 1;
  const notUsed = await used.left(app, { ...query, until });
  if (!notUsed.ok) return notUsed;
  return answered({
    policy: loaded.policy.version,
    ...period,
    recorded: span.cursor === null ? judge.judged : span.count,
    judged: judge.judged,
    judged_since: judge.judgedSince,
    ...coverage.view(),
    not_used: { ...listed(notUsed.value), since: used.since },
    assumed: assumedIn(judge, loaded.policy),
  });
}

/** Counts by tool, in the memory that a bounded number of tools takes. */
class Coverage {
  readonly #policy: CompiledPolicy;
  readonly #tools = new Map<string, ToolCounts>();
  #others: ToolCounts | null = null;
  readonly #named: ReturnType<typeof namedActions>;
  readonly #notCalled: UnmatchedPatterns;

  constructor(policy: CompiledPolicy) {
    this.#policy = policy;
    // What the server itself asks for is not counted, so it is not missing either.
    this.#named = namedActions(policy).filter(({ pattern }) => !isServersOwn(pattern.text));
    this.#notCalled = new UnmatchedPatterns(this.#named.map(({ pattern }) => pattern));
  }

  add(recorded: RecordedSubmission, judged: Judged): void {
    const seen = seenIn(this.#policy, recorded, judged);
    this.#notCalled.saw(seen.action);
    this.#countsOf(seen.action).add(seen);
  }

  view(): Pick<CoverageView, "tools" | "left_out" | "not_called"> {
    const left = new Set([...this.#notCalled.names, ...this.#notCalled.prefixes]);
    return {
      tools: [...this.#tools].sort(byNeed).map(toolView),
      left_out: this.#others?.view() ?? null,
      not_called: listed(
        this.#named.flatMap(({ rule, pattern }) =>
          left.has(pattern.text) ? [{ rule, action: pattern.text }] : [],
        ),
      ),
    };
  }

  #countsOf(action: string): ToolCounts {
    const known = this.#tools.get(action);
    if (known !== undefined) return known;
    if (this.#tools.size === TOOLS_MAX) return (this.#others ??= new ToolCounts());
    const counts = new ToolCounts();
    this.#tools.set(action, counts);
    return counts;
  }
}

function isServersOwn(pattern: string): boolean {
  return pattern === PUBLISH_ACTION || pattern.startsWith(CHANGE_PREFIX);
}

type Tool = readonly [action: string, counts: ToolCounts];

/** What only the default decides first; of these the gravest, then the most frequent. */
function byNeed([a, of]: Tool, [b, than]: Tool): number {
  return (
    Number(than.isOnlyByDefault) - Number(of.isOnlyByDefault) ||
    of.gravity - than.gravity ||
    than.requests - of.requests ||
    (a < b ? -1 : 1)
  );
}

function toolView([action, counts]: Tool): CoverageTool {
  return { action, ...counts.view() };
}

function seenIn(
  policy: CompiledPolicy,
  { submission, to, policy: then, openings }: RecordedSubmission,
  { input, decision }: Judged,
): Seen {
  const classification = classificationOf(input);
  return {
    action: input.revision.action.name,
    identity: submission.scope.identity,
    assurance: submission.assurance,
    decided: to === "approved" ? "allowed" : to,
    rulesThen: then.rules,
    classification,
    about: rulesAbout(policy, input),
    applied: new Set(decision.traces.map(({ rule }) => rule)),
    byDefault: decision.matchedRules.length === 0,
    evidenceOf: (impact) => evidenceWords(classification, impact, openings.map(openingOf)),
  };
}

function listed<T>(all: readonly T[]): { items: readonly T[]; left_out: number } {
  return { items: all.slice(0, LISTED_MAX), left_out: Math.max(0, all.length - LISTED_MAX) };
}

function assumedIn({ withoutOpenings }: Judge, { mode }: CompiledPolicy): readonly string[] {
  return [
    "What a tool is taken for is read by the classifier of today, from each request as it was submitted.",
    "Rules are those of the policy in force; allowed, held and denied are as it was recorded then.",
    "Only what asks Haltpoint is on record: a tool that is called without asking is not seen here.",
    ...(withoutOpenings === 0
      ? []
      : [
          `Of ${withoutOpenings} the sensitive values were erased; what they would have told is not.`,
        ]),
    ...(mode === "enforce"
      ? []
      : ["The policy in force is in shadow mode: its rules hold and deny nothing."]),
  ];
}
