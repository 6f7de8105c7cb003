/** Carries out what was asked, as the edges do: one use case, and for enforcement points the effect. */
import { samenessMac, sha256Base64url } from "@haltpoint/protocol";
import type { Answer } from "../../packages/server/src/app/answer.ts";
import type { App } from "../../packages/server/src/app/app.ts";
import { editSteps } from "../../packages/server/src/app/edit-request.ts";
import {
  execute,
  executeSteps,
  type Executed,
  type Keyed,
} from "../../packages/server/src/app/execute.ts";
import { expireDue } from "../../packages/server/src/app/pass-time.ts";
import { halt, liftHalt, sweepHalt } from "../../packages/server/src/app/place-halt.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { redeemGrant, redemptionOf } from "../../packages/server/src/app/redeem-grant.ts";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { savePerson } from "../../packages/server/src/app/registry.ts";
import { runHeartbeat } from "../../packages/server/src/app/run-heartbeat.ts";
import { submitRequest } from "../../packages/server/src/app/submit-request.ts";
import type { Actor, RequestState } from "../../packages/server/src/domain/request/model.ts";
import type { Store } from "../../packages/server/src/ports/store.ts";
import type { Attempt } from "./enforcement-point.ts";
import type { Operation } from "./operation.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { Outcome, World } from "./world.ts";

/** What an operation is carried out with. */
export interface Stage {
  readonly app: App;
  /** For looking, without being stopped: evidence must be durable, not promised. */
  readonly store: Store;
  readonly world: World;
  readonly clock: SimulatedClock;
}

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

const AT_ONCE = {
  waitMs: 0,
  signal: new AbortController().signal,
  stillAdmitted: () => Promise.resolve(null),
};
const NOTHING: Outcome = { kind: "value", state: null, replayed: false };
const CLOCK: Actor = { kind: "clock" };

/** Rejects with what the use case throws. */
export async function perform(stage: Stage, operation: Operation): Promise<Outcome> {
  const { app } = stage;
  switch (operation.kind) {
    case "submit":
      return submit(stage, operation);
    case "redeem":
      return redeem(stage, operation.attempt, operation.requestId);
    case "heartbeat":
      return heartbeat(stage, operation);
    case "report":
      return report(stage, operation);
    case "withdraw":
    case "answer":
      return byRequester(stage, operation);
    case "decide":
      return decide(stage, operation);
    case "edit":
      return edit(stage, operation);
    case "halt":
    case "lift":
      return haltOrLift(stage, operation);
    case "publish":
      return outcomeOf(
        await publishPolicy(app, { text: operation.text, by: "operator", file: "policy" }),
      );
    case "save_person":
      return outcomeOf(
        await savePerson(app, operation.person, { by: "operator", mustBe: "known" }),
      );
    case "save_identity":
      return outcomeOf(
        await saveIdentity(app, operation.identity, { by: "operator", mustBe: "known" }),
      );
    case "expire_due":
      await expireDue(app);
      return NOTHING;
    case "recheck":
      return executed(await execute(app, operation.requestId, { kind: "recheck", actor: CLOCK }));
    case "sweep_halts":
      for (const { id, liftedAt } of await app.store.halts(50)) {
        if (liftedAt === null) await sweepHalt(app, id);
      }
      return NOTHING;
  }
}

/** Whether an answer with a redemption in it is one of this attempt. */
function isRunOf(attempt: Attempt, state: RequestState): boolean {
  const handedOver = state.status === "running" || state.status === "released";
  return handedOver && state.run?.attemptHash === attempt.hash;
}

async function submit(stage: Stage, operation: Of<"submit">): Promise<Outcome> {
  const { identityId, body, key, attempt } = operation;
  const { world } = stage;
  const askedAt = world.durableUpTo;
  send(stage, attempt);
  const attemptHash = attempt?.hash ?? null;
  const answer = await submitRequest(stage.app, { identityId, body, key, attemptHash });
  if (!answer.ok) return { kind: "refusal", problem: answer.problem };
  const { state, replayed } = answer.value;
  if (attempt !== null) {
    attempt.requestId = state.id;
    if (!replayed && isRunOf(attempt, state)) await start(stage, attempt, state, askedAt);
    else if (state.status !== "held") await redeem(stage, attempt, state.id);
  }
  return { kind: "value", state, replayed };
}

async function redeem(stage: Stage, attempt: Attempt, requestId: string): Promise<Outcome> {
  const askedAt = stage.world.durableUpTo;
  attempt.requestId = requestId;
  send(stage, attempt);
  const { identityId, hash: attemptHash } = attempt;
  const order = { requestId, identityId, attemptHash };
  const answer = await redeemGrant(stage.app, order, AT_ONCE);
  if (answer.ok) await start(stage, attempt, answer.value.state, askedAt);
  return executed(answer);
}

/** A lost answer may have begun the lease, so it is counted from before the first try. */
function send(stage: Stage, attempt: Attempt | null): void {
  if (attempt === null) return;
  attempt.sentAtMs = Math.min(attempt.sentAtMs, stage.clock.monotonicMs());
}

