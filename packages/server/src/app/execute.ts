/**
 * Read, decide, commit; decide again where a fact moved. The only way a request changes.
 *
 * CRASH: before the commit nothing has happened; after it everything has, the ledger entry
 * included. An unknown commit is looked up by its command id before anything is tried again.
 */
import type { Revision } from "@haltpoint/protocol";
import type { Command } from "../domain/request/commands.ts";
import { decide, replay } from "../domain/request/decide.ts";
import type { Decision } from "../domain/request/ruling.ts";
import { dueAt } from "../domain/request/due.ts";
import type { RequestEvent } from "../domain/request/events.ts";
import type { RequestState } from "../domain/request/model.ts";
import { entryOf, refusalEntry } from "../domain/request/record.ts";
import type { Refusal } from "../domain/request/refusal.ts";
import type { Expected, KeyRecord, Standing, Write } from "../ports/store.ts";
import type { ExpectedTotal } from "../ports/budgets.ts";
import { answered, problemOf, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { budgetWrites, type Counting } from "./budgets.ts";
import { commitOnce } from "./commit-once.ts";
import { readContent } from "./content.ts";
import { aboutRequest, gatherFacts } from "./facts.ts";
import { haltWrites } from "./halt-writes.ts";
import { confirmMembership, reliedOn } from "./membership-confirmation.ts";
import { noticeWrites } from "./notices.ts";

export { commitOnce } from "./commit-once.ts";

/** How often facts may move under one command before the caller is told to try again. */
const DECISIONS_MAX = 200;

/** Commands that go by what policy says now: what they found of a budget must still be so (T37). */
const ASKS_POLICY: ReadonlySet<Command["kind"]> = new Set(["edit", "redeem"] as const);

export interface Executed {
  readonly state: RequestState;
  readonly events: readonly RequestEvent[];
  /** The key was used before for the same thing; nothing was done now. */
  readonly replayed: boolean;
}

/** A principal's idempotency key and what it stands for. */
export interface Keyed {
  readonly principal: string;
  readonly key: string;
  readonly fingerprint: string;
}

export interface Step {
  readonly command: Command;
  /** Content policy is asked about; default: the present revision's. */
  readonly content?: Revision;
  /** The committed form for the entries of `submitted` and `edited`. */
  readonly committed?: Revision;
  readonly writes?: readonly Write[];
  /** Left out where the steps before it have not come to this. */
  readonly onlyIf?: (state: RequestState) => boolean;
  /** Refuses what the machine would take, or lacks but the step-up for; see `channels.ts`. */
  readonly barred?: (state: RequestState) => Refusal | null;
  /** Said instead of that nothing would change. */
  readonly ifUnchanged?: Refusal;
  /** For the entry of a decision; see `entryOf`. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** Runs one command on an existing request. */
export function execute(
  app: App,
  requestId: string,
  command: Command,
  keyed: Keyed | null = null,
): Promise<Answer<Executed>> {
  return executeSteps(app, requestId, () => Promise.resolve(answered([{ command }])), keyed);
}

/**
 * Runs one or more commands as one commit; each sees what the earlier ones did. `plan` is called
 * for each try, with the state the try is about.
 */
export async function executeSteps(
  app: App,
  requestId: string,
  plan: (state: RequestState, standing: Standing) => Promise<Answer<readonly Step[]>>,
  keyed: Keyed | null,
): Promise<Answer<Executed>> {
  let confirmed = false;
  for (let tries = 0; tries < DECISIONS_MAX; tries += 1) {
    // The time after the state, so that nothing in it lies ahead; the epochs before all facts.
    const state = await app.store.request(requestId);
    if (state === null) return refused("not_found", `there is no request \`${requestId}\``);
    const standing = await app.store.standing();
    if (keyed !== null) {
      const used = await usedBefore(app, keyed, state);
      if (used !== null) return used;
    }
    const steps = await plan(state, standing);
    if (!steps.ok) return steps;
    if (!confirmed) {
      confirmed = true;
      const persons = steps.value.flatMap(({ command }) => reliedOn(state, command));
      // Asking the provider takes its time: everything is read again after it.
      if (persons.length > 0 && (await confirmMembership(app, persons))) continue;
    }
    const done = await attempt(app, state, steps.value, standing, keyed);
    if (done !== null) return done;
  }
  return refused("store_busy", "too much changed at once; nothing was done, try again");
}

async function attempt(
  app: App,
  state: RequestState,
  steps: readonly Step[],
  standing: Standing,
  keyed: Keyed | null,
): Promise<Answer<Executed> | null> {
  const { now } = standing.time;
  let current = state;
  const events: RequestEvent[] = [];
  const writes: Write[] = [];
  let refusal: Decision["refusal"] = null;
  let confirmedUntil: number | null = null;
  const totals: ExpectedTotal[] = [];
  let counted: Pick<Counting, "counts"> = { counts: null };
  for (const step of steps) {
    if (step.onlyIf?.(current) === false) continue;
    const content =
      step.content ?? (await readContent(app, state.id, current.revision.number)).plain;
    const { actor, kind } = step.command;
    const revision = current.revision.number + (kind === "edit" ? 1 : 0);
    const about = aboutRequest(current, content, actor, revision);
    const { facts, confirmedUntil: until, counting } = await gatherFacts(app, standing, about);
    counted = counting;
    if (ASKS_POLICY.has(kind)) totals.push(...counting.fences(facts.policy));
    if (until !== null) confirmedUntil = Math.min(until, confirmedUntil ?? until);
    const decision = unlessBarred(decide(current, step.command, facts), step, current);
    const next = replay(current, decision.events) ?? current;
    for (const event of decision.events) {
      const committed = event.kind === "edited" ? step.committed : undefined;
      const entry = entryOf(state.id, event, committed, step.evidence);
      if (entry !== null) writes.push({ kind: "entry", draft: entry });
      writes.push(...haltWrites(app, next, event), ...noticeWrites(app, next, event));
    }
    events.push(...decision.events);
    refusal = decision.refusal;
    if (refusal === null) writes.push(...(step.writes ?? []));
    if (refusal !== null) {
      // What follows from a person's word by itself is refused to that person.
      const refused = step.onlyIf === undefined ? step : (steps[0] ?? step);
      const { actor: refusedActor, kind: refusedKind } = refused.command;
      if (refusedActor.kind === "person") {
        const about = { at: now, actor: refusedActor, command: refusedKind, code: refusal.code };
        writes.push({ kind: "entry", draft: refusalEntry(state.id, about) });
      }
      // A refused step undoes the steps before it: they were asked for together.
      if (events.length > decision.events.length)
        return refuseWhole(app, state, refusal, writes, now);
    }
    current = next;
    // An edit that policy denies ended the request; there is nothing left to approve.
    if (refusal !== null || current.status === "denied") break;
  }
  if (writes.length === 0 && events.length === 0) return finish(current, events, refusal, now);
  const commit = {
    expected: expectedOf(state, standing, events, {
      keyed: refusal === null ? keyed : null,
      confirmedUntil,
      totals,
    }),
    writes: [
      ...(events.length === 0 ? [] : [requestWrite(current)]),
      ...writes,
      ...budgetWrites(state, current, counted, isRedeemed(events)),
      ...(keyed === null || refusal !== null ? [] : [keyWrite(keyed, current, now)]),
    ],
  };
  const committed = await commitOnce(app, commit, now);
  return committed ? finish(current, events, refusal, now) : null;
}

/** What the machine refuses anyway is refused for that: who comes too late hears of the decision. */
function unlessBarred(decision: Decision, step: Step, state: RequestState): Decision {
  const { refusal } = decision;
  if (refusal?.code === "edit_unchanged" && step.ifUnchanged !== undefined) {
    return { ...decision, refusal: step.ifUnchanged };
  }
  if (step.barred === undefined) return decision;
  if (refusal !== null && refusal.code !== "step_up_required") return decision;
  const barred = step.barred(state);
  return barred === null ? decision : { events: [], refusal: barred };
}

/** Records only the refusal; nothing of what was asked for together happens. */
async function refuseWhole(
  app: App,
  state: RequestState,
  refusal: NonNullable<Decision["refusal"]>,
  writes: readonly Write[],
  now: number,
): Promise<Answer<Executed>> {
  const entries = writes.filter((write) => write.kind === "entry").slice(-1);
  await commitOnce(app, { expected: {}, writes: entries }, now);
  return { ok: false, problem: problemOf(refusal, { requestId: state.id, now }) };
}

function finish(
  state: RequestState,
  events: readonly RequestEvent[],
  refusal: Decision["refusal"],
  now: number,
): Answer<Executed> {
  if (refusal !== null) {
    return { ok: false, problem: problemOf(refusal, { requestId: state.id, now }) };
  }
  return answered({ state, events, replayed: false });
}

/** The state of a request with its next timer; at first with what it is found and counted by. */
export function requestWrite(
  state: RequestState,
  first: Pick<Extract<Write, { kind: "request" }>, "title" | "amount" | "lookAlike"> = {},
): Write {
  return { kind: "request", state, dueAt: dueAt(state), ...first };
}

function expectedOf(
  state: RequestState,
  { epochs, time }: Standing,
  events: readonly RequestEvent[],
  also: {
    readonly keyed: Keyed | null;
    readonly confirmedUntil: number | null;
    readonly totals: readonly ExpectedTotal[];
  },
): Expected {
  const { keyed, confirmedUntil, totals } = also;
  const unusedKey =
    keyed === null ? {} : { unusedKey: { principal: keyed.principal, key: keyed.key } };
  if (events.length === 0) return unusedKey;
  const due = dueAt(state);
  // INVARIANT: I3, I7. A decision that relied on a deadline ahead is void once it has passed, and
  // one that relied on a membership as soon as that is too old.
  const ahead = [...(due !== null && due > time.now ? [due] : []), confirmedUntil ?? Infinity];
  const before = Math.min(...ahead);
  return {
    request: { id: state.id, version: state.version },
    epochs,
    ...(before === Infinity ? {} : { before }),
    ...(totals.length === 0 ? {} : { budgets: totals }),
    ...clockOf(events),
    ...unusedKey,
  };
}

function isRedeemed(events: readonly RequestEvent[]): boolean {
  return events.some(({ kind }) => kind === "redeemed");
}

/** INVARIANT: I7. Nothing is redeemed on a clock that jumped since the decision. */
export function clockOf(events: readonly RequestEvent[]): Pick<Expected, "clockTrusted"> {
  return isRedeemed(events) ? { clockTrusted: true } : {};
}

function keyWrite(keyed: Keyed, state: RequestState, now: number): Write {
  const record: KeyRecord = { ...keyed, requestId: state.id, answer: state.status, at: now };
  return { kind: "key", record };
}

/** I14: the same key and content did its work before; other content under it is a conflict. */
async function usedBefore(
  app: App,
  keyed: Keyed,
  state: RequestState,
): Promise<Answer<Executed> | null> {
  const record = await app.store.key(keyed.principal, keyed.key);
  if (record === null) return null;
  if (record.fingerprint !== keyed.fingerprint) return keyConflict(keyed.key);
  return answered({ state, events: [], replayed: true });
}

export function keyConflict(key: string): Answer<never> {
  return refused("idempotency_conflict", `\`${key}\` was used for something else; send a new key`, {
    field: "Idempotency-Key",
  });
}
