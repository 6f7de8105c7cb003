/** One request's story for a test: a world that is changed by assignment, and commands on it. */
import type { ProblemCode } from "@haltpoint/protocol";
import type { Obligations, PolicyDecision, Roster } from "../../policy/model.ts";
import {
  DEFAULT_LIMITS,
  type Command,
  type Facts,
  type RequestLimits,
  type Right,
} from "../commands.ts";
import { decide, replay } from "../decide.ts";
import type { RequestEvent, Submission } from "../events.ts";
import type { Actor, RequestState } from "../model.ts";
import type { Refusal } from "../refusal.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const NOON = Date.UTC(2026, 10, 22, 12);

export const agent: Actor = { kind: "identity", id: "agent-1" };
export const clock: Actor = { kind: "clock" };

export function person(id: string, stepUp: "none" | "passkey" = "none"): Actor {
  return { kind: "person", id, stepUp, via: "passkey" };
}

/** One person of finance must approve within eight hours; the grant lasts a day. */
export function obligations(over: Partial<Obligations> = {}): Obligations {
  return {
    risk: "medium",
    approval: "quorum",
    quorum: [{ count: 1, from: ["group:finance"], escalate: [] }],
    confirm: [],
    stepUp: "none",
    editableFields: [],
    editorMayApprove: false,
    ownerMayApprove: false,
    onBehalfOfMayApprove: false,
    excludedPersons: [],
    deadlineMs: 8 * HOUR,
    extendMs: 0,
    undoMs: 0,
    grantDeadlineMs: 24 * HOUR,
    assurance: "cooperative",
    onReject: "none",
    ruleOwners: ["bo"],
    controls: [],
    ...over,
  };
}

/** Policy allows; with `held`, it asks for these obligations. */
export function policy(over: Partial<PolicyDecision> = {}): PolicyDecision {
  return {
    effect: "allow",
    vetoWindowMs: 0,
    obligations: null,
    fallback: obligations(),
    missingFields: [],
    reasons: ["finance approves any spend above the threshold"],
    matchedRules: ["spend-over-threshold"],
    grantDeadlineMs: 24 * HOUR,
    risk: "medium",
    impact: "spend",
    impacts: ["spend"],
    shadow: null,
    policyVersion: "p1",
    budgets: [],
    traces: [],
    ...over,
  };
}

export function holding(over: Partial<Obligations> = {}): PolicyDecision {
  return policy({ effect: "hold", obligations: obligations(over) });
}

export const twoGroups: Partial<Obligations> = {
  quorum: [
    { count: 1, from: ["group:finance"], escalate: [] },
    { count: 1, from: ["group:security"], escalate: [] },
  ],
};

interface World {
  now: number;
  clockTrusted: boolean;
  policy: PolicyDecision;
  groups: Record<string, readonly string[]>;
  /** Persons that exist and are not disabled. */
  active: readonly string[];
  rights: Record<string, readonly Right[]>;
  owner: string;
  registration: "active" | "suspended" | "gone";
  /** The epoch of the newest matching halt, and whether it is in force. */
  haltEpoch: number;
  halted: boolean;
  interrupterExists: boolean;
  /** Members whose membership the identity provider has not confirmed of late. */
  unconfirmed: readonly string[];
  limits: RequestLimits;
}

const WORLD: World = {
  now: NOON,
  clockTrusted: true,
  policy: holding(),
  groups: { finance: ["ana", "bo"], security: ["bo", "cy"], leads: ["lea"] },
  active: ["ana", "bo", "cy", "lea", "own", "pat", "ove", "ope", "res", "aud", "str"],
  rights: { ove: ["override"], ope: ["operator"], res: ["resolver"], aud: ["auditor"] },
  owner: "own",
  registration: "active",
  haltEpoch: 0,
  halted: false,
  interrupterExists: true,
  unconfirmed: [],
  limits: DEFAULT_LIMITS,
};

const SUBMISSION: Submission = {
  id: "req_1",
  scope: {
    identity: "agent-1",
    owner: "own",
    groups: ["bots"],
    session: "s-1",
    trace: null,
    action: "procurement.purchase_order.submit",
    impact: "spend",
  },
  identityType: "agent",
  actsForPeople: false,
  onBehalfOf: null,
  assurance: "mediated",
  stoppable: "yes",
  releaseOnly: false,
  callerReturns: true,
  createdAt: NOON,
  lifetimeEndsAt: NOON + 7 * 24 * HOUR,
  digest: "digest-0",
};

export class Story {
  readonly world: World = { ...WORLD, groups: { ...WORLD.groups }, rights: { ...WORLD.rights } };
  readonly events: RequestEvent[] = [];
  refusal: Refusal | null = null;
  private current: RequestState | null = null;

  constructor(world: Partial<World> = {}, submission: Partial<Submission> = {}) {
    Object.assign(this.world, world);
    const whole = { ...SUBMISSION, ...submission };
    const command: Command = { kind: "submit", actor: agent, submission: whole };
    const decision = decide(null, command, this.facts(command));
    this.keep(decision.events, decision.refusal);
  }

