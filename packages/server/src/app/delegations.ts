/** Standing in for somebody for a period. It routes what the other may decide anyway (see `routing.ts`). */
import { newId, type DelegationView } from "@haltpoint/protocol";
import type { Right } from "../domain/request/commands.ts";
import type { StoredDelegation } from "../ports/delegations.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { commitOnce } from "./commit-once.ts";
import type { Keyed } from "./execute.ts";
import { doneBefore, withKey } from "./keyed-change.ts";
import { systemEntry } from "./registry.ts";

/** A longer absence is a change of who is in the group. */
const PERIOD_MAX_MS = 90 * 86_400_000;
const LISTED_MAX = 1_000;

export interface NewDelegation {
  readonly from: string;
  readonly to: string;
  readonly startsAt: number | null;
  readonly endsAt: number;
  readonly reason: string;
  readonly keyed: Keyed;
}

/** Makes one. Whether the other may decide is asked for each request, when it is routed. */
export async function makeDelegation(
  app: App,
  order: NewDelegation,
): Promise<Answer<DelegationView>> {
  const { from, to, reason, keyed } = order;
  const before = await doneBefore(app, keyed);
  if (!before.ok) return before;
  const { time, epochs } = await app.store.standing();
  if (before.value !== null) {
    const made = await app.store.delegation(before.value.answer ?? "");
    if (made !== null) return answered(delegationView(made, time.now));
  }
  const startsAt = order.startsAt ?? time.now;
  const fault = await faultOf(app, { ...order, startsAt }, time.now);
  if (fault !== null) return fault;
  const delegation: StoredDelegation = {
    id: newId("del", time.now, app.random.bytes(10)),
    from,
    to,
    startsAt,
    endsAt: order.endsAt,
    reason,
    createdAt: time.now,
    endedAt: null,
  };
  const { id, endsAt } = delegation;
  const data = { id, from, to, starts_at: startsAt, ends_at: endsAt, reason };
  const key = withKey(keyed, { answer: id, now: time.now });
  const done = await commitOnce(app, {
    expected: { ...key.expected, epochs: { membership: epochs.membership } },
    writes: [
      { kind: "delegation", delegation },
      systemEntry("delegation_made", time.now, `person:${from}`, data),
      ...key.writes,
    ],
  });
  return done ? answered(delegationView(delegation, time.now)) : makeDelegation(app, order);
}

async function faultOf(
  app: App,
  order: NewDelegation & { readonly startsAt: number },
  now: number,
): Promise<Answer<never> | null> {
  const { from, to, startsAt, endsAt, reason } = order;
  const refuse = (field: string, detail: string) => refused("invalid_request", detail, { field });
  if (to === from) return refuse("to", "`to` is you; name somebody else");
  const other = await app.store.person(to);
  if (other === null || other.disabled) {
    return refuse("to", `no active person \`${to}\` is registered; see /v1/people/names`);
  }
  if (reason.trim() === "") return refuse("reason", "say why; the reason is part of the record");
  if (endsAt <= Math.max(startsAt, now)) {
    return refuse("ends_at", "`ends_at` must be after it starts, and still to come");
  }
  if (endsAt - startsAt > PERIOD_MAX_MS) {
    const limit = { name: "delegation_period", value: PERIOD_MAX_MS };
    const detail =
      "a delegation lasts 90 days at most; who decides for longer belongs in the group";
    return refused("invalid_request", detail, { field: "ends_at", limit });
  }
  return null;
}

/** Ended before its time by either of the two, or by an operator. */
export async function endDelegation(
  app: App,
  order: {
    readonly id: string;
    readonly by: { readonly id: string; readonly rights: readonly Right[] };
    readonly keyed: Keyed;
  },
): Promise<Answer<DelegationView>> {
  const { id, by, keyed } = order;
  const before = await doneBefore(app, keyed);
  if (!before.ok) return before;
  const known = await app.store.delegation(id);
  if (known === null || !maySee(known, by)) return refused("not_found", "no such delegation");
  const mayEnd = isPartOf(known, by.id) || by.rights.includes("operator");
  if (!mayEnd) {
    return refused("right_required", "ending it is for the two it is about, and for operators");
  }
  const { now } = await app.store.time();
  if (known.endedAt !== null || known.endsAt <= now) return answered(delegationView(known, now));
  const ended = { ...known, endedAt: now };
  const key = withKey(keyed, { answer: id, now });
  const { from, to } = known;
  const done = await commitOnce(app, {
    expected: key.expected,
    writes: [
      { kind: "delegation", delegation: ended },
      systemEntry("delegation_ended", now, `person:${by.id}`, { id, from, to }),
      ...key.writes,
    ],
  });
  return done ? answered(delegationView(ended, now)) : endDelegation(app, order);
}

/** Those from or to this person; operators and auditors see all. The latest first. */
export async function delegationsSeenBy(
  app: App,
  viewer: { readonly id: string; readonly rights: readonly Right[] },
): Promise<readonly DelegationView[]> {
  const all = await app.store.delegations(LISTED_MAX);
  const { now } = await app.store.time();
  return all.filter((each) => maySee(each, viewer)).map((each) => delegationView(each, now));
}

function maySee(
  delegation: StoredDelegation,
  { id, rights }: { readonly id: string; readonly rights: readonly Right[] },
): boolean {
  return isPartOf(delegation, id) || rights.includes("operator") || rights.includes("auditor");
}

function isPartOf({ from, to }: StoredDelegation, person: string): boolean {
  return person === from || person === to;
}

function delegationView(delegation: StoredDelegation, now: number): DelegationView {
  const { id, from, to, startsAt, endsAt, reason, createdAt, endedAt } = delegation;
  return {
    id,
    from,
    to,
    starts_at: startsAt,
    ends_at: endsAt,
    reason,
    created_at: createdAt,
    ended_at: endedAt,
    active: endedAt === null && startsAt <= now && now < endsAt,
  };
}
