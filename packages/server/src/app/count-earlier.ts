/**
 * Counts what was approved before a budget was published, from the recorded contents: a budget that
 * is added or changed begins with what happened within its window, not with nothing. Until that is
 * done its total is not known, and a rule that asks for it holds.
 *
 * CRASH: a budget is marked as counted last; whoever starts next begins anew. Counting a request
 * twice is counting it once.
 */
import { countsFrom, LIVE } from "../domain/request/counting.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Epochs, Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { countBudgets } from "./budgets.ts";
import { commitOnce } from "./commit-once.ts";
import { readContent } from "./content.ts";
import { inputOf } from "./policy-input.ts";

const PAGE = 200;

const UNDER_WAY = new WeakMap<App, Promise<void>>();

/**
 * Counts what is not counted, and lets go of what is retired. Safe to call at any time, also in
 * several servers at once; in one, calls wait for each other.
 */
export function countEarlier(app: App): Promise<void> {
  const before = UNDER_WAY.get(app) ?? Promise.resolve();
  // Whoever waited for that one has heard of its fault.
  const next = before.catch(() => undefined).then(() => countNow(app));
  UNDER_WAY.set(app, next);
  return next;
}

async function countNow(app: App): Promise<void> {
  for (;;) {
    const all = await app.store.budgets();
    const open = all.filter(({ counted, retired }) => !counted && !retired);
    const old = all.find(({ retired }) => retired);
    if (open.length > 0) await countAll(app);
    else if (old === undefined) return;
    else await commit(app, {}, [{ kind: "budget_forgotten", budget: old.number }]);
  }
}

/** One walk over all requests, the newest first; ends early where the policy has changed. */
async function countAll(app: App): Promise<void> {
  const { epochs } = await app.store.standing();
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await app.store.requests({ order: "newest", limit: PAGE, ...from });
    const counted = page.items.filter((state) => isCounting(state));
    const done = await Promise.all(counted.map((state) => countOne(app, state, epochs)));
    if (done.includes(false)) return;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  const open = (await app.store.budgets()).filter(({ counted, retired }) => !counted && !retired);
  const writes = open.map(({ number }): Write => ({ kind: "budget_counted", budget: number }));
  await commit(app, { policy: epochs.policy }, writes);
}

function isCounting(state: RequestState): boolean {
  return state.spent !== null || countsFrom(state, state.revision.number) === LIVE;
}

/** False: the policy has changed. */
async function countOne(app: App, found: RequestState, epochs: Epochs): Promise<boolean> {
  let state: RequestState | null = found;
  while (state !== null) {
    const writes = await writesOf(app, state, epochs);
    if (writes.length === 0) return true;
    const request = { id: state.id, version: state.version };
    if (await commit(app, { policy: epochs.policy }, writes, request)) return true;
    if ((await app.store.epochs()).policy !== epochs.policy) return false;
    // The request has moved meanwhile: what it counts for now.
    state = await app.store.request(state.id);
  }
  return true;
}

async function writesOf(app: App, state: RequestState, epochs: Epochs): Promise<readonly Write[]> {
  const policy = await app.policies.current(epochs.policy);
  const present = state.revision.number;
  const revisions = new Set([present, state.spent?.revision ?? present]);
  const writes: Write[] = [];
  for (const number of revisions) {
    const content = await readContent(app, state.id, number);
    const input = await inputOf(app, await app.store.standing(), {
      identityId: state.scope.identity,
      assurance: state.assurance,
      content: content.plain,
    });
    const of = { policyEpoch: epochs.policy, leftOut: null };
    const counting = await countBudgets(app, policy, input, of);
    const counts = countsFrom(state, number) === null ? null : counting.counts;
    if (counts === null || counts.length === 0) continue;
    const about = { kind: "budget_counts", requestId: state.id, revision: number } as const;
    writes.push({ ...about, countsFrom: countsFrom(state, number), counts });
  }
  return writes;
}

async function commit(
  app: App,
  epochs: Partial<Epochs>,
  writes: readonly Write[],
  request?: { readonly id: string; readonly version: number },
): Promise<boolean> {
  const expected = { epochs, ...(request === undefined ? {} : { request }) };
  return commitOnce(app, { expected, writes });
}
