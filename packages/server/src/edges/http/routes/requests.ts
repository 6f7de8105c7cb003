/** What identities do: submit, wait, redeem, run, report. And how everybody looks at a request. */
import type { ProblemCode, SubmitAnswer } from "@haltpoint/protocol";
import { answered, refused, type Answer } from "../../../app/answer.ts";
import { awaitChange } from "../../../app/await-change.ts";
import { execute, type Executed } from "../../../app/execute.ts";
import { listRequests } from "../../../app/list-requests.ts";
import { attemptHashOf, redeemGrant, redemptionOf } from "../../../app/redeem-grant.ts";
import { runHeartbeat } from "../../../app/run-heartbeat.ts";
import { submitRequest, type Submitted } from "../../../app/submit-request.ts";
import { viewRequest } from "../../../app/view-request.ts";
import type { RequestState } from "../../../domain/request/model.ts";
import { IDENTITY, IDENTITY_OR_PERSON, type Identity } from "../access.ts";
import { ListQuery, SubmitQuery, ViewQuery, WaitQuery } from "../query.ts";
import { created, ok, route, type Call, type Reply, type Route } from "../route.ts";
import {
  AnswerShape,
  HeartbeatShape,
  OutcomeShape,
  RedeemShape,
  SubmitShape,
  WithdrawShape,
} from "../schema/request-shapes.ts";
import {
  HeartbeatAnswerShape,
  RequestPageShape,
  RequestViewShape,
  SubmitAnswerShape,
} from "../schema/view-shapes.ts";
import { listQueryOf } from "./list-query.ts";
import {
  undecidedForMs,
  ownView,
  requestIdFor,
  stateOf,
  unlessForeign,
  unseenRequest,
} from "./request-of.ts";

/** Refusals of a redemption that the view of the request says as well: it stands otherwise. */
const SAID_BY_VIEW: ReadonlySet<ProblemCode> = new Set([
  "not_approved",
  "not_yet",
  "approval_void",
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
]);
/** Refusals that only mean: not yet. */
const NOT_YET: ReadonlySet<ProblemCode> = new Set(["not_approved", "not_yet"]);

const REDEEM_PROBLEMS = [
  "not_found",
  "interrupted",
  "already_redeemed",
  "lease_lapsed",
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "attempt_reused",
  "redemptions_exhausted",
  "clock_suspect",
  "identity_suspended",
  "halted",
  "approval_void",
] as const satisfies readonly ProblemCode[];

const submit = route({
  id: "submitRequest",
  method: "POST",
  path: "/v1/requests",
  tag: "requests",
  summary: "Ask before acting; with `redeem=true` also redeem as soon as it is approved",
  access: IDENTITY,
  query: SubmitQuery,
  body: SubmitShape,
  answers: { 201: SubmitAnswerShape, 200: SubmitAnswerShape },
  problems: [
    "idempotency_conflict",
    "identity_suspended",
    "too_many_requests",
    "already_redeemed",
    "lease_lapsed",
    "attempt_reused",
    "redemptions_exhausted",
    "clock_suspect",
    "halted",
    "not_found",
  ],
  async run(call) {
    const { edge, principal, body, key, query } = call;
    const { app } = edge;
    const redeems = query.redeem === true;
    if (redeems && body.attempt === undefined) {
      const detail = "`attempt` is missing; with `redeem=true` send a new random one";
      return refused("invalid_request", detail, { field: "attempt" });
    }
    const attemptHash = redeems && body.attempt !== undefined ? attemptHashOf(body.attempt) : null;
    const submitted = await submitRequest(app, {
      identityId: principal.id,
      body,
      key,
      attemptHash,
    });
    if (!submitted.ok) return submitted;
    const { replayed } = submitted.value;
    const redeemed = await redeemedOrWaited(call, submitted.value, attemptHash);
    if (!redeemed.ok) return redeemed;
    const answer = await submitAnswer(call, redeemed.value, { replayed, isRedeemed: redeems });
    return replayed ? ok(answer) : created(answer);
  },
});

/**
 * The state to answer with, after redeeming or waiting as far as was asked for. What an earlier call
 * redeemed is asked for again: a halt may have been placed since, or the lease be gone (I10).
 */
