/**
 * What is asked of a change of policy. It is built in: no policy text loosens how it is replaced, its
 * rules about `policy.publish` may only ask for more (T13, T40).
 */
import type { CompiledPolicy } from "./compiled-policy.ts";
import { evaluate } from "./evaluate.ts";
import type { Obligations, PolicyDecision, PolicyInput } from "./model.ts";
import { mergeObligations } from "./obligations.ts";
import { policyAbout } from "./policy-about.ts";

/** The action of a change of policy. */
export const PUBLISH_ACTION = "policy.publish";
/** The identity that asks for what people change: the server itself, which no key is of. */
export const PUBLISHER = "haltpoint";
/** A source of reviewers that no policy text can name: whoever has the right. */
const POLICY_ADMINS = "right:policy_admin";

const RULE = "built-in:second-policy-admin";
const WHY = "a second policy admin approves each change of policy";
const DAY_MS = 86_400_000;

const SECOND_ADMIN: Obligations = {
  risk: "high",
  approval: "quorum",
  quorum: [{ count: 1, from: [POLICY_ADMINS], escalate: [] }],
  confirm: [],
  stepUp: "none",
  editableFields: [],
  editorMayApprove: false,
  ownerMayApprove: false,
  onBehalfOfMayApprove: false,
  excludedPersons: [],
  deadlineMs: 7 * DAY_MS,
  extendMs: 0,
  undoMs: 0,
  grantDeadlineMs: DAY_MS,
  assurance: "mediated",
  onReject: "none",
  ruleOwners: [],
  controls: [],
};

export interface PublicationRules {
  /** Of the policy in force. */
  readonly version: string;
  decide(input: PolicyInput): PolicyDecision;
}

/** What the policy in force, and what is built in, say of a change to another. */
export function publicationRules(inForce: CompiledPolicy): PublicationRules {
  // A rule about everything is not meant.
  const own = policyAbout(inForce, ({ stem, isPrefix }) => !isPrefix && stem === PUBLISH_ACTION);
  const { version } = inForce;
  return {
    version,
    decide: (input) => {
      if (input.identity.id !== PUBLISHER) {
        return said(version, input, {
          effect: "deny",
          reason: "policy is changed by people, with `haltpoint policy publish`",
        });
      }
      if (baseOf(input) !== version) {
        return said(version, input, {
          effect: "deny",
          reason: "the policy it was made against is no longer in force; propose it anew",
        });
      }
      const built = said(version, input, { effect: "hold", reason: WHY });
      return own === null ? built : withOwn(built, evaluate(own, input));
    },
  };
}

function baseOf({ revision }: PolicyInput): unknown {
  const { properties } = revision.action;
  if (typeof properties !== "object" || properties === null) return undefined;
  return "base" in properties ? properties.base : undefined;
}

function said(
  version: string,
  { revision }: PolicyInput,
  { effect, reason }: { readonly effect: "hold" | "deny"; readonly reason: string },
): PolicyDecision {
  const values = { "action.name": revision.action.name };
  return {
    effect,
    vetoWindowMs: 0,
    obligations: effect === "hold" ? SECOND_ADMIN : null,
    fallback: null,
    missingFields: [],
    reasons: [reason],
    matchedRules: [RULE],
    grantDeadlineMs: DAY_MS,
    risk: "high",
    impact: "privilege_change",
    impacts: ["privilege_change"],
    budgets: [],
    shadow: null,
    policyVersion: version,
    traces: [{ rule: RULE, why: reason, outcome: "matched", effect, values }],
  };
}

/** INVARIANT: T13. What the text says is added where it asks for more, and is otherwise nothing. */
function withOwn(built: PolicyDecision, own: PolicyDecision): PolicyDecision {
  if (own.matchedRules.length === 0 || own.effect === "allow") return built;
  const both = {
    ...built,
    matchedRules: [...built.matchedRules, ...own.matchedRules],
    reasons: [...built.reasons, ...own.reasons],
    missingFields: own.missingFields,
    traces: [...built.traces, ...own.traces],
  };
  if (own.effect === "deny" || own.obligations === null) {
    return { ...both, effect: "deny", obligations: null, reasons: own.reasons };
  }
  const obligations = mergeObligations(SECOND_ADMIN, own.obligations);
  // Approved, it is in force with the same commit: there is no time in which to think again.
  return { ...both, obligations: { ...obligations, undoMs: 0 }, risk: obligations.risk };
}
