/**
 * A policy tried on what is on record: what it would have decided of each request against what was
 * decided. Changes nothing. Who asks often can tell arguments apart that they may not see, so each
 * replay is an entry.
 */
import { sha256Base64url, type ReplayView } from "@haltpoint/protocol";
import { policyDifference } from "../../domain/policy/policy-difference.ts";
import type { CompiledPolicy } from "../../domain/policy/policy.ts";
import { formatLoadProblem, loadPolicy } from "../../domain/policy/policy.ts";
import type { RecordedSubmission } from "../../ports/submissions.ts";
import { MINUTE_MS, READING_PACE, WEEK_MS } from "../analytics.ts";
import { answered, refused, type Answer } from "../answer.ts";
import type { App } from "../app.ts";
import { commitOnce, systemEntry } from "../commit-once.ts";
import { withoutArguments } from "../view-request.ts";
import { titleOf } from "../words.ts";
import { saidOf, Tally } from "./tally.ts";
import { Judge, periodOf, walkRecord, type Judged, type RecordQuery } from "./walk-record.ts";

/** Over a shorter time nothing can be said of a week. */
const SPAN_MIN_MS = 86_400_000;

export interface Replay extends RecordQuery {
  readonly text: string;
  /** Name of the file, for messages. */
  readonly file: string;
}

/** Tries the policy, and records who did. */
export async function replayPolicy(
  app: App,
  by: string,
  replay: Replay,
): Promise<Answer<ReplayView>> {
  const loaded = loadPolicy(replay.text, { file: replay.file });
  if (!loaded.ok) {
    return refused("unsupported_policy", loaded.problems.map(formatLoadProblem).join("\n\n"));
  }
  const view = await judgeRecord(app, loaded.policy, replay);
  if (!view.ok) return view;
  const { version, since, judged, until: at } = view.value;
  const data = { digest: sha256Base64url(replay.text), version, since, judged };
  await commitOnce(app, { expected: {}, writes: [systemEntry("policy_replayed", at, by, data)] });
  return view;
}

/** The replay itself; whoever calls it records what it was for. */
export async function judgeRecord(
  app: App,
  compiled: CompiledPolicy,
  replay: Omit<Replay, "file">,
): Promise<Answer<ReplayView>> {
  const { epochs, time } = await app.store.standing();
  const membership = await app.facts.membership(epochs.membership);
  const asked = periodOf(replay, time.now);
  if (!asked.ok) return asked;
  const period = asked.value;
  const judge = new Judge(app, compiled, membership);
  const tally = new Tally();
  const walked = await walkRecord(app, { ...replay, period }, "the replay", async (recorded) => {
    const judged = await judge.judge(recorded);
    if (judged !== null) count(app, tally, recorded, judged);
  });
  if (!walked.ok) return walked;
  const span = walked.value;
  const { judgedSince } = judge;
  const { p50, count: measured } = await app.store.readingSpread(null, period, READING_PACE);
  const from = span.cursor === null ? (span.recordedSince ?? period.until) : judgedSince;
  const weeks = weeksBetween(Math.max(period.since, from ?? period.until), period.until);
  const inForce = await app.store.policy();
  const more = tally.approvalsAfter - tally.approvalsBefore;
  const morePerWeek = weeks === null ? null : more / weeks;
  const minutes = morePerWeek === null || p50 === null ? null : (morePerWeek * p50) / MINUTE_MS;
  return answered({
    version: compiled.version,
    in_force: inForce?.version ?? null,
    difference: inForce === null ? [] : policyDifference(inForce.text, replay.text),
    ...period,
    recorded: span.cursor === null ? judge.judged : span.count,
    judged: judge.judged,
    judged_since: judgedSince,
    before: tally.before,
    after: tally.after,
    changes: tally.changes(),
    rules: tally.rules(),
    decisions: {
      before: tally.approvalsBefore,
      after: tally.approvalsAfter,
      more_per_week: rounded(morePerWeek),
    },
    minutes: { per_decision_ms: p50, measured, more_per_week: rounded(minutes) },
    assumed: assumedIn(judge, compiled),
  });
}

function count(app: App, tally: Tally, recorded: RecordedSubmission, judged: Judged): void {
  const { submission, committed } = recorded;
  const { would, decision } = judged;
  const obligations = would.to === "held" ? would.obligations : null;
  tally.add(
    saidOf(recorded, recorded.policy.rules, recorded.hold?.obligations ?? null),
    saidOf(would, decision.matchedRules, obligations),
    () => ({
      id: submission.id,
      title: titleOf(withoutArguments(committed)),
      at: submission.createdAt,
      link: `${app.site.publicUrl}/r/${submission.id}`,
    }),
  );
}

function weeksBetween(from: number, until: number): number | null {
  return until - from < SPAN_MIN_MS ? null : (until - from) / WEEK_MS;
}

/** One decimal is more than an estimate is worth. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function assumedIn(
  { withoutOpenings }: Judge,
  { mode, budgets }: CompiledPolicy,
): readonly string[] {
  return [
    "Each request was judged as it was submitted, at its own time; edits by people are left out.",
    "Identities, their owners and groups are those registered now.",
    "Identities would have asked for the same again: what a refusal makes them try instead is not known.",
    ...(budgets.size === 0
      ? []
      : ["Budgets began empty, and what the policy holds counts as approved."]),
    ...(withoutOpenings === 0
      ? []
      : [
          `Of ${withoutOpenings} the sensitive values were erased; rules that read them could not be judged, which tightens.`,
        ]),
    ...(mode === "enforce"
      ? []
      : ["The policy is in shadow mode: it would have held and denied nothing."]),
  ];
}
