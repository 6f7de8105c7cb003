/** A rule's `when`: read, checked and compiled once, judged for each request. */
import type { Environment } from "@marcbachmann/cel-js";
import type { CompiledBudget } from "../compiled-budget.ts";
import type { Window } from "../windows.ts";
import {
  truth,
  type Compilation,
  type ConditionIssue,
  type Node,
  type Read,
  type SharedThunks,
  type Thunk,
} from "./compilation.ts";
import { compileNode } from "./compile.ts";
import { didYouMean } from "../nearest-name.ts";
import { KNOWN_FIELDS } from "./environment.ts";
import { textOf } from "./node-text.ts";
import { isClaim, type Scope } from "./scope.ts";
import { ConditionError, CostExceeded, Meter, NOTHING, Timestamp } from "./value.ts";

export type { ConditionIssue, Read, SharedThunks } from "./compilation.ts";

/** A part of a condition that stands beside others under the outermost `&&` or `||`. */
export interface Operand {
  readonly text: string;
  readonly judge: (scope: Scope) => boolean;
  readonly reads: readonly Read[];
}

/** The paths that a condition reads. One array for all conditions that read the same. */
export type ReadPaths = readonly Pick<Read, "text" | "path">[];

export interface Condition {
  readonly text: string;
  /** True or false; throws {@link ConditionError} or {@link CostExceeded}. */
  readonly judge: (scope: Scope) => boolean;
  /** What the condition looks at, such as `["action", "properties", "amount"]`. */
  readonly reads: readonly Read[];
  readonly paths: ReadPaths;
  /** Those of them that are claims about the world (I13). */
  readonly claims: readonly Read[];
  /** Its value where no request can change it. */
  readonly constant: boolean | null;
  readonly operands: readonly Operand[];
}

export type ConditionResult =
  | { readonly kind: "condition"; readonly condition: Condition }
  | { readonly kind: "refused"; readonly issues: readonly ConditionIssue[] };

export interface ConditionSurroundings {
  /** Expressions of the same policy compiled before. */
  readonly shared: SharedThunks;
  readonly share: <T extends object>(data: T) => T;
  readonly windows: ReadonlyMap<string, Window>;
  readonly budgets: ReadonlyMap<string, CompiledBudget | null>;
  /** The type checkers of the actions the rule is about; at least one. */
  readonly environments: readonly { readonly about: string; readonly environment: Environment }[];
}

/** Reads a condition; every action it is about must be able to take it. */
export function compileCondition(text: string, around: ConditionSurroundings): ConditionResult {
  const parsed = parse(text, around);
  if (parsed.kind === "refused") return parsed;
  const at = newCompilation(around);
  const judge = judgeOf(parsed.ast, compileNode(parsed.ast, at));
  if (at.issues.length > 0) return { kind: "refused", issues: at.issues };
  const issues = typeIssues(text, around);
  if (issues.length > 0) return { kind: "refused", issues };
  const reads = [...at.reads.values()];
  const claims = reads.filter(({ path }) => isClaim(path));
  const operands = operandsOf(parsed.ast).map((operand) => compileOperand(operand, around));
  const constant = constantOf(parsed.ast, around);
  const paths = around.share(reads.map((read) => ({ text: read.text, path: read.path })));
  return {
    kind: "condition",
    condition: { text, judge, reads, paths, claims, constant, operands },
  };
}

type Shared = Pick<ConditionSurroundings, "windows" | "budgets" | "shared">;

function newCompilation({ windows, budgets, shared }: Shared): Compilation {
  return {
    windows,
    budgets,
    issues: [],
    reads: new Map(),
    locals: [],
    count: { nodes: 0 },
    compile: compileNode,
    shared,
  };
}

const BOOLEAN_OPERATORS: readonly string[] = [
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "!_",
  "&&",
  "||",
];

function judgeOf(node: Node, thunk: Thunk): (scope: Scope) => boolean {
  if (BOOLEAN_OPERATORS.includes(node.op)) return thunk as (scope: Scope) => boolean;
  return (scope) => truth(thunk(scope));
}

function parse(
  text: string,
  { environments }: ConditionSurroundings,
): { readonly kind: "parsed"; readonly ast: Node } | Extract<ConditionResult, { kind: "refused" }> {
  const environment = environments[0]?.environment;
  if (environment === undefined) throw new Error("a condition is about at least one action");
  try {
    return { kind: "parsed", ast: environment.parse(text).ast };
  } catch (error) {
    return { kind: "refused", issues: [issueOf(error, text)] };
  }
}

