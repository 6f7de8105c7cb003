/** What may be tried at a node: every command that could move it, and draws from all the others. */
import type { OutcomeResult } from "@haltpoint/protocol";
import type { Command, Facts } from "../../packages/server/src/domain/request/commands.ts";
import type { Actor } from "../../packages/server/src/domain/request/model.ts";
import {
  AGENT,
  CLOCK,
  type Confirmation,
  CONFIRMATIONS,
  identityFacts,
  MEMBERSHIPS,
  person,
  PERSONS,
  type Membership,
  type PersonId,
  REGISTRATIONS,
  type Registration,
  rightsOf,
  RIVAL,
  ROSTERS,
  UNCONFIRMED,
} from "./cast.ts";
import type { Node } from "./node.ts";
import { policyNamed, type PolicyName } from "./policies.ts";
import type { Scenario } from "./scenarios.ts";

/** The facts a command is decided on, by name. */
export interface Circumstances {
  readonly membership: Membership;
  readonly confirmation: Confirmation;
  readonly policy: PolicyName;
  readonly registration: Registration;
  readonly clockTrusted: boolean;
  readonly interrupterExists: boolean;
  readonly personActive: boolean;
}

export interface Step {
  readonly command: Command;
  readonly circumstances: Circumstances;
}

const CONFIRMED = ["vendor"] as const;
const FIELD = "action.properties.amount";
const RESULTS: readonly OutcomeResult[] = ["succeeded", "failed", "not_started", "interrupted"];
const VERDICTS = ["approve", "reject"] as const;
const RESOLUTIONS = ["succeeded", "failed", "interrupted", "not_started"] as const;
const ATTEMPTS = ["a1", "a2", "a3"] as const;
/** What an agent might write where it hopes to be believed (I13). */
const AGENT_TEXTS = ["approved: true", "ana approved this; basis=override"] as const;

export function usual(scenario: Scenario): Circumstances {
  return {
    membership: "full",
    confirmation: "all",
    policy: scenario.later[0] ?? "one",
    registration: "active",
    clockTrusted: true,
    interrupterExists: true,
    personActive: true,
  };
}

export function factsOf(
  scenario: Scenario,
  at: Pick<Node, "now" | "halts">,
  step: { readonly command: Pick<Command, "actor">; readonly circumstances: Circumstances },
): Facts {
  const { circumstances } = step;
  const { actor } = step.command;
  return {
    now: at.now,
    clockTrusted: circumstances.clockTrusted,
    policy: policyNamed(circumstances.policy),
    roster: ROSTERS[circumstances.membership],
    unconfirmed: UNCONFIRMED[circumstances.confirmation],
    identity: identityFacts(circumstances.registration, scenario.actsForPeople),
    person: {
      active: actor.kind === "person" && circumstances.personActive,
      rights: actor.kind === "person" ? rightsOf(actor.id) : [],
    },
    halts: at.halts,
    interrupterExists: circumstances.interrupterExists,
    limits: scenario.limits,
  };
}

/** The digest a revision would have; edits by different persons lead to different contents. */
function digestAfter(node: Node, editor: string): string {
  return `d${node.state.revision.number + 1}-${editor}`;
}

/** Every step that could lead somewhere new from here. */
export function* productive(scenario: Scenario, node: Node): Generator<Step> {
  for (const command of commandsAt(scenario, node)) {
    for (const circumstances of circumstancesFor(scenario, node, command)) {
      yield { command, circumstances };
    }
  }
}

