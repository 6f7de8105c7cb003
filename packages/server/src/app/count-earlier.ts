/**
 * Counts what was approved before a budget was published, from the recorded contents: a budget that
 * is added or changed begins with what happened within its window, not with nothing. Until that is
 * done its total is not known, and a rule that asks for it holds.
 *
 * CRASH: a budget is marked as counted last; whoever starts next begins anew. Counting a request
 * twice is counting it once.
 */
import { countsFrom } from "../domain/request/counting.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing, Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { countBudgets } from "./budgets.ts";
import { commitOnce } from "./commit-once.ts";
import { readContent } from "./content.ts";
import { nextTurn } from "./next-turn.ts";
import type { PolicyInForce } from "./policies.ts";
import { inputOf } from "./policy-input.ts";

const PAGE = 200;

/**
 * Counts what is not counted, and lets go of what is retired. Safe to call at any time, also twice
 * at once and in several servers.
 */
export async function countEarlier(app: App): Promise<void> {
  for (;;) {
    const standing = await app.store.standing();
    const policy = await app.policies.current(standing.epochs.policy);
    const wanted = new Map([...policy.budgets.values()].map((each) => [each.definition, each]));
    const all = await app.store.budgets();
    const open = all.filter(({ counted, retired, definition }) => {
      return !counted && !retired && wanted.has(definition);
    });
    const old = all.find(({ retired }) => retired);
    if (open.length > 0) {
      const windows = open.map(({ definition }) => wanted.get(definition)?.windowMs ?? 0);
      const numbers = new Set(open.map(({ number }) => number));
      await countAll(app, { policy, standing, numbers, windowMs: Math.max(...windows) });
    } else if (old !== undefined) {
      await commitOnce(app, {
        expected: {},
        writes: [{ kind: "budget_forgotten", budget: old.number }],
      });
    } else return;
  }
}

/** One walk: under which policy, for which budgets, the longest of whose windows is looked at. */
interface Walk {
  readonly policy: PolicyInForce;
  readonly standing: Standing;
  readonly numbers: ReadonlySet<number>;
  readonly windowMs: number;
}

/** Over all requests, the newest first; ends early where the policy has changed. */
async function countAll(app: App, walk: Walk): Promise<void> {
  const { policy: policyEpoch } = walk.standing.epochs;
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await app.store.requests({ order: "newest", limit: PAGE, ...from });
    const counting = page.items.filter((state) => isCounting(state, walk));
    const done = await Promise.all(counting.map((state) => countOne(app, state, walk)));
    if (done.includes(false)) return;
    cursor = page.cursor ?? undefined;
    await nextTurn();
  } while (cursor !== undefined);
  const writes = [...walk.numbers].map((budget): Write => ({ kind: "budget_counted", budget }));
  await commitOnce(app, { expected: { epochs: { policy: policyEpoch } }, writes });
}

function isCounting(state: RequestState, { standing, windowMs }: Walk): boolean {
  const since = standing.time.now - windowMs;
  return revisionsOf(state).some((revision) => (countsFrom(state, revision) ?? 0) > since);
}

/** The one that is to run, or runs, and the one that may have had an effect. */
function revisionsOf({ revision, spent }: RequestState): readonly number[] {
  return [...new Set([revision.number, spent?.revision ?? revision.number])];
}

/** False: the policy has changed. */
async function countOne(app: App, found: RequestState, walk: Walk): Promise<boolean> {
  const { policy: policyEpoch } = walk.standing.epochs;
  let state: RequestState | null = found;
  while (state !== null) {
    const writes = await writesOf(app, state, walk);
    if (writes.length === 0) return true;
    const request = { id: state.id, version: state.version };
    const expected = { request, epochs: { policy: policyEpoch } };
    if (await commitOnce(app, { expected, writes })) return true;
    if ((await app.store.epochs()).policy !== policyEpoch) return false;
    // The request has moved meanwhile: what it counts for now.
    state = await app.store.request(state.id);
  }
  return true;
}

async function writesOf(app: App, state: RequestState, walk: Walk): Promise<readonly Write[]> {
  const writes: Write[] = [];
  for (const revision of revisionsOf(state)) {
    const from = countsFrom(state, revision);
    if (from === null) continue;
    const content = await readContent(app, state.id, revision);
    const input = await inputOf(app, walk.standing, {
      identityId: state.scope.identity,
      assurance: state.assurance,
      content: content.plain,
    });
    const of = { policyEpoch: walk.standing.epochs.policy, leftOut: null };
    const { counts } = await countBudgets(app, walk.policy, input, of);
    const missing = (counts ?? []).filter(({ budget }) => walk.numbers.has(budget));
    if (missing.length === 0) continue;
    const about = { kind: "budget_counts", requestId: state.id, revision } as const;
    writes.push({ ...about, countsFrom: from, counts: missing });
  }
  return writes;
}