/** What the type checker says for each action; the first finding of each. */
function typeIssues(
  text: string,
  { environments }: ConditionSurroundings,
): readonly ConditionIssue[] {
  return environments.flatMap(({ about, environment }) => {
    // Parsed again for each: the checker keeps types on the tree.
    const result = environment.check(text);
    if (!result.valid) {
      const issue = issueOf(result.error, text);
      return [about === "" ? issue : { ...issue, message: `${issue.message} in \`${about}\`` }];
    }
    if (result.type === "bool" || result.type === "dyn") return [];
    const message = `a condition is true or false, and this is ${result.type ?? "something else"}`;
    return [{ start: 0, message, fix: "compare it with something" }];
  });
}

/** What the package's errors carry; its classes are not told apart by anything else we need. */
interface PositionedError {
  readonly summary?: string;
  readonly range?: { readonly start: number };
}

function issueOf(error: unknown, text: string): ConditionIssue {
  const { summary, range } = (error ?? {}) as PositionedError;
  const start = Math.min(range?.start ?? 0, text.length);
  const message = summary ?? "the condition is too long or too deeply nested";
  return { start, ...plainWords(message) };
}

/** The checker's sentences in ours. */
function plainWords(message: string): { readonly message: string; readonly fix: string } {
  const [, field] = /^No such key: (.+)$/s.exec(message) ?? [];
  if (field !== undefined) {
    const hint = didYouMean(field, KNOWN_FIELDS);
    const fix = "use a field the action's schema declares, or see the variables in docs/policy.md";
    return { message: `there is no field \`${field}\`${hint}`, fix };
  }
  const [, overload] = /^no such overload: (.+)$/s.exec(message) ?? [];
  if (overload !== undefined) {
    const fix = overload.includes("$impact")
      ? 'ask for one of its fields, e.g. `"data_release" in impact.categories`'
      : "convert one side, e.g. with `int(…)`, `string(…)` or `money(…)`";
    return { message: `types do not fit: ${overload}`, fix };
  }
  const [, call] = /^found no matching overload for '(.+)'$/s.exec(message) ?? [];
  if (call !== undefined) {
    return {
      message: `no function takes this: \`${call}\``,
      fix: "check the kinds of its arguments",
    };
  }
  return {
    message: `not a condition: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    fix: "correct the CEL here",
  };
}

function compileOperand(node: Node, around: Shared): Operand {
  const at = newCompilation(around);
  const judge = judgeOf(node, compileNode(node, at));
  return { text: textOf(node), judge, reads: [...at.reads.values()] };
}

/** The operands of the outermost `&&`s or `||`s, in order; the node itself where it is neither. */
function operandsOf(node: Node): readonly Node[] {
  if (node.op !== "&&" && node.op !== "||") return [node];
  const { op } = node;
  const operands: Node[] = [];
  let left: Node = node;
  while (left.op === op && (left.op === "&&" || left.op === "||")) {
    operands.unshift(left.args[1]);
    left = left.args[0];
  }
  return [left, ...operands];
}

function constantOf(node: Node, around: Shared): boolean | null {
  if (node.op === "&&" || node.op === "||") {
    const decisive = node.op === "||";
    const parts = operandsOf(node).map((operand) => constantOf(operand, around));
    if (parts.includes(decisive)) return decisive;
    return parts.includes(null) ? null : !decisive;
  }
  if (node.op === "!_") {
    const inner = constantOf(node.args, around);
    return inner === null ? null : !inner;
  }
  const { reads, judge } = compileOperand(node, around);
  if (reads.length > 0) return null;
  try {
    return judge(emptyScope());
  } catch (error) {
    if (error instanceof ConditionError || error instanceof CostExceeded) return null;
    throw error;
  }
}

const CONSTANT_STEPS_MAX = 10_000;

function emptyScope(): Scope {
  const nothing = { subject: NOTHING, claims: NOTHING, action: NOTHING, resource: NOTHING };
  const meter = new Meter(CONSTANT_STEPS_MAX);
  return {
    ...nothing,
    context: NOTHING,
    impact: NOTHING,
    now: new Timestamp(0),
    budgets: null,
    locals: [],
    meter,
    worked: new Map(),
  };
}
