/**
 * I9 by the ledger alone: entry by entry, what policy approved within the window. Written from the
 * invariant and not from the code: it shares nothing with what keeps the totals.
 */
import type { Store } from "../../../packages/server/src/ports/store.ts";

interface Told {
  readonly amount: bigint;
  readonly byPolicy: boolean;
  readonly live: boolean;
  readonly redeemedAt: number | null;
}

export interface Sums {
  /** The most that policy alone had approved at any entry. */
  readonly mostByPolicy: bigint;
  /** Everything that counts after the last entry, at `now`. */
  readonly all: bigint;
}

export async function sumsOf(store: Store, windowMs: number, now: number): Promise<Sums> {
  const requests = new Map<string, Told>();
  let mostByPolicy = 0n;
  for (let after = 0; ;) {
    const entries = await store.entriesAfter(after, 1_000);
    if (entries.length === 0) break;
    for (const { stream, kind, at, data, logIndex } of entries) {
      after = logIndex;
      const told = after_(requests.get(stream), { kind, at, data });
      if (told === null) continue;
      requests.set(stream, told);
      const sum = sumAt(
        [...requests.values()].filter(({ byPolicy }) => byPolicy),
        at - windowMs,
      );
      if (sum > mostByPolicy) mostByPolicy = sum;
    }
  }
  return { mostByPolicy, all: sumAt([...requests.values()], now - windowMs) };
}

function sumAt(requests: readonly Told[], until: number): bigint {
  return requests
    .filter(({ live, redeemedAt }) => live || (redeemedAt !== null && redeemedAt > until))
    .reduce((sum, { amount }) => sum + amount, 0n);
}

interface Entry {
  readonly kind: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Mediated requests without edits after a redemption; null: the entry is of no request. */
function after_(before: Told | undefined, { kind, at, data }: Entry): Told | null {
  const to = data["to"];
  if (kind === "submitted") {
    const live = to === "approved";
    return { amount: amountIn(data), byPolicy: live, live, redeemedAt: null };
  }
  if (before === undefined || typeof to !== "string") return null;
  const live = ["approved", "running", "interrupting", "indeterminate"].includes(to);
  const notStarted = data["result"] === "not_started";
  return {
    amount: kind === "edited" ? amountIn(data) : before.amount,
    byPolicy:
      kind === "approved" || kind === "overridden"
        ? false
        : live
          ? before.byPolicy
          : before.byPolicy && to !== "held",
    live,
    redeemedAt: kind === "redeemed" ? at : notStarted ? null : before.redeemedAt,
  };
}

function amountIn(data: Readonly<Record<string, unknown>>): bigint {
  const content = data["content"] as { action: { properties: { amount: string } } };
  const [whole = "0", cents = "00"] = content.action.properties.amount.split(" ")[0]!.split(".");
  return BigInt(whole) * 100n + BigInt(cents);
}
