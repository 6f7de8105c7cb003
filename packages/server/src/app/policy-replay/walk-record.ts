/**
 * The requests on record, the oldest first, each asked of a policy once more at its own time. A page
 * is in memory at once, and others have their turn after each.
 */
import { restoreRevision } from "@haltpoint/protocol";
import type { CompiledPolicy } from "../../domain/policy/policy.ts";
import type { PolicyDecision, PolicyInput } from "../../domain/policy/model.ts";
import { PUBLISHER } from "../../domain/policy/policy.ts";
import { dispositionOf, type Disposition } from "../../domain/request/decide-submit.ts";
import type { Period } from "../../ports/figures.ts";
import type { RecordedSubmission, SubmissionSpan } from "../../ports/submissions.ts";
import { refused, type Answer } from "../answer.ts";
import type { App } from "../app.ts";
import { openingOf } from "../content.ts";
import type { Membership } from "../known-facts.ts";
import { nextTurn } from "../next-turn.ts";
import { policyInUse, type PolicyInForce } from "../policies.ts";
import { policyInput } from "../policy-input.ts";
import { SimulatedBudgets } from "./simulated-budgets.ts";

/** As many requests are looked at at most. */
export const JUDGED_MAX = 200_000;
const DAY_MS = 86_400_000;
const SINCE_DEFAULT_MS = 30 * DAY_MS;
/** Entries are as large as what was submitted; this many are in memory at once. */
const PAGE = 50;

/** Which of the requests on record. */
export interface RecordQuery {
  /** Milliseconds since the epoch; default: 30 days ago. */
  readonly since?: number;
  /** How many are looked at at most, the latest; default: {@link JUDGED_MAX}. */
  readonly latest?: number;
  /** Whoever asked has gone, or the server stops. */
  readonly signal?: AbortSignal;
}

/** The time that is asked about, up to now. */
export function periodOf({ since }: RecordQuery, now: number): Answer<Period> {
  const period = { since: since ?? now - SINCE_DEFAULT_MS, until: now };
  if (period.since < period.until) return { ok: true, value: period };
  return refused("invalid_request", "`since` is a time that has passed", { field: "since" });
}

/** Visits each, and says which there were. @param what that is, for whoever is told it was given up */
export async function walkRecord(
  app: App,
  { period, latest, signal }: Pick<RecordQuery, "latest" | "signal"> & { readonly period: Period },
  what: string,
  visit: (recorded: RecordedSubmission) => Promise<void>,
): Promise<Answer<SubmissionSpan>> {
  const span = await app.store.submissionSpan(period, latest ?? JUDGED_MAX);
  let { cursor } = span;
  do {
    if (signal?.aborted === true) return givenUp(what);
    const page = await app.store.submissions(period, { limit: PAGE, cursor });
    for (const each of page.items) await visit(each);
    ({ cursor } = page);
    await nextTurn();
  } while (cursor !== null);
  return { ok: true, value: span };
}

export function givenUp(what: string): Answer<never> {
  return refused("unavailable", `${what} was given up; nothing was changed, try again`);
}

/** What a policy says of a request on record. */
export interface Judged {
  readonly input: PolicyInput;
  readonly decision: PolicyDecision;
  readonly would: Disposition;
}

/** Asks one policy of one request after the other, the oldest first. */
export class Judge {
  /** How many could not be restored whole. */
  withoutOpenings = 0;
  judged = 0;
  /** When the first of them was submitted. */
  judgedSince: number | null = null;
  readonly #app: App;
  readonly #policy: PolicyInForce;
  readonly #membership: Membership;
  readonly #budgets: SimulatedBudgets;

  constructor(app: App, compiled: CompiledPolicy, membership: Membership) {
    this.#app = app;
    this.#policy = policyInUse(compiled);
    this.#membership = membership;
    this.#budgets = new SimulatedBudgets(compiled.budgets);
  }

  /** Null: how policy itself is changed no policy decides. */
  async judge(recorded: RecordedSubmission): Promise<Judged | null> {
    const { submission, committed, openings } = recorded;
    const { id, assurance, scope, createdAt: now } = submission;
    if (scope.identity === PUBLISHER) return null;
    this.judged += 1;
    this.judgedSince ??= now;
    const identity = await this.#membership.identity(scope.identity);
    if (identity === null) throw new Error(`the identity of ${id} is not in the registry`);
    const restored = restoreRevision(committed, openings.map(openingOf));
    if (!restored.ok) this.withoutOpenings += 1;
    const revision = restored.ok ? restored.revision : committed;
    const input = policyInput(this.#app, identity, { revision, assurance, now });
    const decision = this.#policy.decide({ ...input, budgets: this.#budgets.totalsFor(input) });
    const would = dispositionOf(decision, this.#membership.hasInterrupter(identity.owner));
    if (would.to !== "denied") this.#budgets.add(input);
    return { input, decision, would };
  }
}
