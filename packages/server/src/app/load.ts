/**
 * What waits for people now, by the sources that approvals come from. How anybody decides is not in
 * it; what is about one person is for that person alone, and named persons are one source together.
 */
import type { AnalyticsView } from "@haltpoint/protocol";
import { personSource, type Electorate } from "../domain/request/quorum.ts";
import type { Period } from "../ports/figures.ts";
import { READING_PACE, WEEK_MS } from "./analytics.ts";
import type { App } from "./app.ts";
import { nextTurn } from "./next-turn.ts";
import { electorateAt, openDeciders } from "./routing.ts";

const DAY_MS = 86_400_000;
const LOOKED_AT_PER_TURN = 25;

type Load = AnalyticsView["load"];

/** One source while it is summed up. */
interface Queue {
  waiting: number;
  oldestAt: number;
  readonly people: Set<string>;
}

export async function loadFor(app: App, person: string): Promise<Load> {
  const standing = await app.store.standing();
  const { now } = standing.time;
  const queues = new Map<string, Queue>();
  const you = { waiting: 0, only_you: 0 };
  let cursor: string | null = null;
  let lookedAt = 0;
  do {
    const page = await app.store.requests({
      statuses: ["held"],
      order: "oldest",
      limit: app.limits.pageMax,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const state of page.items) {
      lookedAt += 1;
      if (lookedAt % LOOKED_AT_PER_TURN === 0) await nextTurn();
      const electorate = await electorateAt(app, state, standing);
      if (electorate === null) continue;
      addTo(queues, electorate);
      const all = openDeciders(electorate);
      if (!all.includes(person)) continue;
      you.waiting += 1;
      if (all.length === 1) you.only_you += 1;
    }
    ({ cursor } = page);
  } while (cursor !== null);
  const decided = (sinceMs: number) => decidedBy(app, person, { since: now - sinceMs, until: now });
  return {
    sources: [...queues].map(([source, queue]) => viewOf(source, queue, now)).sort(bySource),
    you: { ...you, decided_24h: await decided(DAY_MS), decided_7d: await decided(WEEK_MS) },
  };
}

function addTo(queues: Map<string, Queue>, electorate: Electorate): void {
  const { state } = electorate;
  const heldAt = state.heldAt ?? state.createdAt;
  for (const [name, sources] of namedSources(electorate)) {
    const queue = queues.get(name) ?? { waiting: 0, oldestAt: heldAt, people: new Set() };
    queue.waiting += 1;
    queue.oldestAt = Math.min(queue.oldestAt, heldAt);
    for (const person of openDeciders(electorate, sources)) queue.people.add(person);
    queues.set(name, queue);
  }
}

/** The sources of a request under the names they are shown by. */
function namedSources({ state, obligations }: Electorate): ReadonlyMap<string, readonly string[]> {
  if (obligations.approval === "self") {
    const { onBehalfOf } = state;
    return new Map([["on_behalf_of", onBehalfOf === null ? [] : [personSource(onBehalfOf)]]]);
  }
  const from = new Set(obligations.quorum.flatMap((clause) => clause.from));
  return Map.groupBy(from, (source) => (source.startsWith("person:") ? "person" : source));
}

function viewOf(source: string, { waiting, oldestAt, people }: Queue, now: number) {
  const count = people.size;
  return {
    source,
    waiting,
    people: count,
    per_person: count === 0 ? null : Math.round((waiting / count) * 10) / 10,
    longest_wait_ms: Math.max(0, now - oldestAt),
  };
}

function bySource(a: Load["sources"][number], b: Load["sources"][number]): number {
  return b.waiting - a.waiting || (a.source < b.source ? -1 : 1);
}

async function decidedBy(app: App, person: string, period: Period): Promise<number> {
  const counts = await app.store.decisionCounts(period, READING_PACE);
  return counts
    .filter((each) => each.person === person)
    .reduce((total, each) => total + each.approved + each.rejected + each.overridden, 0);
}
