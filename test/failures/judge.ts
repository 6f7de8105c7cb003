/** What must hold after every cell, judged from the outside: by what the server says over HTTP. */
import type { EntryView, RequestView } from "@haltpoint/protocol";
import type { Scene } from "./scene.ts";
import type { Story } from "./stories.ts";
import { type Bench, LEASE_MS } from "./testing/bench.ts";

/** One request as it stands in the store. */
export interface Record {
  readonly view: RequestView;
  readonly entries: readonly EntryView[];
}

/** Endings of a call that leave nothing to guess, for a caller that came back. */
const DEFINITE: ReadonlySet<string> = new Set([
  "ran",
  "denied",
  "rejected",
  "expired",
  "interrupted",
  "cancelled",
  "already_redeemed",
  "outcome_unknown",
  // Told to ask again, and nothing ran: its lease was over before the answer came.
  "not_started",
]);
const LIVE: ReadonlySet<string> = new Set(["running", "interrupting"]);
const ENDED: ReadonlySet<string> = new Set([
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "succeeded",
  "failed",
  "indeterminate",
]);
const SETTLED_WITHIN_MS = LEASE_MS + 10_000;

/** Every request that was made for a scene, once none of them runs any more. */
export async function recordsOf(scene: Scene): Promise<readonly Record[]> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const views = await viewsOf(scene);
    if (!views.some(({ status }) => LIVE.has(status)) || performance.now() > deadline) {
      return Promise.all(views.map(({ id }) => recordOf(scene.bench, id)));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether nothing of the scene runs any more. */
export async function isSettled(scene: Scene): Promise<boolean> {
  return (await viewsOf(scene)).every(({ status }) => !LIVE.has(status));
}

async function viewsOf({ bench, key, startedAt, endedAt }: Scene): Promise<readonly RequestView[]> {
  const period = { since: startedAt - 1, before: endedAt + 1 };
  const { items } = await bench.person("olga", "direct").list({ ...period, limit: 100 });
  return items.filter(({ revision }) => revision.content.resource.id === key);
}

export async function recordOf(bench: Bench, id: string): Promise<Record> {
  const client = bench.person("olga", "direct");
  const view = await client.get(id);
  const { items } = await client.entries(id, { limit: 100 });
  return { view, entries: items };
}

/** What a restart must not change. */
export function lastingOf({ view, entries }: Record): unknown {
  const { id, status, version, revision, outcome } = view;
  return { id, status, version, digest: revision.digest, outcome, entries };
}

/**
 * What is wrong with how a scene ended, in words; empty: nothing.
 *
 * @param usual the kinds of entries that the story leaves behind when nothing goes wrong.
 */
export function faultsOf(
  scene: Scene,
  {
    story,
    records,
    usual,
  }: {
    readonly story: Story;
    readonly records: readonly Record[];
    readonly usual: readonly string[] | null;
  },
): readonly string[] {
  const [record, ...others] = records;
  if (record === undefined) return ["no request was made"];
  const faults: string[] = [];
  if (others.length > 0) faults.push(`one call made ${records.length} requests`);
  faults.push(...records.flatMap((each) => ledgerFaults(each)));
  faults.push(...effectFaults(scene, record));
  const changed = scene.isEndingChanged || isLeaseLost(scene, record);
  const isLeft = scene.isHit && record.view.status === story.mayStay;
  if (isLeft && ["killed", story.ends.ending].includes(scene.ending?.kind ?? "")) return faults;
  faults.push(...(changed ? survivorFaults(scene, record) : storyFaults(scene, story, record)));
  if (!changed && usual !== null) {
    // Only a restart takes so long that what was redeemed is given back for want of time.
    const kinds = scene.awayMs > 0 ? withoutGivenBack(record) : kindsOf(record);
    if (kinds.join() !== usual.join())
      faults.push(`the entries are ${kinds.join()}, not ${usual.join()}`);
  }
  return faults;
}

export function kindsOf({ entries }: Record): readonly string[] {
  return entries.map(({ kind }) => kind);
}

/**
 * An attempt whose answer a restart outlasted is lost with the call that made it, and a run may lose
 * its lease under a restart that takes long. Then nobody knows the outcome, and everybody says so.
 */
function isLeaseLost({ hasCalledAgain, awayMs, ending }: Scene, { view }: Record): boolean {
  if (!hasCalledAgain && awayMs < LEASE_MS / 4) return false;
  const isUnknown = ["outcome_unknown", "already_redeemed", "not_started"].includes(
    ending?.kind ?? "",
  );
  return isUnknown && ["indeterminate", "failed"].includes(view.status);
}

/** An answer to a redemption that came too late is given back unused, and another is asked for. */
function withoutGivenBack({ entries }: Record): readonly string[] {
  const kinds: string[] = [];
  for (const { kind, canonical } of entries) {
    const { data } = JSON.parse(canonical) as Canonical;
    if (kind === "reported" && data.to === "approved" && kinds.at(-1) === "redeemed") kinds.pop();
    else kinds.push(kind);
  }
  return kinds;
}

interface Canonical {
  readonly data: { readonly to?: unknown };
}

/** I8: entries are numbered without a gap and end where the request stands. */
function ledgerFaults({ view, entries }: Record): readonly string[] {
  const faults: string[] = [];
  const numbers = entries.map(({ sequence }) => sequence);
  if (numbers.some((number, index) => number !== index + 1)) {
    faults.push(`the entries are numbered ${numbers.join()}`);
  }
  let status = "none";
  for (const { canonical } of entries) {
    const { data } = JSON.parse(canonical) as Canonical;
    if (typeof data.to === "string") status = data.to;
  }
  if (status !== view.status) {
    faults.push(`the entries end at \`${status}\`, the request is \`${view.status}\``);
  }
  return faults;
}

/** I1, I2, I8: at most one, after its entry, and of what was approved. */
function effectFaults({ bench }: Scene, { view, entries }: Record): readonly string[] {
  const effects = bench.effects.of(view.id);
  const faults: string[] = [];
  if (effects.length > 1) faults.push(`the effect happened ${effects.length} times`);
  const redeemed = entries.filter(({ kind }) => kind === "redeemed");
  for (const { at, amount } of effects) {
    if (!redeemed.some((entry) => entry.at <= at)) {
      faults.push("an effect happened without the entry of its redemption before it");
    }
    const approved = view.revision.content.action.properties?.["amount"];
    if (amount !== approved) faults.push(`${amount} was done, ${String(approved)} was approved`);
  }
  return faults;
}

/** A fault that passes changes nothing about how a story ends. */
function storyFaults({ ending, bench }: Scene, story: Story, { view }: Record): readonly string[] {
  const { ends } = story;
  const effects = bench.effects.of(view.id);
  const faults: string[] = [];
  if (view.status !== ends.status) faults.push(`it is \`${view.status}\`, not \`${ends.status}\``);
  if (ending?.kind !== ends.ending) {
    faults.push(
      `the caller is told \`${ending?.kind}\` (${ending?.detail}), not \`${ends.ending}\``,
    );
  }
  if (effects.length !== ends.effects) {
    faults.push(`${effects.length} effects instead of ${ends.effects}`);
  }
  if (ends.amount !== undefined && effects.some(({ amount }) => amount !== ends.amount)) {
    faults.push(`what was done is not ${ends.amount}`);
  }
  return faults;
}

/**
 * The caller was killed, or the effect's own answer was lost: how it ends may differ, but nothing is
 * left open, and whoever comes back is told the truth.
 */
function survivorFaults({ ending, bench }: Scene, { view, entries }: Record): readonly string[] {
  const faults: string[] = [];
  const { status } = view;
  const effects = bench.effects.of(view.id).length;
  const isRedeemed = entries.some(({ kind }) => kind === "redeemed");
  if (!ENDED.has(status)) faults.push(`it is still \`${status}\`, and nobody comes back for it`);
  if (status === "succeeded" && effects !== 1) faults.push(`\`succeeded\` with ${effects} effects`);
  if (!isRedeemed && effects > 0) faults.push("an effect without a redemption");
  if (ending === null) faults.push("the caller was not answered");
  else if (!DEFINITE.has(ending.kind) && !(ending.kind === "threw" && status === "failed")) {
    if (ending.kind !== "killed")
      faults.push(`the caller is told \`${ending.kind}\`: ${ending.detail}`);
  }
  if (ending?.kind === "not_started" && effects > 0) {
    faults.push(`the caller is told that nothing ran, with ${effects} effects`);
  }
  if (ending?.kind === "ran" && status !== "succeeded") {
    faults.push(`the caller believes it ran, and it is \`${status}\``);
  }
  return faults;
}
