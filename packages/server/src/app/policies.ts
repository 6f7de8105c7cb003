/** The policy in force, compiled once per policy epoch. */
import { evaluate, groupsOf, loadPolicy, sensitivePaths } from "../domain/policy/policy.ts";
import type { PolicyDecision, PolicyInput } from "../domain/policy/model.ts";
import type { Store } from "../ports/store.ts";

/** A compiled policy, as the use cases need it. */
export interface PolicyInForce {
  readonly version: string;
  decide(input: PolicyInput): PolicyDecision;
  /** The same decision; its traces also say what the rules that nearly matched lacked. */
  explain(input: PolicyInput): PolicyDecision;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  sensitivePaths(actionName: string): readonly string[];
}

/** A cache keyed by the epoch, so that a server that missed a change cannot use an old policy. */
export class Policies {
  readonly #store: Store;
  #cached: { readonly epoch: number; readonly policy: PolicyInForce } | null = null;

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
}

function compile(text: string, version: string): PolicyInForce {
  const loaded = loadPolicy(text, { file: "policy" });
  // It was accepted when it was published. A build that no longer reads it must not guess.
  if (!loaded.ok) return { ...NO_POLICY, version };
  const { policy } = loaded;
  return {
    version,
    decide: (input) => evaluate(policy, input),
    explain: (input) => evaluate(policy, input, { nearMisses: true }),
    groups: groupsOf(policy),
    sensitivePaths: (actionName) => sensitivePaths(policy, actionName),
  };
}

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
  shadow: null,
  policyVersion: "none",
  traces: [],
};

/** Without a policy nothing is allowed and nothing can be approved. */
const NO_POLICY: PolicyInForce = {
  version: "none",
  groups: new Map(),
  sensitivePaths: () => [],
  decide: () => NOTHING_ALLOWED,
  explain: () => NOTHING_ALLOWED,
};
