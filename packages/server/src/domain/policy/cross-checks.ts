/** What is wrong with a policy as a whole, though each of its rules may be right. */
import type { CompiledRule, Outcome } from "./compiled-policy.ts";
import type { Finding } from "./load-problem.ts";
import type { Obligations, ReviewerSource } from "./model.ts";
import { didYouMean } from "./nearest-name.ts";
import { mergeAllObligations } from "./obligations.ts";
import { covers, namePattern, type NamePattern } from "./pattern.ts";
import { splitSource, whyImpossible, type StaticGroups } from "./quorum-feasibility.ts";
import type { RawRule } from "./raw-policy.ts";
import { nodeAt, offsetOf } from "./structure.ts";
import type { YamlNode } from "./yaml-source.ts";

interface Places {
  readonly root: YamlNode;
  readonly findings: Finding[];
  readonly warnings: Finding[];
}

/** Ids of rules and of `confirm` statements are cited in reviews and reports: one meaning each. */
export function checkIds(rules: readonly RawRule[], { root, findings }: Places): void {
  const ruleIds = new Set(["default"]);
  const statements = new Map<string, string>();
  rules.forEach((rule, at) => {
    // What is wrong in form is reported already, and may be missing here.
    const id = (rule as RawRule | null)?.id;
    if (id === undefined) return;
    if (ruleIds.has(id)) {
      const offset = offsetOf(root, ["rules", at, "id"]);
      const message = id === "default" ? "`default` is taken" : `a rule \`${id}\` is here already`;
      findings.push({ offset, message, fix: "give it another id" });
    }
    ruleIds.add(id);
    const confirm = typeof rule.approval === "object" ? (rule.approval.confirm ?? []) : [];
    confirm.forEach((statement, index) => {
      const known = statements.get(statement.id) ?? statement.text;
      statements.set(statement.id, statement.text);
      if (known === statement.text) return;
      const offset = offsetOf(root, ["rules", at, "approval", "confirm", index]);
      const message = `\`${statement.id}\` says something else in another rule`;
      findings.push({ offset, message, fix: "give it another id, or the same text" });
    });
  });
}

/** Every source the outcomes name, once, sorted. */
export function sourcesIn(outcomes: readonly Outcome[]): readonly ReviewerSource[] {
  const sources = new Set<ReviewerSource>();
  for (const { demand } of outcomes) {
    for (const { from, escalate } of demand.obligations?.quorum ?? []) {
      for (const source of from) sources.add(source);
      for (const { to } of escalate) sources.add(to);
    }
  }
  return [...sources].sort();
}

/** A group that is nearly one of the policy's own is more likely a slip than the provider's. */
export function checkGroups(
  sources: readonly ReviewerSource[],
  groups: StaticGroups,
  { root, warnings }: Places,
): void {
  const hints = new Map<string, Omit<Finding, "offset">>();
  for (const source of sources) {
    const [kind, name] = splitSource(source);
    const hint = kind === "group" && !groups.has(name) ? didYouMean(name, groups.keys()) : "";
    if (hint === "") continue;
    const message = `group \`${name}\` is not among the policy's groups${hint}`;
    hints.set(source, { message, fix: "correct it, or have the identity provider supply it" });
  }
  if (hints.size === 0) return;
  for (const { value, offset } of namedSources(root)) {
    const finding = hints.get(value);
    if (finding !== undefined) warnings.push({ offset, ...finding });
  }
}

/** Fields of an approval that name who is asked. */
const SOURCE_FIELDS: ReadonlySet<string> = new Set(["approvers", "from", "to"]);

/** Every place where the default or a rule names who is asked, in the order of the file. */
function namedSources(root: YamlNode): readonly { value: string; offset: number }[] {
  const found: { value: string; offset: number }[] = [];
  const visit = (node: YamlNode, isSource: boolean): void => {
    if (node.kind === "sequence") {
      for (const item of node.items) visit(item, isSource);
    } else if (node.kind === "mapping") {
      for (const { key, value } of node.entries) visit(value, SOURCE_FIELDS.has(key));
    } else if (isSource && typeof node.value === "string") {
      found.push({ value: node.value, offset: node.offset });
    }
  };
  const rules = nodeAt(root, ["rules"]);
  const approvals =
    rules?.kind !== "sequence" ? [] : rules.items.map((_, at) => ["rules", at, "approval"]);
  for (const path of [["default"], ...approvals]) {
    const node = nodeAt(root, path);
    if (node !== null) visit(node, false);
  }
  return found.sort((a, b) => a.offset - b.offset);
}

