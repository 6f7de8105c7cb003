/** What a request looks like to conditions and traces. */
import { classificationOf } from "../impact/classification.ts";
import { BudgetValues, type BudgetMember } from "./budget-values.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import type { ReadPaths } from "./condition/condition.ts";
import type { Scope } from "./condition/scope.ts";
import { Meter, Timestamp, type Value } from "./condition/value.ts";
import { shownValue } from "./display.ts";
import { memberAtPath } from "../member-at-path.ts";
import type { PolicyInput } from "./model.ts";

/**
 * Steps all conditions of one decision may take together: about 20 ms, and some thirty
 * rounds over a list of 1,000.
 */
export const STEPS_MAX = 150_000;

export interface Request {
  readonly scope: Scope;
  /** Why the arguments do not fit the action's schema; null where they do. */
  readonly mismatch: string | null;
}

/** Validates the arguments, then makes them visible to conditions. */
export function requestOf(policy: CompiledPolicy, input: PolicyInput): Request {
  const { subject, action, resource, context } = input.revision;
  const declared = policy.actions.get(action.name);
  const properties = action.properties ?? NONE;
  const mismatch =
    declared === undefined
      ? null
      : (declared.properties?.mismatch(properties, "action.properties") ??
        declared.resource?.mismatch(resource, "resource") ??
        null);
  const typed =
    mismatch === null ? (declared?.properties?.withIntegers(properties) ?? properties) : properties;
  const { id, type, owner, stage, groups, labels } = input.identity;
  return {
    mismatch,
    scope: {
      // INVARIANT: I13. The registry's word, never the request's.
      subject: { id, type, owner, stage, groups, labels },
      claims: { subject: asValue(subject.properties ?? NONE) },
      action: { name: action.name, properties: asValue(typed) },
      resource: {
        type: resource.type,
        id: resource.id,
        properties: asValue(resource.properties ?? NONE),
      },
      context: asValue(context ?? NONE),
      get impact() {
        return impactOf(input);
      },
      now: new Timestamp(input.now),
      budgets: policy.budgets.size === 0 ? null : new BudgetValues(policy.budgets, input),
      locals: [],
      meter: new Meter(STEPS_MAX),
      worked: new Map(),
    },
  };
}

/** The same moment and content with a fresh allowance, for an explanation after the decision. */
export function refreshed(scope: Scope): Scope {
  return { ...scope, locals: [], meter: new Meter(STEPS_MAX), worked: new Map() };
}

/** The classification as conditions read it. */
function impactOf(input: PolicyInput): Value {
  const found = classificationOf(input);
  return {
    categories: found.impacts,
    access: found.access,
    confidence: found.confidence,
    outside: found.outside,
    from_results: found.fromResults,
    from_person: found.fromPerson,
    origin: found.origin,
    content_origin: found.contentOrigin,
    program: found.program,
  };
}

const NONE: Value = {};

/** JSON is a subset of the values conditions know. */
function asValue(json: unknown): Value {
  return json as Value;
}

/** Shows what conditions read, once for each path, and never what is sensitive (T28). */
export class ValueDisplay {
  readonly #scope: Scope;
  readonly #sensitive: readonly (readonly string[])[];
  readonly #shown = new Map<string, string>();
  readonly #together = new Map<ReadPaths, Readonly<Record<string, string>>>();

  constructor(scope: Scope, sensitive: readonly string[]) {
    this.#scope = scope;
    this.#sensitive = sensitive.map((path) => path.split("."));
  }

  /** By path; the same object for the same paths. */
  of(paths: ReadPaths): Readonly<Record<string, string>> {
    const known = this.#together.get(paths);
    if (known !== undefined) return known;
    const shown: Record<string, string> = {};
    for (const { text, path } of paths) {
      const value = this.#shown.get(text) ?? this.#show(path);
      this.#shown.set(text, value);
      shown[text] = value;
    }
    this.#together.set(paths, shown);
    return shown;
  }

  #show(path: readonly string[]): string {
    return this.#isSensitive(path) ? "(sensitive)" : shownValue(this.#read(path));
  }

  #read([root = "", ...rest]: readonly string[]): unknown {
    if (root === "now") return this.#scope.now.toString();
    if (root === "budget") {
      const [name = "", member = "over"] = rest;
      return this.#scope.budgets?.show(name, member as BudgetMember);
    }
    return memberAtPath(this.#scope, [root, ...rest]);
  }

  /** Also a record that holds a sensitive field, and a part of one. */
  #isSensitive(path: readonly string[]): boolean {
    if (this.#sensitive.length === 0) return false;
    const [root, second, ...rest] = path;
    // It names recipients, and which arguments they came from is not told apart.
    if (root === "impact") return second === undefined || second === "outside";
    const inRevision =
      root === "claims" && second === "subject" ? ["subject", "properties", ...rest] : path;
    return this.#sensitive.some((hidden) =>
      hidden.every((segment, index) => {
        const own = inRevision[index];
        return own === undefined || segment === "*" || segment === own;
      }),
    );
  }
}
