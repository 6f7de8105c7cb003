/**
 * What joins the queue of people, which is finite (T20).
 *
 * A burst holds the identity that makes it: in the commit of the submission that crosses the line a
 * halt of the identity is placed. That submission stays held and on record; what would join it while
 * the halt is in force is refused, so that nobody's queue grows behind their back.
 */
import { scopeKey } from "../domain/request/scope.ts";
import type { Expected, Standing, StoredHalt, StoredIdentity, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import type { Content } from "./content.ts";
import { HALTPOINT_ITSELF, placeHalt } from "./halt-writes.ts";
import { lookAlikeGroup } from "./look-alikes.ts";

/** What goes into the commit of a submission that is held. */
export interface Joining {
  /** Fences a count that was below the line: what crosses it at once is decided again (T37). */
  readonly expected: Pick<Expected, "heldFewer">;
  /** The halt, where this submission crosses the line. */
  readonly writes: readonly Write[];
  /** See `lookAlikeGroup`; null: it is not held. */
  readonly lookAlike: string | null;
}

export const NOT_JOINING: Joining = { expected: {}, writes: [], lookAlike: null };

/**
 * Whether a submission of this identity may be held. The caller commits under the halt epoch: of two
 * that cross the line at once, the second finds the halt of the first.
 */
export async function joinQueue(
  app: App,
  standing: Standing,
  asked: {
    readonly identity: StoredIdentity;
    readonly content: Content;
    /** What the server asks for a named person: halting the server would stop the remedy, too. */
    readonly forPerson: boolean;
  },
): Promise<Answer<Joining>> {
  const { identity, content } = asked;
  const full = await tooManyHeld(app, identity, content);
  const lookAlike = await lookAlikeGroup(app, content.plain);
  const isOff = asked.forPerson || app.limits.burstHeldMax === 0;
  if (isOff) return full ?? answered({ ...NOT_JOINING, lookAlike });
  const key = scopeKey({ kind: "identity", id: identity.id });
  const halts = await app.facts.haltsFor(standing.epochs.halt, [key]);
  const refusal = heldBack(halts) ?? full;
  if (refusal !== null) return refusal;
  return answered({ ...(await burst(app, standing, identity, halts)), lookAlike });
}

function heldBack(halts: readonly StoredHalt[]): Answer<never> | null {
  const halt = halts.find(({ liftedAt, by }) => liftedAt === null && by === HALTPOINT_ITSELF);
  if (halt === undefined) return null;
  const detail =
    `Haltpoint itself halted this identity (${halt.reason}). This was not submitted; ` +
    `send nothing more before an operator has lifted ${halt.id}`;
  return refused("halted", detail);
}

/** @param halts of exactly this identity, lifted ones included */
async function burst(
  app: App,
  { time }: Standing,
  identity: StoredIdentity,
  halts: readonly StoredHalt[],
): Promise<Omit<Joining, "lookAlike">> {
  const { burstHeldMax, burstWindowMs } = app.limits;
  // Whoever lifted a halt of this identity has seen what there was: it counts anew from there.
  const liftedAt = Math.max(0, ...halts.map((halt) => halt.liftedAt ?? 0));
  const since = Math.max(time.now - burstWindowMs, liftedAt) + 1;
  const before = await app.store.countHeldSince(identity.id, since, burstHeldMax);
  if (before < burstHeldMax) {
    const heldFewer = { identity: identity.id, since, than: burstHeldMax };
    return { expected: { heldFewer }, writes: [] };
  }
  const { writes } = placeHalt(app, {
    scope: { kind: "identity", id: identity.id },
    reason:
      `${burstHeldMax + 1} of its requests were held within ${spanText(burstWindowMs)}; ` +
      "look at what it is doing, then lift the halt",
    by: HALTPOINT_ITSELF,
    at: time.now,
    tell: [identity.owner],
  });
  return { expected: {}, writes };
}

function spanText(ms: number): string {
  return ms > 60_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}

/** Only what would join the queue is turned away. */
async function tooManyHeld(
  app: App,
  identity: StoredIdentity,
  content: Content,
): Promise<Answer<never> | null> {
  const { heldPerIdentityMax, heldBytesPerIdentityMax } = app.limits;
  const held = await app.store.countRequests({ statuses: ["held"], identity: identity.id });
  if (held >= heldPerIdentityMax) {
    const limit = { name: "held_per_identity", value: heldPerIdentityMax };
    const detail = "too many of this identity's requests wait for people";
    return refused("too_many_requests", detail, { limit });
  }
  const bytes = Buffer.byteLength(content.canonical);
  // As many as may be held of this size, or less, are within the limit whatever they are.
  if (bytes <= heldBytesPerIdentityMax / heldPerIdentityMax) return null;
  if (bytes + (await app.store.heldBytes(identity.id)) <= heldBytesPerIdentityMax) return null;
  const limit = { name: "held_bytes_per_identity", value: heldBytesPerIdentityMax };
  const detail = "this identity's requests that wait for people are too large together";
  return refused("too_many_requests", detail, { limit });
}
