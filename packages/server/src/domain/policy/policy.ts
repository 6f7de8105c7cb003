/**
 * Policy: from a text to something that can be asked, and the face of this folder.
 *
 * A bad policy is refused whole: `loadPolicy` gives a policy or everything that is wrong with it.
 */
import { sha256Base64url } from "@haltpoint/protocol";
import { compileActions, type CompiledAction } from "./actions.ts";
import { checkBudgetsUsed, compileBudgets } from "./compile-budgets.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import { checkGroups, checkIds, checkQuorums, sourcesIn } from "./cross-checks.ts";
import { toProblems, type Finding, type LoadProblem } from "./load-problem.ts";
import type { ReviewerSource } from "./model.ts";
import { POLICY_SCHEMA } from "./policy-schema.ts";
import type { RawPolicy, RawWindow } from "./raw-policy.ts";
import { ActionIndex } from "./rule-index.ts";
import { checkCondition, compileDefault, compileRule, type RuleSurroundings } from "./rules.ts";
import { FINDINGS_MAX, nodeAt, offsetOf, readStructure } from "./structure.ts";
import { minuteOfDay, wallClock, type WallClock, type Window } from "./windows.ts";
import { readYaml, type YamlNode } from "./yaml-source.ts";

export { changeRules } from "./change-rules.ts";
export { evaluate } from "./evaluate.ts";
export { PUBLISH_ACTION, PUBLISHER, publicationRules } from "./publication.ts";
export { explain } from "./explain.ts";
export { formatLoadProblem, type LoadProblem } from "./load-problem.ts";
export type { CompiledPolicy } from "./compiled-policy.ts";

export type DeclaredAction = Pick<
  CompiledAction,
  "written" | "reversible" | "recipients" | "sensitive"
>;

export type LoadedPolicy =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly problems: readonly LoadProblem[] };

/**
 * Reads a policy. `file` is only named in problems. Pure: the same text gives the same policy, and
 * its version is the digest of the text.
 */
export function loadPolicy(text: string, { file }: { readonly file: string }): LoadedPolicy {
  const source = { file, text };
  const { root, findings: unreadable } = readYaml(text);
  if (root === null || unreadable.length > 0) {
    const empty = { offset: 0, message: "the file is empty", fix: "begin with `version: 1`" };
    const findings = unreadable.length > 0 ? unreadable : [empty];
    return { ok: false, problems: toProblems(source, findings) };
  }
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const raw = readStructure(root, POLICY_SCHEMA, findings);
  // With as many as that the reader gave up, and what it left out is no one's mistake to find.
  const gaveUp = findings.length >= FINDINGS_MAX;
  if (raw === undefined || gaveUp) return { ok: false, problems: toProblems(source, findings) };
  const parts = compileParts(raw as unknown as RawPolicy, { text, root, findings, warnings });
  if (findings.length > 0) return { ok: false, problems: toProblems(source, findings) };
  const policy: CompiledPolicy = {
    ...parts,
    version: sha256Base64url(text),
    index: new ActionIndex(parts.rules),
    warnings: toProblems(source, warnings),
  };
  return { ok: true, policy };
}

/** Everything wrong with a policy text, and what is worth knowing about one that loads. */
export function checkPolicy(
  text: string,
  { file }: { readonly file: string },
): { readonly problems: readonly LoadProblem[]; readonly warnings: readonly LoadProblem[] } {
  const loaded = loadPolicy(text, { file });
  return loaded.ok
    ? { problems: [], warnings: loaded.policy.warnings }
    : { problems: loaded.problems, warnings: [] };
}

/** Dotted paths of the action's sensitive fields; `*` stands for every element or member. */
export function sensitivePaths(policy: CompiledPolicy, actionName: string): readonly string[] {
  return policy.actions.get(actionName)?.sensitive ?? [];
}

/** What the policy says of an action for whoever looks at it; null where it declares no such one. */
export function declaredAction(policy: CompiledPolicy, actionName: string): DeclaredAction | null {
  return policy.actions.get(actionName) ?? null;
}

/** The groups the policy declares, by name without the prefix, with the ids of their members. */
export function groupsOf(policy: CompiledPolicy): ReadonlyMap<string, readonly string[]> {
  return policy.groups;
}

/** Everybody who may be asked: what a roster for this policy must know. */
export function sourcesOf(policy: CompiledPolicy): readonly ReviewerSource[] {
  return policy.sources;
}