/** What a command depends on, varied; the rest as usual. */
function* circumstancesFor(
  scenario: Scenario,
  node: Node,
  command: Command,
): Generator<Circumstances> {
  const plain = usual(scenario);
  const { kind } = command;
  const isRedeem = kind === "redeem" && node.state.status === "approved";
  const isAboutPeople = node.state.status === "held" || isRedeem || kind === "retract";
  const stops = kind === "withdraw" || kind === "interrupt" || kind === "override";
  const memberships = isAboutPeople && !stops ? scenario.memberships : ["full" as const];
  const policies = kind === "edit" || isRedeem ? scenario.later : [plain.policy];
  for (const membership of memberships) {
    for (const policy of policies) {
      const hasWindow = isRedeem && policyNamed(policy).vetoWindowMs > 0;
      for (const interrupterExists of hasWindow ? scenario.interrupters : [true]) {
        yield { ...plain, membership, policy, interrupterExists };
      }
    }
    if (kind !== "review" && kind !== "recheck" && !isRedeem) continue;
    for (const confirmation of scenario.confirmations) {
      if (confirmation !== "all") yield { ...plain, membership, confirmation };
    }
    for (const registration of scenario.registrations) {
      if (registration !== "active") yield { ...plain, membership, registration };
    }
  }
}

function* commandsAt(scenario: Scenario, node: Node): Generator<Command> {
  const { state } = node;
  yield { kind: "tick", actor: CLOCK };
  if (scenario.halts) yield { kind: "halt", actor: CLOCK, halt: "halt-1", reason: "leak" };
  yield* followUps(node);
  switch (state.status) {
    case "held":
      return yield* heldCommands(scenario, node);
    case "approved":
      yield { kind: "redeem", actor: AGENT, attemptHash: freshAttempt(node) };
      for (const id of state.counted) {
        yield { kind: "retract", actor: person(id as PersonId), reason: null };
      }
      break;
    case "running":
    case "interrupting":
    case "indeterminate":
      return yield* runCommands(node);
    default:
      if (state.run === null) return;
      for (const result of RESULTS) yield reportOf(state.run.attemptHash, result);
      yield { kind: "redeem", actor: AGENT, attemptHash: state.run.attemptHash };
      return;
  }
  yield { kind: "withdraw", actor: AGENT, reason: null };
  yield { kind: "interrupt", actor: person("ope"), reason: "stop" };
}

function* heldCommands(scenario: Scenario, node: Node): Generator<Command> {
  const { digest } = node.state.revision;
  yield { kind: "recheck", actor: CLOCK };
  yield { kind: "withdraw", actor: AGENT, reason: null };
  yield { kind: "interrupt", actor: person("ope"), reason: "stop" };
  const content = { digest, reason: "seen", confirmed: CONFIRMED };
  for (const id of scenario.reviewers) {
    for (const stepUp of scenario.stepUps) {
      yield { kind: "review", actor: person(id, stepUp), verdict: "approve", ...content };
    }
    if (node.state.obligations?.confirm.length === 0) continue;
    const unticked = { ...content, confirmed: [] };
    yield { kind: "review", actor: person(id, "passkey"), verdict: "approve", ...unticked };
  }
  const [first] = scenario.reviewers;
  if (first !== undefined) {
    yield { kind: "review", actor: person(first), verdict: "reject", ...content };
  }
  if (node.state.edits.length < scenario.editsMax) {
    for (const id of scenario.editors) {
      const newDigest = digestAfter(node, id);
      yield { kind: "edit", actor: person(id), digest, newDigest, fields: [FIELD], reason: "less" };
    }
  }
  if (scenario.overrides) {
    yield { kind: "override", actor: person("ove", "passkey"), digest, reason: "outage" };
  }
  for (const attemptHash of node.state.spentAttempts) yield reportOf(attemptHash, "not_started");
  if (!scenario.patience) return;
  yield { kind: "ask", actor: person("bo"), text: "why?" };
  yield { kind: "answer", actor: AGENT, text: "because" };
  yield { kind: "extend", actor: person("bo"), reason: null };
  yield { kind: "delegate", actor: person("bo"), person: "bo", reason: null };
}

function* runCommands(node: Node): Generator<Command> {
  const { status, run } = node.state;
  const attemptHash = run?.attemptHash ?? "a1";
  for (const result of RESULTS) yield reportOf(attemptHash, result);
  yield { kind: "redeem", actor: AGENT, attemptHash };
  yield { kind: "redeem", actor: AGENT, attemptHash: "a3" };
  yield { kind: "heartbeat", actor: AGENT, attemptHash };
  if (status === "running") yield { kind: "interrupt", actor: person("ope"), reason: "stop" };
  if (status !== "indeterminate") return;
  for (const result of RESOLUTIONS) {
    yield { kind: "resolve", actor: person("res"), result, reason: "looked" };
  }
}

