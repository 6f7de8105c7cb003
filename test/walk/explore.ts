/** Walks a scenario breadth first until nothing new is found, and counts what was met. */
import { decide, replay } from "../../packages/server/src/domain/request/decide.ts";
import type { Command, CommandKind } from "../../packages/server/src/domain/request/commands.ts";
import type { RequestEvent, Submission } from "../../packages/server/src/domain/request/events.ts";
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import { TRANSITIONS } from "../../packages/server/src/domain/request/transitions.ts";
import { AGENT, CLOCK } from "./cast.ts";
import {
  checkClaims,
  checkInvariants,
  effectsAfter,
  endsAlone,
  liveness,
  type Move,
} from "./invariants.ts";
import { keyOf, storyOf, type Node } from "./node.ts";
import type { Scenario } from "./scenarios.ts";
import { begun, foretell } from "./spec.ts";
import { drawn, factsOf, productive, usual, type Draw, type Step } from "./steps.ts";
import { checkAgreement } from "./agreement.ts";
import type { Witness } from "./witness.ts";

export interface Coverage {
  nodes: number;
  steps: number;
  /** Steps at which two or more reasons to refuse applied. */
  contested: number;
  /** `from event to by`. */
  readonly moves: Map<string, number>;
  /** `command code`. */
  readonly refusals: Map<string, number>;
  /** `command earlier>later`: both applied and the earlier was the answer. */
  readonly precedences: Set<string>;
}

export function emptyCoverage(): Coverage {
  return {
    nodes: 0,
    steps: 0,
    contested: 0,
    moves: new Map(),
    refusals: new Map(),
    precedences: new Set(),
  };
}

/** What time does to a request, whichever command meets it. */
const TIME_DOES: ReadonlySet<string> = new Set([
  "expired",
  "lapsed",
  "escalated",
  "follow_up_overdue",
]);

const START = 1_000;
const NODES_MAX = 2_000_000;
const TICK: Command = { kind: "tick", actor: CLOCK };
const HALT = { id: "halt-1", reason: "leak", by: "person:ope" } as const;

/** @throws Error naming the invariant or the difference, with the story of how it was reached. */
export function explore(
  scenario: Scenario,
  coverage: Coverage,
  options: { readonly drawsPerNode: number; readonly seed: number },
): void {
  const seen = new Set<string>();
  const queue: Node[] = [];
  const draw = drawer(options.seed);
  const visit = (node: Node): void => {
    const key = keyOf(node);
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(node);
    if (seen.size > NODES_MAX) throw new Error(`\`${scenario.name}\` does not end`);
  };
  for (const node of submissions(scenario, coverage)) visit(node);
  for (let next = 0, node = queue[next]; node !== undefined; next += 1, node = queue[next]) {
    for (const around of surroundings(scenario, node)) visit(around);
    for (const step of productive(scenario, node)) visit(take(scenario, node, step, coverage));
    endsAlone(
      node.state,
      factsOf(scenario, node, { command: TICK, circumstances: usual(scenario) }),
    );
    for (let left = options.drawsPerNode; left > 0; left -= 1) {
      take(scenario, node, drawn(scenario, node, draw), coverage, checkClaims);
    }
  }
  coverage.nodes += seen.size;
}

/** Time passes, and halts are placed and lifted, without anybody telling the request. */
function* surroundings(scenario: Scenario, node: Node): Generator<Node> {
  yield { ...node, parent: node, now: node.now + 1, how: "a millisecond passes" };
  if (!scenario.halts) return;
  const { halts } = node;
  const epoch = halts.epoch + 1;
  if (halts.active === null) {
    const placed = { epoch, active: HALT, newestMatchingEpoch: epoch };
    yield { ...node, parent: node, halts: placed, how: "a halt is placed" };
  } else {
    yield { ...node, parent: node, halts: { ...halts, epoch, active: null }, how: "it is lifted" };
  }
}

function submissionOf(scenario: Scenario): Submission {
  return {
    id: "req-1",
    scope: {
      identity: "agent",
      owner: "own",
      groups: ["bots"],
      session: "s-1",
      trace: null,
      action: "procurement.purchase_order.submit",
      impact: null,
    },
    identityType: "agent",
    actsForPeople: scenario.actsForPeople,
    onBehalfOf: scenario.onBehalfOf,
    assurance: "mediated",
    stoppable: "yes",
    releaseOnly: scenario.releaseOnly,
    callerReturns: scenario.callerReturns,
    createdAt: START,
    lifetimeEndsAt: START + (scenario.lifetimeMs ?? 1_000_000),
    digest: "d0",
  };
}

function blankWitness(submission: Submission): Witness {
  const { digest, lifetimeEndsAt, actsForPeople, onBehalfOf, callerReturns, releaseOnly } =
    submission;
  const none = { asked: [], approvals: [], editors: [], counted: [], spent: [] };
  const never = {
    heldAt: 0,
    holdUntil: 0,
    notBefore: 0,
    grantUntil: 0,
    windowMs: 0,
    followUpAt: 0,
  };
  const noRun = { attempt: null, startedAt: 0, leaseUntil: 0, runUntil: 0, outcome: null };
  const nobody = { basis: null, overrider: null, decidedBy: null, decidedStatus: null };
  return {
    ...{ ...none, ...never, ...noRun, ...nobody },
    ...{ digest, lifetimeEndsAt, actsForPeople, onBehalfOf, callerReturns, releaseOnly },
    status: "held",
    revision: 0,
    vetoMs: 0,
    grantEpoch: 0,
    escalated: false,
    nobody: false,
    question: "none",
    pausedUntil: 0,
    wasInterrupted: false,
    followUp: "none",
    contradicted: false,
  };
}

