/** What somebody asks next: mostly about what is live, often what was asked before. */
import type { HaltScope, RequestStatus, SubmitBody } from "@haltpoint/protocol";
import { loadPolicy } from "../../packages/server/src/domain/policy/policy.ts";
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import {
  ACTED_FOR,
  ACTIONS,
  IDENTITIES,
  OPERATORS,
  OWNERS,
  PERSONS,
  REVIEWERS,
  SESSIONS,
} from "./cast.ts";
import type { Attempt } from "./enforcement-point.ts";
import type { Decision, Operation } from "./operation.ts";
import { policyText, randomVariant, versionOf } from "./policy-variant.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { World } from "./world.ts";

const WEIGHTS = {
  submit: 8,
  again: 16,
  decide: 46,
  edit: 8,
  redeem: 30,
  heartbeat: 5,
  report: 14,
  withdraw: 1,
  answer: 5,
  halt: 3,
  lift: 5,
  publish: 3,
  save_person: 4,
  save_identity: 3,
  expire_due: 4,
  sweep_halts: 1,
  recheck: 1,
} as const;

/** Which requests an operation is mostly about. */
const ABOUT: Partial<Record<Operation["kind"], readonly RequestStatus[]>> = {
  decide: ["held"],
  edit: ["held"],
  redeem: ["approved"],
};

/** @param number the command's; with the seed it says everything that is random about it. */
export function chooseOperation(world: World, random: SeededRandom, number: number): Operation {
  const kind = random.weighted(WEIGHTS);
  const repeatable = kind === "again" ? world.asked.slice(-8).filter(isRepeatable) : [];
  if (repeatable.length > 0) return askedAgain(random, random.pick(repeatable), number);
  switch (kind) {
    case "publish":
      return publish(world, random);
    case "save_person":
      return savePerson(random);
    case "save_identity":
      return saveIdentity(random);
    case "halt":
      return halt(random, number);
    case "lift":
      return lift(world, random, number) ?? submit(world, random, number);
    case "expire_due":
    case "sweep_halts":
      return { kind };
    case "heartbeat":
    case "report":
      return ofAttempt(world, random, kind) ?? submit(world, random, number);
    case "submit":
    case "again":
      return submit(world, random, number);
    default:
      return ofRequest(world, random, kind, number);
  }
}

/** One that a person asked a question about, which waits for its answer. */
function asking(world: World): RequestState | undefined {
  const all = [...world.states.values()];
  return all.findLast(({ status, question }) => status === "held" && question?.answer === null);
}

type OfRequest = "decide" | "edit" | "redeem" | "withdraw" | "answer" | "recheck";

function ofRequest(world: World, random: SeededRandom, kind: OfRequest, number: number): Operation {
  const request =
    (kind === "answer" ? asking(world) : undefined) ??
    someRequest(world, random, ABOUT[kind] ?? LIVE);
  if (request === null) return submit(world, random, number);
  const { id: requestId } = request;
  switch (kind) {
    case "decide":
      return decide(world, random, request, number);
    case "edit":
      return edit(random, request, { number, among: reviewersOf(world, request) });
    case "redeem":
      return { kind, requestId, attempt: attemptFor(world, random, request) };
    case "withdraw":
    case "answer":
      return { kind, requestId, identityId: requester(random, request) };
    case "recheck":
      return { kind, requestId };
  }
}

/** Who lost its attempt cannot ask with it any more. */
function isRepeatable(operation: Operation): boolean {
  return !("attempt" in operation) || operation.attempt?.phase !== "lost";
}

/** The same again, with the same key; now and then other content under it, which is a conflict. */
function askedAgain(random: SeededRandom, before: Operation, number: number): Operation {
  if (!random.chance(0.08)) return before;
  if (before.kind === "submit") return { ...before, body: bodyOf(random, `c${number}`) };
  if (before.kind === "halt") return { ...before, scope: { kind: "session", id: `c${number}` } };
  return before;
}

const LIVE: readonly RequestStatus[] = ["held", "approved", "running", "interrupting"];

/** Mostly the newest one in these states; sometimes any other. */
function someRequest(
  world: World,
  random: SeededRandom,
  statuses: readonly RequestStatus[],
): RequestState | null {
  const all = [...world.states.values()];
  const wanted = all.filter(({ status }) => statuses.includes(status));
  const from = wanted.length > 0 && !random.chance(0.12) ? wanted : all;
  if (from.length === 0) return null;
  return random.chance(0.7) ? (from.at(-1) ?? null) : random.pick(from);
}

