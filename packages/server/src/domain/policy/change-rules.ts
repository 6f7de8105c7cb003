/**
 * What a policy says of changes to the registry that people make: `identity.resume` and the like. Only
 * rules that name such an action are asked. Where none does, an operator's right is enough; a rule about
 * everything is meant for agents, and a `deny` in it must not lock the registry.
 */
import { CHANGE_PREFIX } from "../registry/lifecycle.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import { evaluate } from "./evaluate.ts";
import type { PolicyDecision, PolicyInput } from "./model.ts";
import { policyAbout } from "./policy-about.ts";

const NO_RULE = "no rule of the policy asks for more than an operator's right";
const NO_WINDOW =
  "a change of the registry has no veto window; the rule has to say `decision: hold`";

const NO_SELF =
  "a change of the registry is approved by somebody else than who wants it; the rule has to say who, " +
  "with `approvers` or `quorum`";

/** How a policy decides about changes to the registry; null where no rule names any. */
export function changeRules(
  policy: CompiledPolicy,
): ((input: PolicyInput) => PolicyDecision) | null {
  const own = policyAbout(policy, ({ stem }) => stem.startsWith(CHANGE_PREFIX));
  if (own === null) return null;
  return (input) => {
    const said = evaluate(own, input);
    if (said.matchedRules.length === 0) return unasked(said);
    if (said.effect === "allow" && said.vetoWindowMs > 0) {
      return { ...said, effect: "deny", vetoWindowMs: 0, reasons: [NO_WINDOW] };
    }
    const { obligations } = said;
    if (obligations === null) return said;
    if (obligations.approval === "self") {
      return { ...said, effect: "deny", obligations: null, reasons: [NO_SELF] };
    }
    // INVARIANT: T13. Whoever wants it is not among who approves it: a rule asks for more than an
    // operator's right, and no rule lets somebody loosen what they own, which is refused without one.
    // It is made in the commit of its approval: nothing is edited on the way, and there is no time in
    // which to think again.
    const asked = { ...obligations, onBehalfOfMayApprove: false, editableFields: [], undoMs: 0 };
    return { ...said, obligations: asked };
  };
}

/** The default is for agents. */
function unasked(said: PolicyDecision): PolicyDecision {
  return {
    ...said,
    effect: "allow",
    vetoWindowMs: 0,
    obligations: null,
    fallback: null,
    reasons: [NO_RULE],
  };
}