function* submissions(scenario: Scenario, coverage: Coverage): Generator<Node> {
  const submission = submissionOf(scenario);
  const command: Command = { kind: "submit", actor: AGENT, submission };
  const halts = { epoch: 1, active: null, newestMatchingEpoch: 0 };
  for (const policy of scenario.first) {
    for (const membership of scenario.memberships) {
      for (const registration of scenario.registrations) {
        for (const interrupterExists of scenario.interrupters) {
          const circumstances = {
            ...usual(scenario),
            policy,
            membership,
            registration,
            interrupterExists,
          };
          const at = { now: START, halts };
          const facts = factsOf(scenario, at, { command, circumstances });
          const decision = decide(null, command, facts);
          coverage.steps += 1;
          const expected = begun(blankWitness(submission), facts);
          if ((expected === null) !== (decision.refusal !== null))
            throw new Error("submit differs");
          if (decision.refusal !== null)
            count(coverage.refusals, `submit ${decision.refusal.code}`);
          const state = replay(null, decision.events);
          if (state === null || expected === null) continue;
          recordMoves(coverage, null, command, decision.events);
          checkAgreement(state, expected);
          liveness(state, START);
          const how = `submitted: policy \`${policy}\`, members \`${membership}\``;
          const entries = decision.events.length;
          yield { state, witness: expected, ...at, parent: null, how, effects: 0, entries };
        }
      }
    }
  }
}

/** One step of the machine, compared with the specification and the invariants. */
function take(
  scenario: Scenario,
  node: Node,
  step: Step,
  coverage: Coverage,
  also?: (move: Move) => void,
): Node {
  const { command } = step;
  const facts = factsOf(scenario, node, step);
  try {
    const decision = decide(node.state, command, facts);
    const after = replay(node.state, decision.events) ?? node.state;
    const expected = foretell(node.witness, command, facts);
    coverage.steps += 1;
    recordMoves(coverage, node.state, command, decision.events);
    recordRefusal(coverage, command.kind, expected.reasons);
    const code = decision.refusal?.code ?? null;
    if (code !== expected.refusal) {
      throw new Error(
        `answered \`${code}\`, not \`${expected.refusal}\` (${expected.reasons.join(" > ")})`,
      );
    }
    const move: Move = { before: node, command, facts, decision, after };
    checkInvariants(move);
    also?.(move);
    checkAgreement(after, expected.witness);
    if (decision.events.length === 0) return node;
    const how = `${command.kind} by ${nameOf(command)}: ${decision.events.map((event) => event.kind).join(", ")}`;
    const effects = effectsAfter({ before: node, decision });
    const evidence = decision.events.filter((event) => event.kind !== "lease_renewed").length;
    const counted = after.counted;
    const witness = { ...expected.witness, counted };
    const entries = node.entries + evidence;
    return {
      state: after,
      witness,
      now: node.now,
      halts: node.halts,
      parent: node,
      how,
      effects,
      entries,
    };
  } catch (fault) {
    const circumstances = JSON.stringify(step.circumstances);
    const what = `${JSON.stringify(command)}\n${circumstances}`;
    throw new Error(`${scenario.name}: ${String(fault)}\n${storyOf(node)}\n${what}`, {
      cause: fault,
    });
  }
}

function nameOf(command: Command): string {
  return command.actor.kind === "clock" ? "clock" : command.actor.id;
}

/** I8 and the table: each event is a row, brought about by a command the row names. */
function recordMoves(
  coverage: Coverage,
  before: RequestState | null,
  command: Command,
  events: readonly RequestEvent[],
): void {
  let from: RequestState["status"] | "none" = before?.status ?? "none";
  const timePassed = events.some((event) => event.kind === "escalated");
  for (const event of events) {
    const isFound = event.kind === "eligibility_changed" && timePassed;
    const by: CommandKind = TIME_DOES.has(event.kind) || isFound ? "tick" : command.kind;
    const key = `${from} ${event.kind} ${event.to}`;
    const isInTable = ROWS.get(key)?.includes(by) === true;
    if (!isInTable) throw new Error(`not in the table: ${key} by ${by}`);
    count(coverage.moves, `${key} ${by}`);
    from = event.to;
  }
}

const ROWS = new Map<string, readonly CommandKind[]>();
for (const { from, event, to, by } of TRANSITIONS) {
  const key = `${from} ${event} ${to}`;
  ROWS.set(key, [...(ROWS.get(key) ?? []), ...by]);
}

function recordRefusal(coverage: Coverage, kind: CommandKind, reasons: readonly string[]): void {
  const [answer, ...others] = reasons;
  if (answer === undefined) return;
  count(coverage.refusals, `${kind} ${answer}`);
  if (others.length === 0) return;
  coverage.contested += 1;
  for (const other of others) coverage.precedences.add(`${kind} ${answer}>${other}`);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Mulberry32: small, and the same everywhere. */
function drawer(seed: number): Draw {
  let state = seed;
  return (from) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const unit = ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    const chosen = from[Math.floor(unit * from.length)];
    if (chosen === undefined) throw new Error("nothing to draw from");
    return chosen;
  };
}