  get state(): RequestState {
    if (this.current === null) throw new Error("the submission was refused");
    return this.current;
  }

  get status(): RequestState["status"] {
    return this.state.status;
  }

  /** The code of the last refusal; null: the last command was accepted. */
  get code(): ProblemCode | null {
    return this.refusal?.code ?? null;
  }

  /** The kinds of all events so far. */
  get kinds(): readonly string[] {
    return this.events.map((event) => event.kind);
  }

  later(ms: number): this {
    this.world.now += ms;
    return this;
  }

  do(command: Command): this {
    const decision = decide(this.state, command, this.facts(command));
    this.keep(decision.events, decision.refusal);
    return this;
  }

  approve(id: string, over: Partial<Extract<Command, { kind: "review" }>> = {}): this {
    return this.review(id, { verdict: "approve", ...over });
  }

  reject(id: string, over: Partial<Extract<Command, { kind: "review" }>> = {}): this {
    return this.review(id, { verdict: "reject", ...over });
  }

  edit(id: string, over: Partial<Extract<Command, { kind: "edit" }>> = {}): this {
    const { number, digest } = this.state.revision;
    const content = { digest, newDigest: `digest-${number + 1}`, reason: "less" };
    const fields = ["action.properties.amount"];
    return this.do({ kind: "edit", actor: person(id), ...content, fields, ...over });
  }

  override(id = "ove", over: Partial<Extract<Command, { kind: "override" }>> = {}): this {
    const { digest } = this.state.revision;
    const actor = person(id, "passkey");
    return this.do({ kind: "override", actor, digest, reason: "outage", ...over });
  }

  redeem(attemptHash = "attempt-1"): this {
    return this.do({ kind: "redeem", actor: agent, attemptHash });
  }

  beat(attemptHash = "attempt-1"): this {
    return this.do({ kind: "heartbeat", actor: agent, attemptHash });
  }

  report(result: Extract<Command, { kind: "report" }>["result"], attemptHash = "attempt-1"): this {
    const about = { detail: null, stoppedAfterMs: null };
    return this.do({ kind: "report", actor: agent, attemptHash, result, ...about });
  }

  interrupt(id = "ope", reason = "stop"): this {
    return this.do({ kind: "interrupt", actor: person(id), reason });
  }

  retract(id: string): this {
    return this.do({ kind: "retract", actor: person(id), reason: null });
  }

  resolve(result: Extract<Command, { kind: "resolve" }>["result"], id = "res"): this {
    return this.do({ kind: "resolve", actor: person(id), result, reason: "looked" });
  }

  followUp(id: string, verdict: "ok" | "violation" = "ok"): this {
    return this.do({ kind: "follow_up", actor: person(id), verdict, reason: "looked" });
  }

  tick(): this {
    return this.do({ kind: "tick", actor: clock });
  }

  /** A halt that covers this request is placed; nobody has told the request yet. */
  placeHalt(): this {
    this.world.haltEpoch += 1;
    this.world.halted = true;
    return this;
  }

  private review(id: string, over: Partial<Extract<Command, { kind: "review" }>>): this {
    const { digest } = this.state.revision;
    const about = { verdict: "approve", digest, reason: "seen", confirmed: [] } as const;
    return this.do({ kind: "review", actor: person(id), ...about, ...over });
  }

  private keep(events: readonly RequestEvent[], refusal: Refusal | null): void {
    this.events.push(...events);
    this.refusal = refusal;
    this.current = replay(this.current, events);
  }

  /** The facts as the world is now, for whoever acts. */
  facts(command: Pick<Command, "actor">): Facts {
    const { world } = this;
    const { actor } = command;
    const isKnown = actor.kind === "person" && world.active.includes(actor.id);
    return {
      now: world.now,
      clockTrusted: world.clockTrusted,
      policy: world.policy,
      roster: this.roster(),
      unconfirmed: new Set(world.unconfirmed),
      identity: this.identity(),
      person: { active: isKnown, rights: isKnown ? (world.rights[actor.id] ?? []) : [] },
      halts: {
        epoch: world.haltEpoch,
        active: world.halted ? { id: "halt_1", reason: "leak", by: "person:ope" } : null,
        newestMatchingEpoch: world.haltEpoch,
      },
      interrupterExists: world.interrupterExists,
      limits: world.limits,
    };
  }

  private roster(): Roster {
    const { groups, active } = this.world;
    const members = (ids: readonly string[]): readonly string[] =>
      ids.filter((id) => active.includes(id));
    return new Map([
      ...Object.entries(groups).map(([name, ids]) => [`group:${name}`, members(ids)] as const),
      ...active.map((id) => [`person:${id}`, [id]] as const),
    ]);
  }

  private identity(): Facts["identity"] {
    const { owner, registration } = this.world;
    if (registration === "gone") return null;
    return {
      id: "agent-1",
      type: "agent",
      owner,
      stage: "active",
      groups: ["bots"],
      labels: {},
      actsForPeople: false,
      may: null,
      mode: "enforce",
      active: registration === "active",
      offboarded: false,
    };
  }
}
