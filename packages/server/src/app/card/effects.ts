/**
 * What an action's effect is measured against: those of the same name that ran in the last 30 days.
 * Only what ran counts, so that an agent cannot make an amount look usual by asking often.
 */
import { visibleText, type CardEffects, type Revision } from "@haltpoint/protocol";
import { amountText } from "../../domain/policy/money.ts";
import type { DeclaredAction } from "../../domain/policy/policy.ts";
import type { App } from "../app.ts";
import { amountAt, moneyPathOf, valueAt } from "./amounts.ts";

const LOOK_BACK_MS = 30 * 86_400_000;
/** How many requests for the action are looked at, the latest first. */
const LOOKED_AT_MAX = 1_000;

export async function effectsOf(
  app: App,
  about: { readonly requestId: string; readonly content: Revision; readonly now: number },
  declared: DeclaredAction | null,
): Promise<CardEffects> {
  const { requestId, content, now } = about;
  const since = now - LOOK_BACK_MS;
  const action = content.action.name;
  const read = await app.store.ranLately({ action, since, limit: LOOKED_AT_MAX });
  const others = read.ran
    .filter((each) => each.requestId !== requestId)
    .map((each) => JSON.parse(each.committed) as Revision);
  return {
    reversible: declared?.reversible ?? null,
    amount: amountOf(content, others, declared),
    first_for_resource: !others.some(({ resource }) => {
      return resource.id === content.resource.id && resource.type === content.resource.type;
    }),
    first_for: firstFor(content, others, declared?.recipients ?? []),
    compared: { count: others.length, since, complete: read.complete },
  };
}

function amountOf(
  content: Revision,
  others: readonly Revision[],
  declared: DeclaredAction | null,
): CardEffects["amount"] {
  const path = moneyPathOf(declared);
  if (path === null) return null;
  const own = amountAt(content, path);
  if (own === null) return null;
  const alike = others
    .flatMap((other) => amountAt(other, path) ?? [])
    .filter((amount) => amount.currency === own.currency)
    .map((amount) => amount.minorUnits)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  // The lower of the two in the middle: no amount is made up.
  const median = alike[Math.floor((alike.length - 1) / 2)];
  const [amount = "", currency = ""] = amountText(own).split(" ");
  return {
    path: path.join("."),
    amount,
    currency,
    median_30d:
      median === undefined ? null : amountText({ minorUnits: median, currency: own.currency }),
    times_median:
      median === undefined || median === 0n ? null : Number((own.minorUnits * 100n) / median) / 100,
    compared: alike.length,
  };
}

function firstFor(
  content: Revision,
  others: readonly Revision[],
  recipients: readonly string[],
): CardEffects["first_for"] {
  return recipients.flatMap((path) => {
    const keys = path.split(".");
    const value = valueAt(content, keys);
    // A commitment is new each time, so of a secret nobody can say that it is the first.
    if (typeof value !== "string" && typeof value !== "number") return [];
    const first = !others.some((other) => valueAt(other, keys) === value);
    return [{ path, value: visibleText(String(value)), first }];
  });
}