type Loading = Pick<RuleSurroundings, "text" | "root" | "findings" | "warnings">;
type Parts = Omit<CompiledPolicy, "version" | "index" | "warnings">;

function compileParts(raw: RawPolicy, loading: Loading): Parts {
  const { findings, warnings, root } = loading;
  // What is wrong in form is not looked at again: its gaps would give misleading findings.
  const isWhole = wholeness(root, findings);
  const declared = Object.entries(raw.actions ?? {}).map(
    ([name, action]) => [name, isWhole(["actions", name]) ? action : {}] as const,
  );
  const actions = compileActions(declared, root, { findings, warnings });
  const windows = compileWindows(raw.windows ?? {}, root, findings);
  const unknownActions = raw.unknown_actions ?? "default";
  const closed = unknownActions === "deny";
  const share = sharing();
  const budgets = compileBudgets(raw.budgets ?? {}, {
    ...loading,
    actions,
    closed,
    share,
    isWhole: (name) => isWhole(["budgets", name]),
  });
  const around = { ...loading, actions, windows, budgets, closed, shared: new Map(), share };
  const fallback = compileDefault(isWhole(["default"]) ? raw.default : undefined, around);
  const rawRules = raw.rules ?? [];
  const rules = rawRules.flatMap((rule, at) => {
    if (isWhole(["rules", at])) return compileRule(rule, at, around) ?? [];
    const isReadable = isWhole(["rules", at, "match"]) && isWhole(["rules", at, "when"]);
    if (isReadable && rule?.match !== undefined) checkCondition(rule, at, around);
    return [];
  });
  const groups = new Map(Object.entries(isWhole(["groups"]) ? (raw.groups ?? {}) : {}));
  checkIds(rawRules, loading);
  checkQuorums({ rules, fallback, groups, actions: [...actions.keys()] }, loading);
  const sources = sourcesIn([fallback, ...rules]);
  checkGroups(sources, groups, loading);
  const known = new Map(
    [...budgets].flatMap(([name, budget]) => (budget === null ? [] : [[name, budget] as const])),
  );
  checkBudgetsUsed(known, rules, loading);
  return {
    mode: raw.mode ?? "enforce",
    unknownActions,
    fallback,
    rules,
    actions,
    budgets: known,
    groups,
    sources,
  };
}

/** Gives one object for equal data; nobody changes what a policy is made of. */
function sharing(): RuleSurroundings["share"] {
  const known = new Map<string, object>();
  return <T extends object>(data: T): T => {
    const key = JSON.stringify(data);
    const same = known.get(key);
    if (same === undefined) known.set(key, data);
    // Equal text of the same function's plain data: the type is the same.
    return (same as T | undefined) ?? data;
  };
}

/** Whether nothing that was found so far is inside the node at a path. */
function wholeness(
  root: YamlNode,
  findings: readonly Finding[],
): (path: readonly (string | number)[]) => boolean {
  const broken = findings.map(({ offset }) => offset);
  return (path) => {
    const node = nodeAt(root, path);
    if (node === null) return true;
    return !broken.some((offset) => offset >= node.offset && offset <= node.end);
  };
}

function compileWindows(
  windows: Readonly<Record<string, Partial<RawWindow>>>,
  root: YamlNode,
  findings: Finding[],
): ReadonlyMap<string, Window> {
  const compiled = new Map<string, Window>();
  const clocks = new Map<string, WallClock | null>();
  for (const [name, window] of Object.entries(windows)) {
    const { days = [], from = "00:00", to = "24:00", zone = "UTC" } = window;
    const clock = clocks.get(zone) ?? wallClock(zone);
    clocks.set(zone, clock);
    const at = (field: string): number => offsetOf(root, ["windows", name, field]);
    if (clock === null) {
      const message = `there is no time zone \`${zone}\``;
      findings.push({ offset: at("zone"), message, fix: "write an IANA zone: `Europe/Berlin`" });
    }
    if (from === to || from === "24:00") {
      const message = from === to ? "the window is empty" : "a window cannot open at 24:00";
      findings.push({ offset: at("from"), message, fix: "write 00:00 to 24:00 for a whole day" });
    }
    // Entered even when broken, so that conditions naming it are not blamed for it.
    const [fromMinute, toMinute] = [minuteOfDay(from), minuteOfDay(to)];
    if (clock !== null) compiled.set(name, { days, fromMinute, toMinute, clock });
  }
  return compiled;
}
