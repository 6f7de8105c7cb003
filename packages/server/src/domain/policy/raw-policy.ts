/**
 * A policy file as the form lets it through (`policy-schema.ts`): every field that is present has
 * the type written here. What is required or fits together is checked by the compilers.
 */
import type { RawAction } from "./actions.ts";
import type { Impact } from "../impact/model.ts";
import type { Assurance, Effect, Risk, StepUp } from "./model.ts";
import type { Day } from "./windows.ts";

export interface RawPolicy {
  readonly version: 1;
  readonly mode?: "enforce" | "shadow";
  readonly unknown_actions?: "default" | "deny";
  readonly default?: RawDefault;
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly windows?: Readonly<Record<string, RawWindow>>;
  readonly budgets?: Readonly<Record<string, RawBudget>>;
  readonly actions?: Readonly<Record<string, RawAction>>;
  readonly rules?: readonly RawRule[];
}

export interface RawBudget {
  readonly sum?: string;
  readonly count?: true;
  readonly distinct?: string;
  readonly per?: OneOrMore;
  readonly match?: RawMatch;
  readonly window: string;
  readonly limit: string | number;
}

export interface RawWindow {
  readonly days: readonly Day[];
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

export interface RawOutcome {
  readonly why?: string;
  readonly owner?: string;
  readonly risk?: Risk;
  readonly request_fields?: readonly string[];
  readonly assurance?: Assurance;
  readonly grant?: { readonly deadline: string };
  readonly controls?: readonly string[];
}

export interface RawEscalation {
  readonly after: string;
  readonly to: string;
}

export interface RawApproval {
  readonly approvers?: string;
  readonly quorum?: readonly {
    readonly count: number;
    readonly from: string | readonly string[];
    readonly escalate?: readonly RawEscalation[];
  }[];
  readonly confirm?: readonly { readonly id: string; readonly text: string }[];
  readonly step_up?: StepUp;
  readonly edits?: { readonly fields: readonly string[]; readonly editor_may_approve?: boolean };
  readonly deadline?: string;
  readonly extend?: string;
  readonly undo?: string;
  readonly escalate?: readonly RawEscalation[];
  readonly on_reject?: "none" | "halt_session";
  readonly owner_may_approve?: boolean;
  readonly on_behalf_of_may_approve?: boolean;
  readonly exclude?: readonly string[];
}

export interface RawDefault extends RawOutcome, RawApproval {
  readonly decision: "hold" | "deny";
}

export type OneOrMore = string | readonly string[];

export interface RawMatch {
  readonly action?: OneOrMore;
  readonly subject?: {
    readonly type?: OneOrMore;
    readonly id?: OneOrMore;
    readonly group?: OneOrMore;
  };
  readonly resource?: { readonly type?: OneOrMore; readonly id?: OneOrMore };
  readonly impact?: Impact | readonly Impact[];
}

export interface RawRule extends RawOutcome {
  readonly id: string;
  readonly match: RawMatch;
  readonly when?: string | boolean;
  readonly decision: Effect;
  readonly mode?: "enforce" | "shadow";
  readonly impact?: string;
  readonly veto_window?: string;
  readonly deadline?: string;
  readonly approval?: "self" | RawApproval;
}

/** The members of a field that takes one or more. */
export function membersOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
