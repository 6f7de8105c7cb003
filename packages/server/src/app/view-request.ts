/** A request as somebody may see it. Made from the store's state; decides nothing. */
import { shortId, type RequestView, type Revision } from "@haltpoint/protocol";
import { isReasonRequired } from "../domain/request/decide-review.ts";
import type { Right } from "../domain/request/commands.ts";
import { isTerminal, type RequestState } from "../domain/request/model.ts";
import { scopeKeys } from "../domain/request/scope.ts";
import { isReviewer, progress, type Electorate } from "../domain/request/quorum.ts";
import { budgetSentence } from "../domain/policy/budget-words.ts";
import type { BudgetUse, Roster } from "../domain/policy/model.ts";
import type { Standing } from "../ports/store.ts";
import type { App } from "./app.ts";
import { readCommitted, readContent } from "./content.ts";
import { askPolicy, rosterOf, unconfirmedOf } from "./facts.ts";
import { changesOf } from "./redeem-grant.ts";
import { messageOf, titleOf } from "./words.ts";

/** Who looks. */
export type Viewer =
  | { readonly kind: "identity"; readonly id: string }
  | { readonly kind: "person"; readonly id: string; readonly rights: readonly Right[] };

/** `full`: with arguments; `metadata`: without them; `none`: not at all. */
export type Visibility = "full" | "metadata" | "none";

/**
 * Arguments are for eligible reviewers, the owner, the person acted for and auditors; operators see
 * what they need to stop it.
 */
export function visibilityOf(state: RequestState, viewer: Viewer, roster: Roster): Visibility {
  if (viewer.kind === "identity") return viewer.id === state.scope.identity ? "full" : "none";
  if (viewer.rights.includes("auditor")) return "full";
  if (viewer.id === state.scope.owner || viewer.id === state.onBehalfOf) return "full";
  if (state.reviews.some((review) => review.person === viewer.id)) return "full";
  const electorate = electorateFor(state, roster);
  if (electorate !== null && isReviewer(electorate, viewer.id)) return "full";
  return viewer.rights.length > 0 ? "metadata" : "none";
}

const ALL_CONFIRMED: ReadonlySet<string> = new Set();

function electorateFor(
  state: RequestState,
  roster: Roster,
  unconfirmed = ALL_CONFIRMED,
): Electorate | null {
  const { obligations } = state;
  if (obligations === null) return null;
  return { state, obligations, roster, unconfirmed, ownerNow: null };
}

/** The view, or null where the viewer may not know of it. */
export async function viewRequest(
  app: App,
  state: RequestState,
  viewer: Viewer,
  standing?: Standing,
): Promise<RequestView | null> {
  const current = standing ?? (await app.store.standing());
  const roster = await rosterOf(app, state, current);
  const visibility = visibilityOf(state, viewer, roster);
  if (visibility === "none") return null;
  const committed = await readCommitted(app, state.id, state.revision.number);
  const content = visibility === "full" ? committed : withoutArguments(committed);
  const changes = visibility === "full" ? await changesOf(app, state) : [];
  const unconfirmed = await unconfirmedOf(app, state, current);
  return {
    ...identityPart(state),
    ...decisionPart(state),
    ...peoplePart(state, roster, unconfirmed),
    ...runPart(state),
    halt: await haltOver(app, state, current),
    title: titleOf(content),
    message: messageOf(state),
    revision: { number: state.revision.number, digest: state.revision.digest, content },
    changes,
    // An agent is told why it is held, and not what others of its owner have spent.
    budgets:
      visibility === "full" && viewer.kind === "person" ? await budgetsOf(app, state, current) : [],
  };
}

/** The budgets that took part: as they are now while a person may still decide, else as they were. */
async function budgetsOf(
  app: App,
  state: RequestState,
  standing: Standing,
): Promise<RequestView["budgets"]> {
  const recorded = state.policy.budgets ?? [];
  if (recorded.length === 0 || state.status !== "held") return recorded.map(budgetView);
  const { plain } = await readContent(app, state.id, state.revision.number);
  const { policy } = await askPolicy(app, standing, {
    identityId: state.scope.identity,
    assurance: state.assurance,
    content: plain,
    leftOut: { requestId: state.id, revision: state.revision.number },
  });
  return policy.budgets.map(budgetView);
}

