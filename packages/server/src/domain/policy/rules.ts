/** Rules and the default: from the file's form to what is asked of each request. */
import { CHANGE_PREFIX } from "../registry/lifecycle.ts";
import type { CompiledAction } from "./actions.ts";
import { compileApproval, grantDeadlineMs, type ApprovalIssue } from "./approval.ts";
import type { CompiledBudget } from "./compiled-budget.ts";
import type { CompiledRule, Demand, Match, Outcome } from "./compiled-policy.ts";
import { compileCondition, type Condition, type SharedThunks } from "./condition/condition.ts";
import { environmentFor } from "./condition/environment.ts";
import { durationMs } from "./duration.ts";
import type { Finding } from "./load-problem.ts";
import type { Obligations, Risk } from "./model.ts";
import { didYouMean } from "./nearest-name.ts";
import { PUBLISH_ACTION } from "./publication.ts";
import { covers, namePattern, withoutCovered, type NamePattern } from "./pattern.ts";
import {
  membersOf,
  type OneOrMore,
  type RawApproval,
  type RawDefault,
  type RawMatch,
  type RawOutcome,
  type RawRule,
} from "./raw-policy.ts";
import { nodeAt, offsetOf } from "./structure.ts";
import type { Window } from "./windows.ts";
import { offsetInScalar, type YamlNode } from "./yaml-source.ts";

/** What rules refer to, and where findings go. */
export interface RuleSurroundings {
  readonly text: string;
  readonly root: YamlNode;
  readonly actions: ReadonlyMap<string, CompiledAction>;
  /** Whether an action that is not declared is denied anyhow. */
  readonly closed: boolean;
  readonly windows: ReadonlyMap<string, Window>;
  readonly budgets: ReadonlyMap<string, CompiledBudget | null>;
  readonly shared: SharedThunks;
  /** The same data as one object, whoever of the policy has it. */
  readonly share: <T extends object>(data: T) => T;
  readonly findings: Finding[];
  readonly warnings: Finding[];
}

type Path = readonly (string | number)[];

/** The default's place: after every rule. */
const LAST = Number.MAX_SAFE_INTEGER;

/** The default; without one, what no rule matches is denied. */
export function compileDefault(raw: RawDefault | undefined, around: RuleSurroundings): Outcome {
  if (raw === undefined) {
    const said: Said = { decision: "deny", order: LAST, obligations: null };
    const nothing = outcomeOf({ id: "default" }, said, around.share);
    return { ...nothing, why: "no rule matches, and there is no default" };
  }
  const approval = approvalOf(raw.decision === "hold" ? raw : null, raw, {
    at: ["default"],
    risk: riskOf(raw, raw.decision),
    around,
  });
  if (raw.decision === "deny") refuseApproval(raw, ["default"], around);
  const { decision } = raw;
  const said: Said = { decision, order: LAST, obligations: approval };
  return outcomeOf({ ...raw, id: "default" }, said, around.share);
}

const APPROVAL_FIELDS = ["approvers", "quorum", "deadline", "confirm", "edits"] as const;

function refuseApproval(raw: RawDefault, at: Path, around: RuleSurroundings): void {
  for (const field of APPROVAL_FIELDS) {
    if (raw[field] === undefined) continue;
    const message = `\`${field}\` is for a hold`;
    report(around, [...at, field], message, "remove it, or write `decision: hold`");
  }
}

/** What can be said of a rule whose form is wrong already: its condition, if that much is right. */
export function checkCondition(raw: RawRule, order: number, around: RuleSurroundings): void {
  const at: Path = ["rules", order];
  const condition = conditionOf(raw, compileMatch(raw.match, around), at, around);
  if (condition !== null) checkClaims(raw, condition, at, around);
}

/** A rule, or null where something is wrong with it; `findings` says what. */
export function compileRule(
  raw: RawRule,
  order: number,
  around: RuleSurroundings,
): CompiledRule | null {
  const at: Path = ["rules", order];
  const before = around.findings.length;
  const match = compileMatch(raw.match, around);
  checkReachable(match, at, around);
  const condition = conditionOf(raw, match, at, around);
  const obligations = holdOf(raw, at, around);
  checkFields(raw, match, at, around);
  if (raw.veto_window !== undefined && raw.decision !== "allow") {
    const message = "`veto_window` is for rules that allow";
    report(around, [...at, "veto_window"], message, "remove it, or write `decision: allow`");
  }
  if (condition !== null) checkClaims(raw, condition, at, around);
  if (around.findings.length > before) return null;
  return {
    ...outcomeOf(raw, { decision: raw.decision, order, obligations }, around.share),
    mode: raw.mode ?? "enforce",
    match,
    condition: condition?.constant === true ? null : condition,
    readsClaims: condition !== null && condition.claims.length > 0,
  };
}

