/** Notices that were not delivered: to be seen by operators, and tried again. */
import type { DeliveryView } from "@haltpoint/protocol";
import type { OutboxItem } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { commitOnce } from "./execute.ts";
import { doneBefore, withKey } from "./keyed-change.ts";
import type { Notice } from "./notices.ts";
import { systemEntry, type Change } from "./registry.ts";

const DELIVERIES_MAX = 1_000;

/** What was given up, failed and will be tried again, or is folded; the newest first. */
export async function troubledDeliveries(
  app: App,
  which: DeliveryView["status"],
): Promise<readonly DeliveryView[]> {
  return (await app.store.outboxTroubled(which, DELIVERIES_MAX)).map(deliveryView);
}

/** Tries again at once, from the first attempt on. */
export async function retryDelivery(
  app: App,
  id: string,
  change: Change,
): Promise<Answer<DeliveryView>> {
  const before = await doneBefore(app, change.keyed);
  if (!before.ok) return before;
  const item = await app.store.outboxItem(id);
  if (item === null) {
    return refused("not_found", `no delivery \`${id}\` waits or was given up; it may be done`);
  }
  const { now } = await app.store.time();
  const again = { ...item, attempts: 0, notBefore: now, deadAt: null, foldedInto: null };
  if (before.value !== null) return answered(deliveryView(again));
  const key = withKey(change.keyed, { answer: id, now });
  const done = await commitOnce(app, {
    expected: key.expected,
    writes: [
      { kind: "outbox", item: again },
      systemEntry("notice_retried", now, change.by, { id }),
      ...key.writes,
    ],
  });
  return done ? answered(deliveryView(again)) : retryDelivery(app, id, change);
}

function deliveryView(item: OutboxItem): DeliveryView {
  const notice = JSON.parse(item.payload) as Notice;
  return {
    id: item.id,
    notice: notice.kind,
    channel: notice.channel,
    request_id: item.requestId,
    person: notice.to,
    status: statusOf(item),
    attempts: item.attempts,
    last_error: item.lastError,
    told_instead: item.foldedInto,
    next_at: item.deadAt === null ? item.notBefore : null,
    dead_at: item.deadAt,
  };
}

function statusOf({ deadAt, foldedInto }: OutboxItem): DeliveryView["status"] {
  if (foldedInto !== null) return "folded";
  return deadAt === null ? "failing" : "dead";
}