/** Persons that policy asks, as far as one can see from outside; else any reviewer. */
function reviewersOf(world: World, { obligations, onBehalfOf, scope }: RequestState) {
  if (obligations === null) return REVIEWERS;
  if (obligations.approval === "self") return onBehalfOf === null ? REVIEWERS : [onBehalfOf];
  const groups = world.variant?.groups ?? {};
  const asked = obligations.quorum
    .flatMap(({ from }) => from)
    .flatMap((source): readonly string[] => {
      const [kind, name = ""] = source.split(":");
      if (kind === "group") return groups[name] ?? [];
      return [kind === "person" ? name : scope.owner];
    });
  return asked.length === 0 ? REVIEWERS : asked;
}

function submit(world: World, random: SeededRandom, number: number): Operation {
  const { id: identityId, actsForPeople } = random.pick(IDENTITIES);
  const body = bodyOf(random, `c${number}`);
  const onBehalfOf = actsForPeople || random.chance(0.1) ? random.pick(ACTED_FOR) : null;
  const context = { ...body.context, ...(onBehalfOf === null ? {} : { on_behalf_of: onBehalfOf }) };
  return {
    kind: "submit",
    identityId,
    key: `k${number}`,
    body: { ...body, context },
    attempt: random.chance(0.5) ? newAttempt(world, random, identityId) : null,
  };
}

function bodyOf(random: SeededRandom, id: string): SubmitBody {
  return {
    action: { name: random.pick(ACTIONS), properties: { amount: amount(random) } },
    resource: { type: "order", id },
    context: random.chance(0.7) ? { session: random.pick(SESSIONS) } : {},
    enforcement: {
      release_only: random.chance(0.12),
      caller_returns: random.chance(0.5),
      stoppable: "yes",
    },
  };
}

function amount(random: SeededRandom): number {
  return random.pick([50, 500, 500, 5_000]);
}

function byPerson(random: SeededRandom, number: number, among: readonly string[] = REVIEWERS) {
  return { person: random.pick(among), passkey: random.chance(0.4), key: `k${number}` };
}

const DECISIONS = {
  approve: 70,
  reject: 4,
  retract: 8,
  ask: 5,
  extend: 3,
  delegate: 1,
  interrupt: 3,
  override: 4,
  follow_up: 3,
  resolve: 4,
} as const;

/** Whoever has the right, or is asked, does it mostly; others try. */
function decide(world: World, random: SeededRandom, held: RequestState, number: number): Operation {
  const isUnknown = [...world.states.values()].some(({ status }) => status === "indeterminate");
  const kind = isUnknown && random.chance(0.2) ? "resolve" : random.weighted(DECISIONS);
  const request = someRequest(world, random, DECIDED_IN[kind] ?? ["held"]) ?? held;
  const entitled = { override: ["ed"], resolve: ["rex"], follow_up: ["rex"] };
  const asked = kind in entitled ? entitled[kind as "override"] : reviewersOf(world, request);
  const who = byPerson(random, number, random.chance(0.8) ? asked : REVIEWERS);
  return {
    kind: "decide",
    requestId: request.id,
    ...who,
    decision: decision(random, kind, request),
  };
}

const DECIDED_IN: Partial<Record<keyof typeof DECISIONS, readonly RequestStatus[]>> = {
  retract: ["approved"],
  interrupt: LIVE,
  follow_up: ["approved", "running", "succeeded", "failed"],
  resolve: ["indeterminate"],
};

function decision(
  random: SeededRandom,
  kind: keyof typeof DECISIONS,
  request: RequestState,
): Decision {
  // Somebody who looked before the last edit decides of what they saw.
  const digest = random.chance(0.04) ? "seen-long-ago" : request.revision.digest;
  const reason = "as agreed";
  switch (kind) {
    case "approve":
    case "reject": {
      const confirmed = random.chance(0.85) ? ["checked"] : [];
      return { kind: "review", verdict: kind, digest, reason, confirmed };
    }
    case "ask":
      return { kind, text: "why?" };
    case "extend":
    case "retract":
      return { kind, reason };
    case "delegate":
      return { kind, person: random.pick(REVIEWERS), reason };
    case "interrupt":
      return { kind, reason };
    case "override":
      return { kind, digest, reason };
    case "follow_up":
      return { kind, verdict: "ok", reason };
    case "resolve":
      return { kind, result: random.pick(["succeeded", "failed", "interrupted"]), reason };
  }
}

