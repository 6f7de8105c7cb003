/** What the parts of the compiler share. */
import type { ASTNode } from "@marcbachmann/cel-js";
import type { CompiledBudget } from "../compiled-budget.ts";
import type { Window } from "../windows.ts";
import type { Scope } from "./scope.ts";
import { ConditionError, kindOf, type Value } from "./value.ts";

export type Thunk = (scope: Scope) => Value;
export type Node = ASTNode;

/** Something wrong with a condition; `start` counts code units of its text. */
export interface ConditionIssue {
  readonly start: number;
  readonly message: string;
  readonly fix: string;
}

/** A static path that a condition looks at, and where it first does. */
export interface Read {
  /** The path with dots. */
  readonly text: string;
  readonly path: readonly string[];
  readonly start: number;
}

/** One condition while it is compiled. */
export interface Compilation {
  readonly windows: ReadonlyMap<string, Window>;
  /** Null: one that is wrong in form. */
  readonly budgets: ReadonlyMap<string, CompiledBudget | null>;
  readonly issues: ConditionIssue[];
  /** By their text, outermost selects only: `action.properties.amount`. */
  readonly reads: Map<string, Read>;
  /** Names of the quantifier variables in scope; their index is their slot. */
  readonly locals: readonly string[];
  /** Nodes compiled so far: what one round of a quantifier's body costs. */
  readonly count: { nodes: number };
  /** Compiles any node. `inChain`: it is what a select or index selects from. */
  readonly compile: (node: Node, at: Compilation, inChain?: boolean) => Thunk;
  readonly shared: SharedThunks;
}

/**
 * One closure for one expression, however many rules of a policy have it: 5,000 rules that look at
 * `action.properties.amount` share what reads it, so that judging them stays in the caches.
 */
export type SharedThunks = Map<string, Thunk>;

/** Steps for an error that an operator absorbs: making one costs far more than a step. */
export const ABSORBED_STEPS = 200;

/** The node as the condition writes it: named in errors, where a value must not be. */
export function textOf(node: Node): string {
  return node.input.slice(node.start, node.end);
}

const CONSTANTS = new WeakMap<Thunk, Value>();

/** A thunk that always gives the same. */
export function constant(value: Value): Thunk {
  const thunk: Thunk = () => value;
  CONSTANTS.set(thunk, value);
  return thunk;
}

/** What a thunk always gives; undefined where that depends on the request. */
export function constantValue(thunk: Thunk): Value | undefined {
  return CONSTANTS.get(thunk);
}

/** Works a thunk out once for each decision. For what costs more than looking it up. */
export function onceADecision(thunk: Thunk): Thunk {
  const once: Thunk = (scope) => {
    const known = scope.worked.get(once);
    if (known !== undefined) return known();
    try {
      const value = thunk(scope);
      scope.worked.set(once, () => value);
      return value;
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      scope.worked.set(once, () => {
        throw error;
      });
      throw error;
    }
  };
  return once;
}

export function truth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new ConditionError(`it needs true or false, not ${kindOf(value)}`);
}
