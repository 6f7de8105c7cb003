/** What people do to a request: review, edit, ask, stop, resolve. */
import type { DecisionAnswer, ProblemCode } from "@haltpoint/protocol";
import { refused, type Answer } from "../../../app/answer.ts";
import { decideOn, type Act, type Made } from "../../../app/channels.ts";
import { inboxOf } from "../../../app/list-requests.ts";
import { entriesOf } from "../../../app/read-ledger.ts";
import { rosterOf } from "../../../app/facts.ts";
import { viewRequest, visibilityOf } from "../../../app/view-request.ts";
import type { Actor } from "../../../domain/request/model.ts";
import { PERSON, type Person } from "../access.ts";
import { PageQuery } from "../query.ts";
import { ok, route, type Call, type Reply, type Route } from "../route.ts";
import { EntryPageShape } from "../schema/answer-shapes.ts";
import {
  DelegateShape,
  EditShape,
  ExtendShape,
  FollowUpShape,
  OverrideShape,
  QuestionShape,
  ReasonShape,
  ResolveShape,
  RetractShape,
  ReviewShape,
} from "../schema/decision-shapes.ts";
import { InboxPageShape } from "../schema/card-shapes.ts";
import type { Shape } from "../schema/shape.ts";
import { DecisionAnswerShape } from "../schema/view-shapes.ts";
import { pageLimit, pageOf } from "./list-query.ts";
import { requestIdFor, stateOf, unseenRequest } from "./request-of.ts";
import { withDiff } from "./stale-diff.ts";

/** For what takes no step-up: who it is and how they signed in. */
export function actorOf(person: Person): Extract<Actor, { kind: "person" }> {
  return { kind: "person", id: person.id, stepUp: "none", via: person.via };
}

const COMMON = ["not_found", "ambiguous_id", "idempotency_conflict"] as const;
const ON_HELD = ["right_required", "already_decided", "expired", "not_in_state"] as const;

interface Decision<B> {
  readonly id: string;
  readonly verb: string;
  readonly summary: string;
  readonly body: Shape<B>;
  readonly problems: readonly ProblemCode[];
  act(body: B): Act;
  /** What else was sent of how it was decided. */
  how?(body: NoInfer<B>): Pick<Made, "displayDigest" | "readMs" | "signature">;
}

const SIGNED = ["channel_not_allowed", "signature_invalid"] as const;

interface HowSent {
  readonly display_digest?: string;
  readonly read_ms?: number;
  readonly signature?: Made["signature"];
}
const howOf = ({ display_digest, read_ms, signature }: HowSent) => ({
  displayDigest: display_digest,
  readMs: read_ms,
  signature,
});

/** A route that is one command of the machine. */
function decisionRoute<B>(decision: Decision<B>): Route {
  const { id, verb, summary, body, problems } = decision;
  return route({
    id,
    method: "POST",
    path: `/v1/requests/:id/${verb}`,
    tag: "decisions",
    summary,
    access: PERSON,
    body,
    answers: { 200: DecisionAnswerShape },
    problems: [...COMMON, ...problems],
    run(call) {
      return decided(call, decision.act(call.body), decision.how?.(call.body) ?? {});
    },
  });
}

async function decided(
  call: Call<Person, unknown, unknown>,
  act: Act,
  how: Pick<Made, "displayDigest" | "readMs" | "signature"> = {},
): Promise<Answer<Reply<DecisionAnswer>>> {
  const { edge, principal: person, params, body, keyed } = call;
  const { app } = edge;
  const id = await requestIdFor(app, person, params);
  if (!id.ok) return id;
  const requestId = id.value;
  const state = await stateOf(app, requestId);
  if (!state.ok) return state;
  // Refusals say how it stands, who decided it and which fields it has: not to whoever may not know.
  const roster = await rosterOf(app, state.value);
  if (visibilityOf(state.value, person, roster) === "none") return unseenRequest(requestId, params);
  const key = await keyed({ kind: act.kind, requestId, body });
  const done = await decideOn(app, { requestId, person, act, ...how }, key);
  if (!done.ok) return { ok: false, problem: await withDiff(app, person, done.problem, body) };
  const request = await viewRequest(app, done.value.state, person);
  if (request === null) return refused("forbidden", "it was done; you may not see it any more");
  return ok({ request, replayed: done.value.replayed });
}

const edit = route({
  id: "editRequest",
  method: "POST",
  path: "/v1/requests/:id/edits",
  tag: "decisions",
  summary: "Change fields policy lets people change; reviews start anew",
  access: PERSON,
  body: EditShape,
  answers: { 200: DecisionAnswerShape },
  problems: [
    ...COMMON,
    ...ON_HELD,
    "stale_revision",
    "not_eligible",
    "reason_required",
    "edit_unchanged",
    "field_not_editable",
    "edit_leaves_no_quorum",
    "separation_of_duties",
    "already_reviewed",
    "confirmation_missing",
    "step_up_required",
    "channel_not_allowed",
  ],
  run(call) {
    const { digest, set, reason, approve, confirmed } = call.body;
    const review = approve === true ? { confirmed: confirmed ?? [] } : null;
    return decided(call, { kind: "edit", digest, set, reason, approve: review });
  },
});

