/**
 * What is different between two policies, in lines for whoever is about to put one in force. Compared
 * is what the texts say and not how they say it: comments, order of members and quotes are no difference.
 */
import { plainValue, type Plain, type PlainRecord } from "./structure.ts";
import { readYaml } from "./yaml-source.ts";

/** Of these each entry is told by its own name; of the rest only that it changed. */
const NAMED = ["groups", "budgets", "actions"] as const;

/**
 * One line for each thing that was added (`+`), removed (`-`) or changed (`~`); none: they say the same.
 * Both texts are policies that load.
 */
export function policyDifference(before: string, after: string): readonly string[] {
  const [old, now] = [contentOf(before), contentOf(after)];
  const lines: string[] = [];
  const [oldRules, nowRules] = [rulesOf(old), rulesOf(now)];
  lines.push(...entries("rule", oldRules, nowRules));
  const kept = (from: ReadonlyMap<string, Plain>, by: ReadonlyMap<string, Plain>): string =>
    [...from.keys()].filter((id) => by.has(id)).join("\n");
  if (kept(oldRules, nowRules) !== kept(nowRules, oldRules)) lines.push("~ the order of the rules");
  for (const name of NAMED) {
    lines.push(...entries(name.slice(0, -1), membersOf(old[name]), membersOf(now[name])));
  }
  const told: ReadonlySet<string> = new Set(["rules", ...NAMED]);
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (told.has(key) || same(old[key], now[key])) continue;
    lines.push(`~ ${key}: ${written(old[key])} → ${written(now[key])}`);
  }
  return lines;
}

function contentOf(text: string): PlainRecord {
  const { root } = readYaml(text);
  const content = root === null ? null : plainValue(root);
  return isRecord(content) ? content : {};
}

function rulesOf({ rules }: PlainRecord): ReadonlyMap<string, Plain> {
  const all = Array.isArray(rules) ? (rules as readonly Plain[]) : [];
  return new Map(all.map((rule) => [idOf(rule), rule]));
}

/** Of a rule that loads, which has one. */
function idOf(rule: Plain): string {
  const id = isRecord(rule) ? rule["id"] : undefined;
  return typeof id === "string" ? id : "";
}

function membersOf(value: Plain | undefined): ReadonlyMap<string, Plain> {
  return new Map(isRecord(value) ? Object.entries(value) : []);
}

function entries(
  what: string,
  old: ReadonlyMap<string, Plain>,
  now: ReadonlyMap<string, Plain>,
): readonly string[] {
  const removed = [...old].filter(([id]) => !now.has(id)).map(([id]) => `- ${what} ${id}`);
  const others = [...now].flatMap(([id, value]) => {
    const was = old.get(id);
    if (was === undefined) return [`+ ${what} ${id}${told(value)}`];
    return same(was, value) ? [] : [`~ ${what} ${id}: ${changed(was, value)}`];
  });
  return [...removed, ...others];
}

/** Of a rule, what it decides. */
function told(value: Plain): string {
  const decision = isRecord(value) ? value["decision"] : undefined;
  return typeof decision === "string" ? ` (${decision})` : "";
}

/** The members that changed; of what has none, both values. */
function changed(was: Plain, is: Plain): string {
  if (!isRecord(was) || !isRecord(is)) return `${written(was)} → ${written(is)}`;
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const different = names.filter((name) => !same(was[name], is[name]));
  return different
    .map((name) => {
      const [a, b] = [was[name], is[name]];
      return isRecord(a) || isRecord(b) ? name : `${name} ${written(a)} → ${written(b)}`;
    })
    .join(", ");
}

const WRITTEN_MAX = 80;

function written(value: Plain | undefined): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > WRITTEN_MAX ? `${text.slice(0, WRITTEN_MAX)}…` : text;
}

function same(a: Plain | undefined, b: Plain | undefined): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** The order of members says nothing in YAML. */
function sorted(value: Plain | undefined): unknown {
  if (Array.isArray(value)) return (value as readonly Plain[]).map(sorted);
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  return names.map((name) => [name, sorted(value[name])]);
}

function isRecord(value: Plain | undefined): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
