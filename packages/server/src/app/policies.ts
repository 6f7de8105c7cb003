/** The policy in force, compiled once per policy epoch. */
import {
  changeRules,
  declaredAction,
  evaluate,
  groupsOf,
  loadPolicy,
  publicationRules,
  PUBLISH_ACTION,
  PUBLISHER,
  sensitivePaths,
  type CompiledPolicy,
  type DeclaredAction,
} from "../domain/policy/policy.ts";
import type { CompiledBudget } from "../domain/policy/compiled-budget.ts";
import type { PolicyDecision, PolicyInput } from "../domain/policy/model.ts";
import type { Store } from "../ports/store.ts";

/** A compiled policy, as the use cases need it. */
export interface PolicyInForce {
  readonly version: string;
  /** By name. */
  readonly budgets: ReadonlyMap<string, CompiledBudget>;
  decide(input: PolicyInput): PolicyDecision;
  /** The same decision; its traces also say what the rules that nearly matched lacked. */
  explain(input: PolicyInput): PolicyDecision;
  /** Whether any of its rules is about changes to the registry. */
  readonly governsRegistry: boolean;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  sensitivePaths(actionName: string): readonly string[];
  /** What it says of an action beside its rules; null: it declares none of this name. */
  declared(actionName: string): DeclaredAction | null;
}

/** Cards of requests from before the policy changed; those are few policies, and each is large. */
const EARLIER_MAX = 4;

/** A cache keyed by the epoch, so that a server that missed a change cannot use an old policy. */
export class Policies {
  readonly #store: Store;
  #cached: { readonly epoch: number; readonly policy: PolicyInForce } | null = null;
  /** By version: a text never changes, so what it says does not either. */
  readonly #earlier = new Map<string, PolicyInForce>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The policy of this epoch, or of a newer one; then the commit's fence turns it down. */
  async current(epoch: number): Promise<PolicyInForce> {
    if (this.#cached?.epoch === epoch) return this.#cached.policy;
    const stored = await this.#store.policy();
    const policy = stored === null ? NO_POLICY : compile(stored.text, stored.version);
    this.#cached = { epoch, policy };
    return policy;
  }

  /** A policy that was in force once; null where none of this version was, or it is not readable. */
  async earlier(version: string): Promise<PolicyInForce | null> {
    const known = this.#earlier.get(version);
    if (known !== undefined) return known;
    const stored = await this.#store.policyByVersion(version);
    const loaded = stored === null ? null : loadPolicy(stored.text, { file: "policy" });
    if (loaded?.ok !== true) return null;
    const policy = policyInUse(loaded.policy);
    const [oldest] = this.#earlier.keys();
    if (this.#earlier.size >= EARLIER_MAX && oldest !== undefined) this.#earlier.delete(oldest);
    this.#earlier.set(version, policy);
    return policy;
  }
}

function compile(text: string, version: string): PolicyInForce {
  const loaded = loadPolicy(text, { file: "policy" });
  // It was accepted when it was published. A build that no longer reads it must not guess.
  if (!loaded.ok) return { ...NO_POLICY, version };
  return policyInUse(loaded.policy);
}

/** A policy as the use cases ask it. */
export function policyInUse(policy: CompiledPolicy): PolicyInForce {
  const publication = publicationRules(policy);
  const changes = changeRules(policy);
  // What the server itself asks for, on behalf of people, has rules of its own.
  const ofServer = ({ identity, revision }: PolicyInput): Decide | null => {
    if (revision.action.name === PUBLISH_ACTION) return (asked) => publication.decide(asked);
    return identity.id === PUBLISHER ? (changes ?? NO_CHANGE) : null;
  };
  return {
    version: policy.version,
    governsRegistry: changes !== null,
    decide: (input) => ofServer(input)?.(input) ?? evaluate(policy, input),
    explain: (input) => ofServer(input)?.(input) ?? evaluate(policy, input, { nearMisses: true }),
    groups: groupsOf(policy),
    budgets: policy.budgets,
    // What is about to be in force is shown whole, whatever it says of being shown (T18).
    sensitivePaths: (name) => (name === PUBLISH_ACTION ? [] : sensitivePaths(policy, name)),
    declared: (name) => (name === PUBLISH_ACTION ? null : declaredAction(policy, name)),
  };
}

type Decide = (input: PolicyInput) => PolicyDecision;

const NOTHING_ALLOWED: PolicyDecision = {
  effect: "deny",
  vetoWindowMs: 0,
  obligations: null,
  fallback: null,
  missingFields: [],
  reasons: ["no policy is in force; publish one"],
  matchedRules: [],
  grantDeadlineMs: 0,
  risk: "critical",
  impact: null,
  impacts: [],
  shadow: null,
  policyVersion: "none",
  budgets: [],
  traces: [],
};

/** Held by rules that are gone meanwhile: whoever wants it asks anew. */
const NO_CHANGE: Decide = () => ({
  ...NOTHING_ALLOWED,
  reasons: ["no rule of the policy is about changes of the registry any more; make it again"],
});

/** Without a policy nothing is allowed and nothing can be approved. */
const NO_POLICY: PolicyInForce = {
  version: "none",
  governsRegistry: false,
  groups: new Map(),
  budgets: new Map(),
  sensitivePaths: () => [],
  declared: () => null,
  decide: () => NOTHING_ALLOWED,
  explain: () => NOTHING_ALLOWED,
};