const inbox = route({
  id: "inbox",
  method: "GET",
  path: "/v1/inbox",
  tag: "decisions",
  summary: "What this person may decide now",
  access: PERSON,
  query: PageQuery,
  answers: { 200: InboxPageShape },
  async run({ edge, principal, query }) {
    const { cursor } = query;
    const page = {
      limit: pageLimit(edge.app, query.limit),
      ...(cursor === undefined ? {} : { cursor }),
    };
    return ok(await inboxOf(edge.app, principal, page));
  },
});

const entries = route({
  id: "requestEntries",
  method: "GET",
  path: "/v1/requests/:id/entries",
  tag: "decisions",
  summary: "The ledger's entries about one request",
  access: PERSON,
  query: PageQuery,
  answers: { 200: EntryPageShape },
  problems: ["not_found", "ambiguous_id"],
  async run({ edge, principal, params, query }) {
    const { app } = edge;
    const id = await requestIdFor(app, principal, params);
    if (!id.ok) return id;
    const state = await stateOf(app, id.value);
    if (!state.ok) return state;
    const visibility = visibilityOf(state.value, principal, await rosterOf(app, state.value));
    if (visibility === "none") {
      return unseenRequest(id.value, params);
    }
    if (visibility === "metadata") {
      return refused(
        "forbidden",
        "entries hold the arguments, which are for its reviewers, its owner and auditors",
      );
    }
    const all = await entriesOf(app, id.value);
    const page = pageOf(all, (entry) => String(entry.index), query, app);
    return page.ok ? ok(page.value) : page;
  },
});

export const DECISION_ROUTES: readonly Route[] = [
  inbox,
  decisionRoute({
    id: "reviewRequest",
    verb: "reviews",
    summary: "Approve or reject the revision whose digest was displayed",
    body: ReviewShape,
    problems: [
      ...ON_HELD,
      "stale_revision",
      "not_eligible",
      "separation_of_duties",
      "already_reviewed",
      "confirmation_missing",
      "reason_required",
      "step_up_required",
      ...SIGNED,
    ],
    how: howOf,
    act: ({ verdict, digest, reason, confirmed }) => ({
      kind: "review",
      verdict,
      digest,
      reason: reason ?? null,
      confirmed: confirmed ?? [],
    }),
  }),
  edit,
  decisionRoute({
    id: "askQuestion",
    verb: "questions",
    summary: "Ask the agent one question; pauses the deadline",
    body: QuestionShape,
    problems: [...ON_HELD, "not_eligible", "question_open"],
    act: ({ text }) => ({ kind: "ask", text }),
  }),
  decisionRoute({
    id: "retractApproval",
    verb: "retract",
    summary: "Take an approval back before it becomes effective",
    body: RetractShape,
    problems: [
      "right_required",
      "not_in_state",
      "not_eligible",
      "retract_too_late",
      "already_decided",
      "expired",
    ],
    act: ({ reason }) => ({ kind: "retract", reason: reason ?? null }),
  }),
  decisionRoute({
    id: "extendHold",
    verb: "extend",
    summary: "Give a held request the time policy allows",
    body: ExtendShape,
    problems: [...ON_HELD, "not_eligible", "not_extendable"],
    act: ({ reason }) => ({ kind: "extend", reason: reason ?? null }),
  }),
  decisionRoute({
    id: "delegateReview",
    verb: "delegate",
    summary: "Point at another person who may decide it",
    body: DelegateShape,
    problems: [...ON_HELD, "not_eligible", "not_delegable"],
    act: ({ to, reason }) => ({
      kind: "delegate",
      person: to,
      reason: reason ?? null,
    }),
  }),
  decisionRoute({
    id: "resolveOutcome",
    verb: "resolve",
    summary: "Say what really happened to a run whose outcome is unknown",
    body: ResolveShape,
    problems: ["right_required", "not_in_state", "reason_required"],
    act: ({ result, reason }) => ({ kind: "resolve", result, reason }),
  }),
  decisionRoute({
    id: "interruptRequest",
    verb: "interrupt",
    summary: "Stop it, whether it waits or runs",
    body: ReasonShape,
    problems: [...ON_HELD, "reason_required"],
    act: ({ reason }) => ({ kind: "interrupt", reason }),
  }),
  decisionRoute({
    id: "overrideQuorum",
    verb: "override",
    summary: "Break glass: waives the quorum and nothing else; a follow-up becomes due",
    body: OverrideShape,
    problems: [
      ...ON_HELD,
      ...SIGNED,
      "stale_revision",
      "reason_required",
      "step_up_required",
      "separation_of_duties",
    ],
    how: howOf,
    act: ({ digest, reason }) => ({ kind: "override", digest, reason }),
  }),
  decisionRoute({
    id: "followUp",
    verb: "follow-up",
    summary: "Look back at an override",
    body: FollowUpShape,
    problems: ["right_required", "not_in_state", "separation_of_duties", "reason_required"],
    act: ({ verdict, reason }) => ({ kind: "follow_up", verdict, reason }),
  }),
  entries,
];