type Said = Pick<Outcome, "decision" | "order"> & Pick<Demand, "obligations">;

function outcomeOf(
  raw: RawOutcome & Pick<RawRule, "id" | "impact" | "veto_window">,
  { decision, order, obligations }: Said,
  share: RuleSurroundings["share"],
): Outcome {
  const nothingSaid = raw.id === "default" ? DEFAULT_WHY[decision] : `rule \`${raw.id}\` applies`;
  const demand: Demand = {
    obligations,
    risk: riskOf(raw, decision),
    impact: raw.impact ?? null,
    requestFields: (raw.request_fields ?? []).map((path) => path.split(".")),
    assurance: raw.assurance ?? "cooperative",
    vetoWindowMs: raw.veto_window === undefined ? 0 : durationMs(raw.veto_window),
    grantDeadlineMs: grantDeadlineMs(raw),
  };
  return { id: raw.id, why: raw.why ?? nothingSaid, order, decision, demand: share(demand) };
}

const DEFAULT_WHY = {
  allow: "the default allows it",
  hold: "the default asks for a person",
  deny: "the default denies it",
} as const;

function riskOf(raw: RawOutcome, decision: Outcome["decision"]): Risk {
  return raw.risk ?? (decision === "allow" ? "low" : "medium");
}

function report(around: RuleSurroundings, path: Path, message: string, fix: string): void {
  around.findings.push({ offset: offsetOf(around.root, path), message, fix });
}

function patterns(value: OneOrMore | undefined): readonly NamePattern[] {
  return withoutCovered(membersOf(value).map(namePattern));
}

export function compileMatch(
  { action, subject, resource, impact }: RawMatch,
  around: Pick<RuleSurroundings, "share">,
): Match {
  const restrictions = {
    subjectTypes: patterns(subject?.type),
    subjectIds: patterns(subject?.id),
    subjectGroups: patterns(subject?.group),
    resourceTypes: patterns(resource?.type),
    resourceIds: patterns(resource?.id),
    impacts: membersOf(impact),
  };
  const byActionOnly = subject === undefined && resource === undefined && impact === undefined;
  return {
    actions: patterns(action),
    restrictions: byActionOnly ? null : around.share(restrictions),
  };
}

/** Reports patterns that no declared action has. @param at path of what holds the `match` */
export function checkReachable(
  match: Match,
  at: Path,
  around: Pick<RuleSurroundings, "root" | "actions" | "closed" | "findings" | "warnings">,
): void {
  const declared = [...around.actions.keys()];
  for (const pattern of match.actions) {
    // The server asks for these itself, and nobody has to declare them.
    if (pattern.stem.startsWith(CHANGE_PREFIX) || pattern.stem === PUBLISH_ACTION) continue;
    const meets = declared.some((name) => covers(pattern, namePattern(name)));
    if (meets) continue;
    const message = `no declared action matches \`${pattern.text}\`${didYouMean(pattern.stem, declared)}`;
    const fix = "declare the action under `actions`, or correct the name";
    const offset = offsetOf(around.root, [...at, "match", "action"]);
    // Where undeclared actions are let through, the name may simply have no schema.
    const close = didYouMean(pattern.stem, declared) !== "" && !pattern.isPrefix;
    if (around.closed)
      around.findings.push({ offset, message: `${message}; undeclared ones are denied`, fix });
    else if (close) around.warnings.push({ offset, message, fix });
  }
}

/** The actions a rule is about by their exact names, where it names nothing else. */
function exactActions(match: Match, around: RuleSurroundings): readonly CompiledAction[] {
  const declared = match.actions.map(({ stem, isPrefix }) => {
    return isPrefix ? undefined : around.actions.get(stem);
  });
  return declared.flatMap((action) => (action === undefined ? [] : [action]));
}

function conditionOf(
  raw: RawRule,
  match: Match,
  at: Path,
  around: RuleSurroundings,
): Condition | null {
  if (raw.when === undefined || raw.when === true) return null;
  const node = nodeAt(around.root, [...at, "when"]);
  const offsetAt = (index: number): number =>
    node?.kind === "scalar" ? offsetInScalar(around.text, node, index) : 0;
  const neverTrue = (): null => {
    const fix = 'remove the rule, or switch it off with `mode: "shadow"`';
    around.findings.push({ offset: offsetAt(0), message: "this is never true", fix });
    return null;
  };
  if (raw.when === false) return neverTrue();
  const typed = exactActions(match, around);
  const environments = typed.map(({ name, environment }) => ({
    about: typed.length > 1 ? name : "",
    environment,
  }));
  const someUntyped = typed.length < match.actions.length || match.actions.length === 0;
  const result = compileCondition(raw.when, {
    windows: around.windows,
    budgets: around.budgets,
    shared: around.shared,
    share: around.share,
    environments: someUntyped
      ? [...environments, { about: "", environment: UNTYPED }]
      : environments,
  });
  if (result.kind === "refused") {
    for (const { start, message, fix } of result.issues) {
      around.findings.push({ offset: offsetAt(start), message, fix });
    }
    return null;
  }
  const { condition } = result;
  for (const { path, start } of condition.reads) {
    checkDeclared(path, typed, offsetAt(start), around);
  }
  return condition.constant === false ? neverTrue() : condition;
}