function edit(
  random: SeededRandom,
  request: RequestState,
  by: { readonly number: number; readonly among: readonly string[] },
): Operation {
  const set = random.chance(0.08)
    ? { "resource.id": "elsewhere" }
    : { "action.properties.amount": random.pick([40, 400, 450, 4_000]) };
  return {
    kind: "edit",
    requestId: request.id,
    ...byPerson(random, by.number, random.chance(0.8) ? by.among : REVIEWERS),
    digest: request.revision.digest,
    set,
    approve: random.chance(0.4),
  };
}

/** The identity that submitted it, or, rarely, one that has no business with it. */
function requester(random: SeededRandom, request: RequestState): string {
  return random.chance(0.05) ? random.pick(IDENTITIES).id : request.scope.identity;
}

function attemptFor(world: World, random: SeededRandom, request: RequestState): Attempt {
  const identityId = requester(random, request);
  const known = world.points.alive(
    (attempt) => attempt.identityId === identityId && attempt.requestId === request.id,
  );
  if (known.length > 0 && random.chance(0.45)) return random.pick(known);
  return newAttempt(world, random, identityId);
}

function newAttempt(world: World, random: SeededRandom, identityId: string): Attempt {
  return world.points.newAttempt(identityId, Buffer.from(random.bytes(16)).toString("hex"));
}

function ofAttempt(
  world: World,
  random: SeededRandom,
  kind: "heartbeat" | "report",
): Operation | null {
  const known = world.points.alive((attempt) => attempt.requestId !== null);
  const begun = known.filter(({ phase }) => phase === "started");
  const redeemed = known.filter(({ requestId, hash }) => {
    return world.states.get(requestId ?? "")?.run?.attemptHash === hash;
  });
  // A stalled process that wakes up after somebody has found out what it did.
  const stalled = begun.filter(({ requestId }) => {
    return world.states.get(requestId ?? "")?.outcome?.by.startsWith("person:");
  });
  const unreported = stalled.length > 0 ? stalled : begun;
  const wanted = unreported.length > 0 && random.chance(0.5) ? unreported : redeemed;
  const among = wanted.length > 0 && random.chance(0.85) ? wanted : known.slice(-2);
  if (among.length === 0) return null;
  const attempt = random.pick(among);
  if (kind === "heartbeat") return { kind, attempt };
  const hasBegun = attempt.phase === "started" || attempt.phase === "reported";
  const ended = attempt.isToldToStop ? "interrupted" : "succeeded";
  const result = hasBegun ? random.pick([ended, "succeeded", "failed"] as const) : "not_started";
  return { kind, attempt, result };
}

function halt(random: SeededRandom, number: number): Operation {
  const identity = random.pick(IDENTITIES).id;
  const scopes: readonly HaltScope[] = [
    { kind: "everything" },
    { kind: "identity", id: identity },
    { kind: "owner", id: random.pick(OWNERS) },
    { kind: "group", id: "bots" },
    { kind: "session", id: random.pick(SESSIONS) },
    { kind: "action", id: random.pick(ACTIONS) },
  ];
  const among = [...OPERATORS, ...OPERATORS, ...OWNERS];
  return { kind: "halt", ...byPerson(random, number, among), scope: random.pick(scopes) };
}

function lift(world: World, random: SeededRandom, number: number): Operation | null {
  const haltId = world.halts.at(random.chance(0.7) ? -1 : 0);
  if (haltId === undefined) return null;
  return { kind: "lift", ...byPerson(random, number, OPERATORS), haltId };
}

/** Policies with a quorum that nobody could fill are thrown away this often. */
const WRITINGS_MAX = 10;

/** Mostly one that will be accepted. */
export function publish(world: World, random: SeededRandom): Operation {
  let variant = randomVariant(random);
  let text = policyText(variant);
  for (let tries = 0; tries < WRITINGS_MAX && !loadPolicy(text, { file: "" }).ok; tries += 1) {
    variant = randomVariant(random);
    text = policyText(variant);
  }
  world.variants.set(versionOf(text), variant);
  world.variant ??= variant;
  return { kind: "publish", text };
}

/** Somebody is disabled or loses a right, or has it back. */
function savePerson(random: SeededRandom): Operation {
  const known = random.pick(PERSONS);
  const disabled = random.chance(0.35);
  const rights = random.chance(0.25) ? [] : (known.rights ?? []);
  return { kind: "save_person", person: { ...known, disabled, rights } };
}

function saveIdentity(random: SeededRandom): Operation {
  const known = random.pick(IDENTITIES);
  const owner = random.chance(0.5) ? random.pick(OWNERS) : known.owner;
  const stage = random.chance(0.25) ? random.pick(["suspended", "probation"]) : "active";
  const groups = random.chance(0.3) ? [] : known.groups;
  return { kind: "save_identity", identity: { ...known, owner, stage, groups } };
}