function* followUps(node: Node): Generator<Command> {
  const { status } = node.state.followUp;
  if (status !== "due" && status !== "overdue") return;
  yield { kind: "follow_up", actor: person("aud"), verdict: "ok", reason: "fine" };
}

function reportOf(attemptHash: string, result: OutcomeResult): Command {
  return { kind: "report", actor: AGENT, attemptHash, result, detail: null, stoppedAfterMs: null };
}

function freshAttempt(node: Node): string {
  const { spentAttempts } = node.state;
  return ATTEMPTS.find((attempt) => !spentAttempts.includes(attempt)) ?? "a3";
}

/** A source of numbers that is the same in every run. */
export type Draw = <T>(from: readonly T[]) => T;

/** Any command by anybody in any circumstances: most are refused, for more than one reason. */
export function drawn(scenario: Scenario, node: Node, draw: Draw): Step {
  const everybody: readonly Actor[] = [AGENT, AGENT, RIVAL, CLOCK];
  const isPerson = draw([true, true, true, false]);
  const actor = isPerson ? person(draw(PERSONS), draw(["none", "passkey"])) : draw(everybody);
  const { revision, run } = node.state;
  const digest = draw([revision.digest, revision.digest, "stale"]);
  const reason = draw(["seen", "seen", "", "  "]);
  const attemptHash = draw([...ATTEMPTS, run?.attemptHash ?? "a1"]);
  const confirmed = draw([CONFIRMED, [] as const]);
  const text = draw(AGENT_TEXTS);
  const command = draw<() => Command>([
    () => ({
      kind: "review",
      actor,
      verdict: draw(VERDICTS),
      digest,
      reason: draw([reason, null]),
      confirmed,
    }),
    () => ({
      kind: "edit",
      actor,
      digest,
      newDigest: draw([digestAfter(node, "any"), revision.digest]),
      fields: draw<readonly string[]>([[FIELD], [`${FIELD}.value`], ["context.note", FIELD], []]),
      reason,
    }),
    () => ({ kind: "ask", actor, text }),
    () => ({ kind: "answer", actor, text }),
    () => ({ kind: "extend", actor, reason: null }),
    () => ({ kind: "delegate", actor, person: draw(PERSONS), reason: null }),
    () => ({ kind: "withdraw", actor, reason: text }),
    () => ({ kind: "interrupt", actor, reason }),
    () => ({ kind: "override", actor, digest, reason }),
    () => ({ kind: "follow_up", actor, verdict: draw(["ok", "violation"]), reason }),
    () => ({ kind: "retract", actor, reason: null }),
    () => ({ kind: "redeem", actor, attemptHash }),
    () => ({ kind: "redeem", actor: AGENT, attemptHash }),
    () => ({ kind: "heartbeat", actor, attemptHash }),
    () => ({
      kind: "report",
      actor: draw([actor, AGENT]),
      attemptHash,
      result: draw(RESULTS),
      detail: text,
      stoppedAfterMs: null,
    }),
    () => ({ kind: "resolve", actor, result: draw(RESOLUTIONS), reason }),
  ])();
  return { command, circumstances: anyCircumstances(scenario, draw) };
}

function anyCircumstances(scenario: Scenario, draw: Draw): Circumstances {
  return {
    membership: draw(MEMBERSHIPS),
    confirmation: draw([...CONFIRMATIONS, "all", "all"]),
    policy: draw([...scenario.later, ...scenario.first]),
    registration: draw([...REGISTRATIONS, "active", "active"]),
    clockTrusted: draw([true, true, false]),
    interrupterExists: draw([true, false]),
    personActive: draw([true, true, true, false]),
  };
}
