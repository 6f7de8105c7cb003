/** Budgets: what of a request counts, under which key, and against which limit (I9). */
import { canonicalJson, sha256Base64url } from "@haltpoint/protocol";
import type { CompiledBudget, Count, Measure } from "./compiled-budget.ts";
import type { Match } from "./compiled-policy.ts";
import { durationMs } from "./duration.ts";
import { memberAtPath } from "../member-at-path.ts";
import type { PolicyInput } from "./model.ts";
import { readAmount } from "./money.ts";
import { matchesName } from "./pattern.ts";
import { membersOf, type RawBudget } from "./raw-policy.ts";
import { restrictionTest } from "./restriction-test.ts";

/** What one request may add: whole minor units that a store can keep and read back exactly. */
const UNITS_MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** Longer keys and values are kept as their digest. */
const TEXT_MAX = 200;

/** A budget whose form is right. `match`: null counts every request, or those that have the field. */
export function compileBudget(
  name: string,
  raw: RawBudget,
  match: Match | null,
  limit: Pick<CompiledBudget, "limit" | "currency">,
): CompiledBudget {
  const measure = measureOf(raw);
  const path = raw.sum ?? raw.distinct ?? null;
  const per = membersOf(raw.per).map((each) => each.split("."));
  const windowMs = durationMs(raw.window);
  const { currency } = limit;
  const definition = sha256Base64url(
    canonicalJson({
      measure,
      path,
      per: per.map((each) => each.join(".")),
      match: raw.match ?? null,
      windowMs,
      currency,
    } as never),
  );
  const concerns = match === null ? null : matchTest(match);
  const counted = path === null ? null : path.split(".");
  const countOf = (input: PolicyInput): Count => {
    if (concerns !== null && !concerns(input)) return { kind: "outside" };
    const amount = amountOf(measure, counted, currency, input);
    if (amount.kind === "unreadable") return amount;
    const key = keyOf(per, input);
    return typeof key === "string" ? { ...amount, key } : key;
  };
  return { name, definition, measure, windowMs, window: raw.window, ...limit, countOf };
}

/** The one that is there; with none or several, which is a load error, the first. */
export function measureOf(raw: RawBudget): Measure {
  if (raw.sum !== undefined) return "sum";
  return raw.distinct === undefined ? "count" : "distinct";
}

function matchTest({ actions, restrictions }: Match): (input: PolicyInput) => boolean {
  const concerns = restrictions === null ? null : restrictionTest(restrictions);
  return (input) => {
    const { name } = input.revision.action;
    const named = actions.length === 0 || actions.some((pattern) => matchesName(pattern, name));
    return named && (concerns === null || concerns(input));
  };
}

type Amount = Omit<Extract<Count, { kind: "counts" }>, "key"> | Unreadable;
type Unreadable = Extract<Count, { kind: "unreadable" }>;

function amountOf(
  measure: Measure,
  path: readonly string[] | null,
  currency: string | null,
  input: PolicyInput,
): Amount {
  if (path === null) return { kind: "counts", units: 1n, value: "" };
  const text = path.join(".");
  const value = valueAt(input, path);
  if (value === undefined) return unreadable(`\`${text}\` is missing`);
  if (measure === "distinct") {
    const single = singleText(value);
    if (single === null) return unreadable(`\`${text}\` is not a single value`);
    return { kind: "counts", units: 0n, value: bounded(single) };
  }
  const read = readAmount(value);
  if (read.kind === "not_money") return unreadable(`\`${text}\` ${read.reason}`);
  if (read.amount.currency !== currency) {
    return unreadable(`\`${text}\` is in another currency than the limit`);
  }
  const units = read.amount.minorUnits;
  if (units > UNITS_MAX) return unreadable(`\`${text}\` is too large to be counted`);
  return { kind: "counts", units, value: "" };
}

function keyOf(per: readonly (readonly string[])[], input: PolicyInput): string | Unreadable {
  const parts: string[] = [];
  for (const path of per) {
    const value = valueAt(input, path);
    if (value === undefined) return unreadable(`\`${path.join(".")}\` is missing`);
    const single = singleText(value);
    if (single === null) return unreadable(`\`${path.join(".")}\` is not a single value`);
    parts.push(single);
  }
  return bounded(`[${parts.join(",")}]`);
}

/** INVARIANT: I13. The subject is the registry's word; the rest is what will be executed. */
function valueAt({ identity, revision }: PolicyInput, path: readonly string[]): unknown {
  const [root, ...rest] = path;
  return root === "subject" ? memberAtPath(identity, rest) : memberAtPath(revision, path);
}

/** JSON text of what is one value; null for lists, records and null. */
function singleText(value: unknown): string | null {
  const kind = typeof value;
  return kind === "string" || kind === "number" || kind === "boolean"
    ? JSON.stringify(value)
    : null;
}

function bounded(text: string): string {
  return text.length > TEXT_MAX ? `sha256:${sha256Base64url(text)}` : text;
}

function unreadable(reason: string): Unreadable {
  return { kind: "unreadable", reason };
}