async function redeemedOrWaited(
  call: Call<Identity, unknown, unknown>,
  { state, replayed }: Submitted,
  attemptHash: string | null,
): Promise<Answer<RequestState>> {
  const { edge, principal, waiting } = call;
  if (attemptHash === null) return awaitDecision(call, state);
  const isMine = state.run?.attemptHash === attemptHash;
  const isHandedOver = state.status === "running" || state.status === "released";
  if (!replayed && isMine && isHandedOver) return answered(state);
  if (state.status === "held" && waiting.waitMs === 0) return answered(state);
  const redeem = { requestId: state.id, identityId: principal.id, attemptHash };
  const redeemed = await redeemGrant(edge.app, redeem, waiting);
  if (redeemed.ok) return answered(redeemed.value.state);
  if (!SAID_BY_VIEW.has(redeemed.problem.code)) return redeemed;
  return answered((await edge.app.store.request(state.id)) ?? state);
}

async function awaitDecision(
  call: Call<Identity, unknown, unknown>,
  state: RequestState,
): Promise<Answer<RequestState>> {
  const { edge, waiting } = call;
  if (waiting.waitMs === 0) return answered(state);
  return awaitChange(edge.app, state.id, waiting, async () => {
    const value = (await edge.app.store.request(state.id)) ?? state;
    return { value: answered(value), done: value.status !== "held" };
  });
}

async function submitAnswer(
  call: Call<Identity, unknown, unknown>,
  state: RequestState,
  about: { readonly replayed: boolean; readonly isRedeemed: boolean },
): Promise<SubmitAnswer> {
  const { app } = call.edge;
  return {
    request: await ownView(app, state, call.principal),
    redemption: about.isRedeemed ? await redemptionOf(app, state) : null,
    replayed: about.replayed,
  };
}

const redeem = route({
  id: "redeemGrant",
  method: "POST",
  path: "/v1/requests/:id/redeem",
  tag: "requests",
  summary: "Consume the grant; committed before the effect may start. Run what it returns",
  access: IDENTITY,
  query: WaitQuery,
  body: RedeemShape,
  key: "optional",
  answers: { 200: SubmitAnswerShape },
  problems: REDEEM_PROBLEMS,
  async run(call) {
    const { edge, principal, body, waiting, params } = call;
    const { app } = edge;
    const id = await requestIdFor(app, principal, params);
    if (!id.ok) return id;
    const attemptHash = attemptHashOf(body.attempt);
    const ask = { requestId: id.value, identityId: principal.id, attemptHash };
    const redeemed = unlessForeign(await redeemGrant(app, ask, waiting), id.value, params);
    if (redeemed.ok) {
      const replayed = redeemed.value.events.length === 0;
      const about = { replayed, isRedeemed: true };
      return ok(await submitAnswer(call, redeemed.value.state, about));
    }
    if (!NOT_YET.has(redeemed.problem.code)) return redeemed;
    const state = await stateOf(app, id.value);
    if (!state.ok) return state;
    return ok(await submitAnswer(call, state.value, { replayed: false, isRedeemed: false }));
  },
});

const heartbeat = route({
  id: "renewLease",
  method: "POST",
  path: "/v1/requests/:id/heartbeat",
  tag: "requests",
  summary: "Renew the lease; with `wait`, hear of an interrupt at once",
  access: IDENTITY,
  query: WaitQuery,
  body: HeartbeatShape,
  key: "optional",
  answers: { 200: HeartbeatAnswerShape },
  problems: [
    "not_found",
    "not_your_attempt",
    "lease_lapsed",
    "not_in_state",
    "already_decided",
    "expired",
  ],
  async run({ edge, principal, body, waiting, params }) {
    const id = await requestIdFor(edge.app, principal, params);
    if (!id.ok) return id;
    const attemptHash = attemptHashOf(body.attempt);
    const beat = { requestId: id.value, identityId: principal.id, attemptHash };
    const renewed = unlessForeign(await runHeartbeat(edge.app, beat, waiting), id.value, params);
    return renewed.ok ? ok(renewed.value) : renewed;
  },
});

const outcome = route({
  id: "reportOutcome",
  method: "POST",
  path: "/v1/requests/:id/outcome",
  tag: "requests",
  summary: "Say what happened. `not_started` gives the grant back",
  access: IDENTITY,
  body: OutcomeShape,
  key: "optional",
  answers: { 200: RequestViewShape },
  problems: [
    "not_found",
    "not_your_attempt",
    "not_interrupting",
    "not_in_state",
    "already_decided",
    "expired",
  ],
  async run({ edge, principal, body, params }) {
    const id = await requestIdFor(edge.app, principal, params);
    if (!id.ok) return id;
    const { attempt, result, detail, stopped_after_ms: stoppedAfterMs } = body;
    const done = await execute(edge.app, id.value, {
      kind: "report",
      actor: { kind: "identity", id: principal.id },
      attemptHash: attemptHashOf(attempt),
      result,
      detail: detail ?? null,
      stoppedAfterMs: stoppedAfterMs ?? null,
    });
    return seenByItself(edge.app, principal, unlessForeign(done, id.value, params));
  },
});