function budgetView(use: Omit<BudgetUse, "relied">): RequestView["budgets"][number] {
  const { name, window, total, after, limit, over } = use;
  return { name, text: budgetSentence(use), window, total, after, limit, over };
}

/** The newest halt in force over a live request (I10); an ended one is kept from nothing. */
async function haltOver(
  app: App,
  state: RequestState,
  { epochs }: Standing,
): Promise<string | null> {
  if (isTerminal(state.status)) return null;
  const membership = await app.facts.membership(epochs.membership);
  const identity = await membership.identity(state.scope.identity);
  const halts = await app.facts.haltsFor(epochs.halt, scopeKeys(state.scope, identity));
  return halts.find((halt) => halt.liftedAt === null)?.id ?? null;
}

function identityPart(state: RequestState) {
  return {
    id: state.id,
    short_id: shortId(state.id),
    version: state.version,
    status: state.status,
    assurance: state.assurance,
    stoppable: state.releaseOnly ? ("no" as const) : state.stoppable,
    release_only: state.releaseOnly,
    identity: { id: state.scope.identity, type: state.identityType, owner: state.scope.owner },
    on_behalf_of: state.onBehalfOf,
    created_at: state.createdAt,
    updated_at: state.updatedAt,
  };
}

function decisionPart(state: RequestState) {
  const { policy, decided } = state;
  return {
    basis: state.basis,
    risk: state.obligations?.risk ?? policy.risk,
    impact: policy.impact ?? policy.impacts?.[0] ?? null,
    reasons: policy.reasons,
    returned: state.returned,
    rules: policy.rules,
    policy_version: policy.version,
    shadow: policy.shadow,
    decided:
      decided === null
        ? null
        : {
            status: decided.status,
            by: decided.by,
            at: decided.at,
            ...(decided.reason === null ? {} : { reason: decided.reason }),
          },
  };
}

function peoplePart(state: RequestState, roster: Roster, unconfirmed: ReadonlySet<string>) {
  const { obligations, question } = state;
  const electorate = electorateFor(state, roster, unconfirmed);
  return {
    quorum:
      obligations === null || electorate === null
        ? null
        : {
            needed:
              obligations.approval === "self"
                ? [{ count: 1, from: ["on_behalf_of"] }]
                : obligations.quorum.map(({ count, from }) => ({ count, from })),
            ...progress(electorate),
            impossible: state.nobodyEligible,
            unconfirmed: isTerminal(state.status) ? [] : [...unconfirmed],
          },
    confirm: obligations?.confirm ?? [],
    step_up: obligations?.stepUp ?? ("none" as const),
    reason_required: obligations !== null && isReasonRequired(obligations, "approve"),
    editable_fields: obligations?.editableFields ?? [],
    edits: state.edits,
    reviews: state.reviews.map((review) => ({
      person: review.person,
      verdict: review.verdict,
      revision: review.revision,
      at: review.at,
      reason: review.reason,
      confirmed: review.confirmed,
    })),
    question:
      question === null ? null : { by: question.by, text: question.text, answer: question.answer },
  };
}

function runPart(state: RequestState) {
  const { run, grant, outcome } = state;
  const live = !isTerminal(state.status);
  return {
    deadline:
      state.status === "held"
        ? state.holdDeadline
        : state.status === "approved"
          ? (grant?.deadline ?? null)
          : null,
    not_before: state.status === "approved" ? (grant?.notBefore ?? null) : null,
    run:
      run === null || !live
        ? null
        : { started_at: run.startedAt, lease_until: run.leaseUntil, max_until: run.maxUntil },
    outcome: outcome === null ? null : { result: outcome.result, detail: outcome.detail },
    follow_up: state.followUp.status,
    contradicted: state.contradicted,
  };
}

/** What everybody may see who may know of the request at all. */
export function withoutArguments(content: Revision): Revision {
  const { subject, action, resource } = content;
  return {
    subject: { type: subject.type, id: subject.id },
    action: { name: action.name },
    resource: { type: resource.type, id: resource.id },
  };
}