/**
 * Refuses quorums that nobody could fill: of each hold, and of all holds together that apply to an
 * action whatever else the request says.
 */
export function checkQuorums(
  policy: {
    readonly rules: readonly CompiledRule[];
    readonly fallback: Outcome;
    readonly groups: StaticGroups;
    readonly actions: readonly string[];
  },
  { root, findings }: Places,
): void {
  const { rules, fallback, groups } = policy;
  const holds = rules.filter(({ decision }) => decision === "hold");
  for (const { demand, order } of holds) {
    const { obligations } = demand;
    const why = obligations === null ? null : whyImpossible(obligations, groups);
    if (why !== null) findings.push(impossible(why, offsetOf(root, ["rules", order, "approval"])));
  }
  const { obligations } = fallback.demand;
  const why = obligations === null ? null : whyImpossible(obligations, groups);
  if (why !== null) findings.push(impossible(why, offsetOf(root, ["default"])));
  if (findings.length > 0) return;
  const always = holds.filter(
    ({ condition, match, mode }) =>
      condition === null && match.restrictions === null && mode === "enforce",
  );
  const seen = new Set<string>();
  for (const { together, about } of togetherAt(always, policy.actions)) {
    const ids = together.map(({ id }) => `\`${id}\``).join(", ");
    if (seen.has(ids)) continue;
    seen.add(ids);
    const merged = mergedOf(together);
    const reason = merged === null ? null : whyImpossible(merged, groups);
    if (reason === null) continue;
    const message = `${ids} hold \`${about}\` together, and ${reason}`;
    const last = together.at(-1)?.order ?? 0;
    findings.push({
      offset: offsetOf(root, ["rules", last, "approval"]),
      message,
      fix: "ask for fewer, add members, or let the rules match different actions",
    });
  }
}

function impossible(why: string, offset: number): Finding {
  const fix = "ask for fewer, add members to the group, or exclude fewer";
  return { offset, message: `nobody could approve this: ${why}`, fix };
}

/** For each action and pattern that is named, the rules that apply to all it stands for. */
function togetherAt(
  rules: readonly CompiledRule[],
  actions: readonly string[],
): readonly { readonly about: string; readonly together: readonly CompiledRule[] }[] {
  const byExact = new Map<string, CompiledRule[]>();
  const prefixed: CompiledRule[] = [];
  const named = new Map<string, NamePattern>(actions.map((name) => [name, namePattern(name)]));
  for (const rule of rules) {
    if (rule.match.actions.some(({ isPrefix }) => isPrefix) || rule.match.actions.length === 0) {
      prefixed.push(rule);
    }
    for (const pattern of rule.match.actions) {
      named.set(pattern.text, pattern);
      if (pattern.isPrefix) continue;
      const same = byExact.get(pattern.stem);
      if (same === undefined) byExact.set(pattern.stem, [rule]);
      else same.push(rule);
    }
  }
  return [...named].map(([about, pattern]) => {
    const exact = pattern.isPrefix ? [] : (byExact.get(pattern.stem) ?? []);
    const wider = prefixed.filter(
      ({ match }) =>
        match.actions.length === 0 || match.actions.some((own) => covers(own, pattern)),
    );
    const together = [...new Set([...exact, ...wider])].sort((a, b) => a.order - b.order);
    return { about, together };
  });
}

function mergedOf(rules: readonly CompiledRule[]): Obligations | null {
  const [first, ...others] = rules.flatMap(({ demand }) => demand.obligations ?? []);
  return first === undefined || others.length === 0
    ? null
    : mergeAllObligations([first, ...others]);
}
