/** What a condition can see, and where claims are (I13). */
import type { BudgetValues } from "../budget-values.ts";
import type { Meter, Timestamp, Value } from "./value.ts";

/**
 * The variables of a condition. `subject` is what the registry knows of the identity; what the
 * request says of it is `claims.subject`.
 */
export interface Scope {
  readonly subject: Value;
  readonly claims: Value;
  readonly action: Value;
  readonly resource: Value;
  readonly context: Value;
  /** What the classifier makes of the call; worked out when it is first read. */
  readonly impact: Value;
  readonly now: Timestamp;
  /** Null: the policy has none. */
  readonly budgets: BudgetValues | null;
  /** Elements that quantifiers are at, outermost first. */
  readonly locals: Value[];
  readonly meter: Meter;
  /** What was worked out already in this decision, by what works it out. */
  readonly worked: Map<unknown, () => Value>;
}

export const ROOTS = [
  "subject",
  "claims",
  "action",
  "resource",
  "context",
  "impact",
  "now",
] as const;
export type Root = (typeof ROOTS)[number];

export function isRoot(name: string): name is Root {
  return (ROOTS as readonly string[]).includes(name);
}

/**
 * Whether a path is something the requester says about the world, and not the operand that will be
 * executed (I13). `action.properties`, `resource.type` and `resource.id` are operands: a request
 * that lies there lies about what it runs.
 */
export function isClaim([root, member]: readonly string[]): boolean {
  if (root === "claims" || root === "context") return true;
  return root === "resource" && (member === undefined || member === "properties");
}