const UNTYPED = environmentFor();

/** A field that an action's schema rules out can only be a slip: `has` of it is always false. */
function checkDeclared(
  path: readonly string[],
  actions: readonly CompiledAction[],
  offset: number,
  around: RuleSurroundings,
): void {
  for (const action of actions) {
    if (action.declares(path)) continue;
    const hint = didYouMean(path[2] ?? "", action.fields);
    const message = `\`${action.name}\` has no field \`${path.join(".")}\`${hint}`;
    around.findings.push({ offset, message, fix: "use a field its schema declares" });
    return;
  }
}

function checkFields(raw: RawRule, match: Match, at: Path, around: RuleSurroundings): void {
  const typed = exactActions(match, around);
  const check = (fields: readonly string[] | undefined, ...path: Path): void => {
    fields?.forEach((field, index) => {
      const offset = offsetOf(around.root, [...at, ...path, index]);
      checkDeclared(field.split("."), typed, offset, around);
    });
  };
  check(raw.request_fields, "request_fields");
  if (typeof raw.approval === "object")
    check(raw.approval.edits?.fields, "approval", "edits", "fields");
}

/**
 * INVARIANT: I13. What a requester says about the world cannot loosen what is asked of it: a rule
 * that allows must not read it at all, another only ever adds to the default.
 */
function checkClaims(raw: RawRule, condition: Condition, at: Path, around: RuleSurroundings): void {
  const node = nodeAt(around.root, [...at, "when"]);
  for (const { path, start } of condition.claims) {
    const offset = node?.kind === "scalar" ? offsetInScalar(around.text, node, start) : 0;
    const said = `\`${path.join(".")}\` is what the requester says of itself`;
    const fix =
      "decide by what is executed (`action.properties`, `resource.type`, `resource.id`) or by what " +
      "the registry knows (`subject.labels`, `subject.groups`)";
    if (raw.decision === "allow") {
      around.findings.push({
        offset,
        message: `${said}, so nothing may be allowed by it (I13)`,
        fix,
      });
    } else {
      const message = `${said}: the rule adds to the default and does not replace it (I13)`;
      around.warnings.push({ offset, message, fix });
    }
  }
}

function holdOf(raw: RawRule, at: Path, around: RuleSurroundings): Obligations | null {
  if (raw.decision !== "hold") {
    for (const field of ["approval", "deadline"] as const) {
      if (raw[field] === undefined) continue;
      const message = `\`${field}\` is for a hold`;
      report(around, [...at, field], message, "remove it, or write `decision: hold`");
    }
    return null;
  }
  if (
    raw.deadline !== undefined &&
    typeof raw.approval === "object" &&
    raw.approval.deadline !== undefined
  ) {
    report(
      around,
      [...at, "deadline"],
      "the approval has a `deadline` already",
      "keep one of them",
    );
  }
  const deadline = raw.deadline === undefined ? {} : { deadline: raw.deadline };
  const approval: RawApproval =
    raw.approval === "self" ? { approvers: "self", ...deadline } : { ...deadline, ...raw.approval };
  return approvalOf(approval, raw, { at, risk: riskOf(raw, "hold"), around });
}

function approvalOf(
  approval: RawApproval | null,
  raw: RawOutcome,
  {
    at,
    risk,
    around,
  }: { readonly at: Path; readonly risk: Risk; readonly around: RuleSurroundings },
): Obligations | null {
  if (approval === null) return null;
  const { obligations, issues } = compileApproval(approval, { ...raw, effectiveRisk: risk });
  const base = at[0] === "default" ? at : [...at, "approval"];
  for (const issue of issues) reportApproval(issue, { at, base, around });
  return obligations;
}

function reportApproval(
  { path, message, fix }: ApprovalIssue,
  {
    at,
    base,
    around,
  }: { readonly at: Path; readonly base: Path; readonly around: RuleSurroundings },
): void {
  const present = nodeAt(around.root, base) !== null && path.length > 0;
  report(around, present ? [...base, ...path] : [...at, "decision"], message, fix);
}