const withdraw = route({
  id: "withdrawRequest",
  method: "POST",
  path: "/v1/requests/:id/withdraw",
  tag: "requests",
  summary: "Take back what is held or approved",
  access: IDENTITY,
  body: WithdrawShape,
  answers: { 200: RequestViewShape },
  problems: ["not_found", "idempotency_conflict", "already_decided", "expired", "not_in_state"],
  async run({ edge, principal, body, params, keyed }) {
    const id = await requestIdFor(edge.app, principal, params);
    if (!id.ok) return id;
    const actor = { kind: "identity", id: principal.id } as const;
    const command = { kind: "withdraw", actor, reason: body.reason ?? null } as const;
    const bound = await keyed({ kind: command.kind, requestId: id.value, body });
    const done = await execute(edge.app, id.value, command, bound);
    return seenByItself(edge.app, principal, unlessForeign(done, id.value, params));
  },
});

const answerQuestion = route({
  id: "answerQuestion",
  method: "POST",
  path: "/v1/requests/:id/answers",
  tag: "requests",
  summary: "Answer a reviewer's question",
  access: IDENTITY,
  body: AnswerShape,
  answers: { 200: RequestViewShape },
  problems: ["not_found", "idempotency_conflict", "already_decided", "expired", "not_in_state"],
  async run({ edge, principal, body, params, keyed }) {
    const id = await requestIdFor(edge.app, principal, params);
    if (!id.ok) return id;
    const actor = { kind: "identity", id: principal.id } as const;
    const command = { kind: "answer", actor, text: body.text } as const;
    const bound = await keyed({ kind: command.kind, requestId: id.value, body });
    const done = await execute(edge.app, id.value, command, bound);
    return seenByItself(edge.app, principal, unlessForeign(done, id.value, params));
  },
});

async function seenByItself(
  app: Parameters<typeof ownView>[0],
  principal: Identity,
  done: Answer<Executed>,
): Promise<Answer<Reply<Awaited<ReturnType<typeof ownView>>>>> {
  return done.ok ? ok(await ownView(app, done.value.state, principal)) : done;
}

const view = route({
  id: "viewRequest",
  method: "GET",
  path: "/v1/requests/:id",
  tag: "requests",
  summary: "One request; with `wait`, once it changes or is decided",
  access: IDENTITY_OR_PERSON,
  query: ViewQuery,
  answers: { 200: RequestViewShape },
  problems: ["not_found", "ambiguous_id"],
  async run({ edge, principal, params, query, waiting, again }) {
    const { app } = edge;
    const id = await requestIdFor(app, principal, params);
    if (!id.ok) return id;
    const found = await stateOf(app, id.value);
    if (!found.ok) return found;
    const unseen = unseenRequest(id.value, params);
    if (waiting.waitMs === 0) {
      const seen = await viewRequest(app, found.value, principal);
      return seen === null ? unseen : ok(seen);
    }
    // Who may not see it must not learn by waiting when it changes.
    if ((await viewRequest(app, found.value, principal)) === null) return unseen;
    const state = await awaitChange(app, id.value, waiting, async () => {
      const value = (await app.store.request(id.value)) ?? found.value;
      const { now } = await app.store.time();
      return { value: answered(value), ...whetherDone(value, query.version, now) };
    });
    if (!state.ok) return state;
    // With the rights of now: somebody may have lost them while they waited.
    const seen = await viewRequest(app, state.value, await again());
    return seen === null ? unseen : ok(seen);
  },
});

/** Past a version, or without one: neither held nor waiting to become effective. */
function whetherDone(
  state: RequestState,
  version: number | undefined,
  now: number,
): { readonly done: boolean; readonly retryInMs?: number } {
  if (version !== undefined) return { done: state.version > version };
  const leftMs = undecidedForMs(state, now);
  return leftMs === null ? { done: true } : { done: false, retryInMs: leftMs };
}

const list = route({
  id: "listRequests",
  method: "GET",
  path: "/v1/requests",
  tag: "requests",
  summary: "Requests the caller may see, the newest first; identities see their own",
  access: IDENTITY_OR_PERSON,
  query: ListQuery,
  answers: { 200: RequestPageShape },
  async run({ edge, principal, query }) {
    const read = listQueryOf(edge.app, query);
    return read.ok ? ok(await listRequests(edge.app, principal, read.value)) : read;
  },
});

export const REQUEST_ROUTES: readonly Route[] = [
  submit,
  list,
  view,
  redeem,
  heartbeat,
  outcome,
  withdraw,
  answerQuestion,
];
