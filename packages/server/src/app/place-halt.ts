/** The kill switch: one epoch row, then everything that runs under it is told to stop (I10). */
import type { HaltBody, HaltView } from "@haltpoint/protocol";
import type { Actor } from "../domain/request/model.ts";
import { scopeKey, scopeKeys } from "../domain/request/scope.ts";
import type { Expected, KeyRecord, StoredHalt, StoredPerson, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { commitOnce, execute, keyConflict, type Keyed } from "./execute.ts";
import { placeHalt } from "./halt-writes.ts";
import { haltNotices } from "./notices.ts";

type Person = Extract<Actor, { kind: "person" }>;

/**
 * Places a halt.
 *
 * CRASH: once the row is committed nothing that matches is redeemed, and every run hears of it with
 * its next heartbeat; telling them at once is a courtesy that a restart repeats.
 */
export async function halt(
  app: App,
  person: Person,
  body: HaltBody,
  keyed: Keyed,
): Promise<Answer<HaltView>> {
  const { store } = app;
  // Before the rights: who has lost them since is still told what the first call did (I14).
  const used = await store.key(keyed.principal, keyed.key);
  if (used !== null) return again(app, used, keyed);
  const known = await store.person(person.id);
  if (!(await mayHalt(app, known, body))) {
    return refused("right_required", "halting takes the right `operator`, or owning the identity");
  }
  const { now } = await store.time();
  const by = `person:${person.id}`;
  const placed = placeHalt(app, { scope: body.scope, reason: body.reason, by, at: now });
  const record: KeyRecord = { ...keyed, requestId: null, answer: placed.id, at: now };
  const { principal, key } = keyed;
  let interrupted = 0;
  app.sweeping.add(placed.id);
  try {
    const committed = await commitOnce(app, {
      expected: { unusedKey: { principal, key } },
      writes: [...placed.writes, { kind: "key", record }],
    });
    if (!committed) return await halt(app, person, body, keyed);
    interrupted = await sweepHalt(app, placed.id);
  } finally {
    app.sweeping.delete(placed.id);
  }
  const stored = await store.halt(placed.id);
  if (stored === null) throw new Error(`halt ${placed.id} was committed and is not there`);
  return answered({ ...haltView(stored), interrupted });
}

async function mayHalt(app: App, person: StoredPerson | null, body: HaltBody): Promise<boolean> {
  if (person === null || person.disabled) return false;
  if (person.rights.includes("operator")) return true;
  const { scope } = body;
  if (scope.kind === "owner") return scope.id === person.id;
  if (scope.kind !== "identity") return false;
  return (await app.store.identity(scope.id))?.owner === person.id;
}

/** Tells every running and approved request under a halt; returns how many it ended. */
export async function sweepHalt(app: App, haltId: string): Promise<number> {
  const stored = await app.store.halt(haltId);
  return stored === null ? 0 : sweep(app, [stored]);
}

/**
 * Tells everything that is older than a halt over it, lifted or not, for a server that died before it
 * could. False: some are left to who is at it; it has to be looked at again.
 */
export async function sweepHalts(app: App): Promise<boolean> {
  const halts = await app.store.halts(app.limits.pageMax);
  const mine = halts.filter(({ id }) => !app.sweeping.has(id));
  await sweep(app, mine);
  return mine.length === halts.length;
}

async function sweep(app: App, halts: readonly StoredHalt[]): Promise<number> {
  if (halts.length === 0) return 0;
  const actor: Actor = { kind: "clock" };
  let ended = 0;
  let cursor: string | null = null;
  do {
    const page = await app.store.requests({
      statuses: ["approved", "running"],
      order: "oldest",
      limit: app.limits.pageMax,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const state of page.items) {
      const keys = scopeKeys(state.scope, await app.store.identity(state.scope.identity));
      const over = halts.find(
        ({ scope, epoch }) =>
          keys.includes(scopeKey(scope)) && epoch > (state.grant?.haltEpoch ?? 0),
      );
      if (over === undefined) continue;
      const command = { kind: "halt", actor, halt: over.id, reason: over.reason } as const;
      const done = await execute(app, state.id, command);
      if (done.ok && done.value.events.length > 0) ended += 1;
    }
    ({ cursor } = page);
  } while (cursor !== null);
  return ended;
}

/** Lifts a halt; one of everything takes two persons. */
export async function liftHalt(
  app: App,
  person: Person,
  lift: { readonly haltId: string; readonly reason: string },
  keyed: Keyed,
): Promise<Answer<HaltView>> {
  const { store } = app;
  const used = await store.key(keyed.principal, keyed.key);
  if (used !== null) return again(app, used, keyed);
  const { membership } = await store.epochs();
  const known = await store.person(person.id);
  if (known === null || known.disabled || !known.rights.includes("operator")) {
    return refused("right_required", "lifting a halt takes the right `operator`");
  }
  const stored = await store.halt(lift.haltId);
  if (stored === null) return refused("not_found", `there is no halt \`${lift.haltId}\``);
  if (stored.liftedAt !== null) {
    const by = stored.lifts.at(-1)?.by ?? "somebody";
    return refused("halt_not_active", `${by} lifted it already; you changed nothing`);
  }
  const by = `person:${person.id}`;
  if (stored.lifts.some((each) => each.by === by)) {
    return refused(
      "lift_needs_second_person",
      "you asked for the lift; now a second operator has to",
    );
  }
  const { now } = await store.time();
  const lifts = [...stored.lifts, { by, at: now, reason: lift.reason }];
  const enough = stored.scope.kind === "everything" ? 2 : 1;
  const liftedAt = lifts.length >= enough ? now : null;
  const kind = liftedAt === null ? "lift_asked" : "lifted";
  const data = { id: stored.id, scope: scopeKey(stored.scope), reason: lift.reason };
  const record: KeyRecord = { ...keyed, requestId: null, answer: stored.id, at: now };
  const { principal, key } = keyed;
  // INVARIANT: two lifts at once must not both count themselves as the second, and nobody lifts
  // with a right that was taken away meanwhile (T37). A halt has no such fence: it only stops.
  const expected: Expected = {
    epochs: { membership },
    halt: { id: stored.id, lifts: stored.lifts.length },
    unusedKey: { principal, key },
  };
  const { epoch: _epoch, ...rest } = stored;
  const writes: readonly Write[] = [
    { kind: "halt", halt: { ...rest, lifts, liftedAt } },
    { kind: "entry", draft: { stream: "system", kind, at: now, actor: by, data } },
    { kind: "key", record },
    ...(liftedAt === null ? [] : haltNotices(app, { id: stored.id, at: now }, "halt_lifted")),
  ];
  if (!(await commitOnce(app, { expected, writes }))) return liftHalt(app, person, lift, keyed);
  return answered(haltView({ ...stored, lifts, liftedAt }));
}

async function again(app: App, used: KeyRecord, keyed: Keyed): Promise<Answer<HaltView>> {
  if (used.fingerprint !== keyed.fingerprint || used.answer === null) return keyConflict(keyed.key);
  const stored = await app.store.halt(used.answer);
  if (stored === null) throw new Error(`halt ${used.answer} has a key and no row`);
  return answered(haltView(stored));
}

export function haltView(halt: StoredHalt): HaltView {
  const { id, scope, reason, by, at, lifts, liftedAt } = halt;
  const active = liftedAt === null;
  return { id, scope, reason, by, at, active, lifts, lifted_at: liftedAt, interrupted: null };
}
