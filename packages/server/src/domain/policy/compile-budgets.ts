/** Budgets of a file: what is wrong with them, and what is asked of each request. */
import { compileBudget, measureOf } from "./budgets.ts";
import type { CompiledAction } from "./actions.ts";
import type { CompiledBudget } from "./compiled-budget.ts";
import type { CompiledRule, Match } from "./compiled-policy.ts";
import type { Finding } from "./load-problem.ts";
import { memberAtPath } from "../member-at-path.ts";
import { readAmount } from "./money.ts";
import { didYouMean } from "./nearest-name.ts";
import { matchesName } from "./pattern.ts";
import { membersOf, type RawBudget } from "./raw-policy.ts";
import { checkReachable, compileMatch, type RuleSurroundings } from "./rules.ts";
import { offsetOf } from "./structure.ts";
import type { YamlNode } from "./yaml-source.ts";

type Around = Pick<
  RuleSurroundings,
  "root" | "actions" | "closed" | "findings" | "warnings" | "share"
> & {
  /** Whether the budget is right in form. */
  readonly isWhole: (name: string) => boolean;
};
type Report = (field: readonly (string | number)[], message: string, fix: string) => void;

const MEASURES = ["sum", "count", "distinct"] as const;
/** Stands for a limit that cannot be read, which is reported. */
const NO_LIMIT = { limit: 0n, currency: null };

/** All budgets by name; null: wrong in form, which no condition is to be blamed for. */
export function compileBudgets(
  raw: Readonly<Record<string, RawBudget>>,
  around: Around,
): ReadonlyMap<string, CompiledBudget | null> {
  const compiled = new Map<string, CompiledBudget | null>();
  for (const [name, budget] of Object.entries(raw)) {
    if (!around.isWhole(name)) {
      compiled.set(name, null);
      continue;
    }
    const report: Report = (field, message, fix) => {
      const offset = offsetOf(around.root, ["budgets", name, ...field]);
      around.findings.push({ offset, message, fix });
    };
    const match = matchOf(budget, around);
    if (budget.match !== undefined && match !== null) {
      checkReachable(match, ["budgets", name], around);
    }
    checkMeasure(budget, report);
    checkFields(budget, match, around, report);
    compiled.set(name, compileBudget(name, budget, match, limitOf(budget, report)));
  }
  return compiled;
}

/** Without a `match`, what has no such field does not count; that is found when it is counted. */
function matchOf(budget: RawBudget, around: Around): Match | null {
  return budget.match === undefined ? null : compileMatch(budget.match, around);
}

function checkMeasure(budget: RawBudget, report: Report): void {
  const given = MEASURES.filter((measure) => budget[measure] !== undefined);
  if ((budget.count as boolean | undefined) === false) {
    report(["count"], "`count` is `true`, or not there", "write `count: true`");
  }
  if (given.length === 1) return;
  const message =
    given.length === 0 ? "a budget needs `sum`, `count` or `distinct`" : "a budget has one measure";
  report(given.slice(1, 2), message, "write `sum: action.properties.amount`, or `count: true`");
}

function limitOf(budget: RawBudget, report: Report): Pick<CompiledBudget, "limit" | "currency"> {
  const { limit } = budget;
  if (measureOf(budget) !== "sum") {
    if (typeof limit === "number") return { limit: BigInt(limit), currency: null };
    report(["limit"], "what is counted has a number as its limit", "write it as `limit: 100`");
    return NO_LIMIT;
  }
  const read = readAmount(limit);
  if (read.kind === "amount") {
    const { minorUnits, currency } = read.amount;
    return { limit: minorUnits, currency };
  }
  report(["limit"], `the limit ${read.reason}`, 'write it as `limit: "10000.00 USD"`');
  return NO_LIMIT;
}

/** Fields that an action's schema rules out, and those that must not be told by a total. */
function checkFields(budget: RawBudget, match: Match | null, around: Around, report: Report): void {
  const fields = [
    ...(budget.sum === undefined ? [] : [{ at: ["sum"], path: budget.sum }]),
    ...(budget.distinct === undefined ? [] : [{ at: ["distinct"], path: budget.distinct }]),
    ...membersOf(budget.per).map((path, index) => ({
      at: typeof budget.per === "string" ? ["per"] : ["per", index],
      path,
    })),
  ];
  const all = [...around.actions.values()];
  const about = all.filter(({ name }) => match === null || isAbout(match, name));
  for (const { at, path } of fields) {
    const segments = path.split(".");
    const hiding = about.find(({ sensitive }) => sensitive.some((each) => meets(each, segments)));
    if (hiding !== undefined) {
      const message = `\`${path}\` is sensitive in \`${hiding.name}\`, and a total would tell it (T28)`;
      report(at, message, "count by a field that may be shown");
    }
    const numeric = at[0] === "sum" ? about.find((each) => isNumeric(each, segments)) : undefined;
    if (numeric !== undefined) {
      const message = `\`${path}\` is a number in \`${numeric.name}\`, and a sum needs a currency`;
      report(at, message, 'declare it as money: text such as "12.00 USD"');
    }
    const declaring = about.filter((action) => action.declares(segments));
    const isMissing = match === null ? declaring.length === 0 : declaring.length < about.length;
    if (about.length === 0 || !isMissing) continue;
    const lacking = about.find((action) => !action.declares(segments));
    const hint = didYouMean(segments[2] ?? "", lacking?.fields ?? []);
    report(
      at,
      `\`${lacking?.name ?? ""}\` has no field \`${path}\`${hint}`,
      "use a declared field",
    );
  }
}

/** Whether the action's schema says that the field is a number. */
function isNumeric(action: CompiledAction, [, , ...rest]: readonly string[]): boolean {
  const segments = rest.flatMap((segment) => ["properties", segment]);
  const type = memberAtPath(action.written.properties, [...segments, "type"]);
  return type === "number" || type === "integer";
}

function isAbout({ actions }: Match, name: string): boolean {
  return actions.length === 0 || actions.some((pattern) => matchesName(pattern, name));
}

/** Whether one is the other or lies within it; `*` is every element or member. */
function meets(sensitive: string, path: readonly string[]): boolean {
  return sensitive
    .split(".")
    .every((segment, at) => path[at] === undefined || segment === "*" || segment === path[at]);
}

/** A budget that no condition looks at limits nothing. */
export function checkBudgetsUsed(
  budgets: ReadonlyMap<string, CompiledBudget>,
  rules: readonly CompiledRule[],
  { root, warnings }: { readonly root: YamlNode; readonly warnings: Finding[] },
): void {
  const used = new Set(
    rules.flatMap(({ condition }) =>
      (condition?.paths ?? []).flatMap(({ path }) => (path[0] === "budget" ? [path[1]] : [])),
    ),
  );
  for (const name of budgets.keys()) {
    if (used.has(name)) continue;
    const message = `no rule asks for the budget \`${name}\`, so it limits nothing`;
    const fix = `use it in a condition: \`budget("${name}").over\``;
    warnings.push({ offset: offsetOf(root, ["budgets", name]), message, fix });
  }
}
