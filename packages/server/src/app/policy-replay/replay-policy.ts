/**
 * A policy tried on what is on record: what it would have decided of each request against what was
 * decided. Changes nothing. Who asks often can tell arguments apart that they may not see, so each
 * replay is an entry.
 */
import { restoreRevision, sha256Base64url, type ReplayView } from "@haltpoint/protocol";
import { policyDifference } from "../../domain/policy/policy-difference.ts";
import type { CompiledPolicy } from "../../domain/policy/policy.ts";
import { formatLoadProblem, loadPolicy, PUBLISHER } from "../../domain/policy/policy.ts";
import type { PolicyInput } from "../../domain/policy/model.ts";
import { dispositionOf } from "../../domain/request/decide-submit.ts";
import type { StoredIdentity } from "../../ports/store.ts";
import type { RecordedSubmission } from "../../ports/submissions.ts";
import { MINUTE_MS, READING_PACE, WEEK_MS } from "../analytics.ts";
import { answered, refused, type Answer } from "../answer.ts";
import type { App } from "../app.ts";
import { commitOnce, systemEntry } from "../commit-once.ts";
import { openingOf } from "../content.ts";
import type { Membership } from "../known-facts.ts";
import { nextTurn } from "../next-turn.ts";
import { policyInUse, type PolicyInForce } from "../policies.ts";
import { withoutArguments } from "../view-request.ts";
import { titleOf } from "../words.ts";
import { SimulatedBudgets } from "./simulated-budgets.ts";
import { saidOf, Tally } from "./tally.ts";

/** As many requests are judged at most. */
export const REPLAYED_MAX = 200_000;
const DAY_MS = 86_400_000;
const SINCE_DEFAULT_MS = 30 * DAY_MS;
/** Entries are as large as what was submitted; this many are in memory at once. */
const PAGE = 50;
/** Over a shorter time nothing can be said of a week. */
const SPAN_MIN_MS = DAY_MS;

export interface Replay {
  readonly text: string;
  /** Name of the file, for messages. */
  readonly file: string;
  /** Milliseconds since the epoch; default: 30 days ago. */
  readonly since?: number;
  /** How many requests are judged at most, the latest; default: {@link REPLAYED_MAX}. */
  readonly latest?: number;
  /** Whoever asked has gone, or the server stops. */
  readonly signal?: AbortSignal;
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
  replay: Pick<Replay, "text" | "since" | "latest" | "signal">,
): Promise<Answer<ReplayView>> {
  const { epochs, time } = await app.store.standing();
  const membership = await app.facts.membership(epochs.membership);
  const period = { since: replay.since ?? time.now - SINCE_DEFAULT_MS, until: time.now };
  if (period.since >= period.until) {
    return refused("invalid_request", "`since` is a time that has passed", { field: "since" });
  }
  const span = await app.store.submissionSpan(period, replay.latest ?? REPLAYED_MAX);
  const walk = new Walk(app, policyInUse(compiled), membership);
  let { cursor } = span;
  do {
    if (replay.signal?.aborted === true) {
      return refused("unavailable", "the replay was given up; nothing was changed, try again");
    }
    const page = await app.store.submissions(period, { limit: PAGE, cursor });
    for (const each of page.items) await walk.judge(each);
    ({ cursor } = page);
    await nextTurn();
  } while (cursor !== null);
  const { tally, judgedSince } = walk;
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
    recorded: span.cursor === null ? tally.judged : span.count,
    judged: tally.judged,
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
    assumed: assumedIn(walk, compiled),
  });
}

/** Judges one request after the other, the oldest first. */
class Walk {
  readonly tally = new Tally();
  judgedSince: number | null = null;
  withoutOpenings = 0;
  readonly #app: App;
  readonly #policy: PolicyInForce;
  readonly #membership: Membership;
  readonly #budgets: SimulatedBudgets;

  constructor(app: App, policy: PolicyInForce, membership: Membership) {
    this.#app = app;
    this.#policy = policy;
    this.#membership = membership;
    this.#budgets = new SimulatedBudgets(policy.budgets);
  }

  async judge(recorded: RecordedSubmission): Promise<void> {
    const { submission, committed } = recorded;
    const { id, createdAt } = submission;
    // How policy itself is changed no policy decides.
    if (submission.scope.identity === PUBLISHER) return;
    this.judgedSince ??= createdAt;
    const identity = await this.#membership.identity(submission.scope.identity);
    if (identity === null) throw new Error(`the identity of ${id} is not in the registry`);
    const input = this.#inputOf(recorded, identity);
    const decision = this.#policy.decide({ ...input, budgets: this.#budgets.totalsFor(input) });
    const would = dispositionOf(decision, this.#membership.hasInterrupter(identity.owner));
    if (would.to !== "denied") this.#budgets.add(input);
    const obligations = would.to === "held" ? would.obligations : null;
    this.tally.add(
      saidOf(recorded, recorded.policy.rules, recorded.hold?.obligations ?? null),
      saidOf(would, decision.matchedRules, obligations),
      () => ({
        id,
        title: titleOf(withoutArguments(committed)),
        at: createdAt,
        link: `${this.#app.site.publicUrl}/r/${id}`,
      }),
    );
  }

  /** Everything policy is told of a request, as of its own time: the one place where that is made. */
  #inputOf(recorded: RecordedSubmission, identity: StoredIdentity): PolicyInput {
    const { submission, committed, openings } = recorded;
    const restored = restoreRevision(committed, openings.map(openingOf));
    if (!restored.ok) this.withoutOpenings += 1;
    return {
      revision: restored.ok ? restored.revision : committed,
      identity,
      assurance: submission.assurance,
      organisation: this.#app.organisation,
      now: submission.createdAt,
    };
  }
}

function weeksBetween(from: number, until: number): number | null {
  return until - from < SPAN_MIN_MS ? null : (until - from) / WEEK_MS;
}

/** One decimal is more than an estimate is worth. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function assumedIn(
  { withoutOpenings }: Walk,
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