/** The moment of truth: what was redeemed becomes an effect, if the contract still allows it. */
async function start(
  stage: Stage,
  attempt: Attempt,
  state: RequestState,
  askedAt: number,
): Promise<void> {
  const { app, world, clock, store } = stage;
  const redemption = await redemptionOf(app, state);
  if (redemption === null || !isRunOf(attempt, state)) return;
  const entries = await store.entries(state.id);
  if (!world.points.mayStart(attempt, redemption, clock.monotonicMs())) return;
  const evidence = entries
    .filter((entry) => entry.kind === "redeemed" && entry.canonical.includes(attempt.hash))
    .map((entry) => entry.logIndex);
  const { request_id: requestId, digest, content } = redemption;
  const effect = { requestId, attemptHash: attempt.hash, digest, content, askedAt, evidence };
  world.points.started(attempt, effect);
}

async function heartbeat(stage: Stage, { attempt }: Of<"heartbeat">): Promise<Outcome> {
  const { identityId, hash: attemptHash } = attempt;
  const requestId = attempt.requestId ?? "";
  const answer = await runHeartbeat(stage.app, { requestId, identityId, attemptHash }, AT_ONCE);
  if (!answer.ok) return { kind: "refusal", problem: answer.problem };
  if (answer.value.interrupt) attempt.isToldToStop = true;
  return NOTHING;
}

/** A point says that nothing happened only of what it will never start. */
async function report(stage: Stage, operation: Of<"report">): Promise<Outcome> {
  const { attempt } = operation;
  const { identityId: id, hash: attemptHash } = attempt;
  if (attempt.phase === "waiting") attempt.phase = "given_up";
  const hasBegun = attempt.phase === "started" || attempt.phase === "reported";
  const isWrong = hasBegun && operation.result === "not_started";
  const result = isWrong ? "succeeded" : operation.result;
  const answer = await execute(stage.app, attempt.requestId ?? "", {
    kind: "report",
    actor: { kind: "identity", id },
    attemptHash,
    result,
    detail: null,
    stoppedAfterMs: null,
  });
  if (answer.ok && attempt.phase === "started") attempt.phase = "reported";
  return executed(answer);
}

async function byRequester(stage: Stage, operation: Of<"withdraw" | "answer">): Promise<Outcome> {
  const { kind, requestId, identityId: id } = operation;
  const actor: Actor = { kind: "identity", id };
  const command =
    kind === "withdraw"
      ? ({ kind, actor, reason: null } as const)
      : ({ kind, actor, text: "because" } as const);
  return executed(await execute(stage.app, requestId, command));
}

type ByPerson = Of<"decide" | "edit" | "halt" | "lift">;

function actorOf({ person: id, passkey }: ByPerson): Extract<Actor, { kind: "person" }> {
  return { kind: "person", id, stepUp: passkey ? "passkey" : "none", via: "passkey" };
}

/** The key with a keyed hash of what was asked, as the HTTP edge makes it. */
async function keyedOf(stage: Stage, operation: ByPerson): Promise<Keyed> {
  const { person, key, ...asked } = operation;
  const secret = await stage.app.store.secret("sameness");
  const fingerprint = samenessMac(secret, { asked: sha256Base64url(JSON.stringify(asked)) });
  return { principal: `person:${person}`, key, fingerprint };
}

async function decide(stage: Stage, operation: Of<"decide">): Promise<Outcome> {
  const { requestId, decision } = operation;
  const command = { ...decision, actor: actorOf(operation) };
  const keyed = await keyedOf(stage, operation);
  return executed(await execute(stage.app, requestId, command, keyed));
}

async function edit(stage: Stage, operation: Of<"edit">): Promise<Outcome> {
  const { requestId, digest, set, approve } = operation;
  const keyed = await keyedOf(stage, operation);
  const asked = {
    actor: actorOf(operation),
    digest,
    set,
    reason: "too much",
    approve: approve ? { confirmed: ["checked"] } : null,
  };
  const answer = await executeSteps(
    stage.app,
    requestId,
    (state, standing) => editSteps(stage.app, asked, state, standing),
    keyed,
  );
  return executed(answer);
}

async function haltOrLift(stage: Stage, operation: Of<"halt" | "lift">): Promise<Outcome> {
  const person = actorOf(operation);
  const keyed = await keyedOf(stage, operation);
  if (operation.kind === "lift") {
    const lift = { haltId: operation.haltId, reason: "over" };
    return outcomeOf(await liftHalt(stage.app, person, lift, keyed));
  }
  const body = { scope: operation.scope, reason: "stop" };
  const answer = await halt(stage.app, person, body, keyed);
  if (!answer.ok) return { kind: "refusal", problem: answer.problem };
  return { kind: "value", state: null, replayed: answer.value.interrupted === null };
}

function executed(answer: Answer<Executed>): Outcome {
  if (!answer.ok) return { kind: "refusal", problem: answer.problem };
  const { state, replayed } = answer.value;
  return { kind: "value", state, replayed };
}

function outcomeOf(answer: Answer<unknown>): Outcome {
  if (!answer.ok) return { kind: "refusal", problem: answer.problem };
  return NOTHING;
}
