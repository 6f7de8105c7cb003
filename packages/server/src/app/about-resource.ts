/**
 * Where a rule speaks of the resource, who is meant follows from the request: its resource is named in
 * the obligations that come of it, so that they say for good whose owner decides, and who must not.
 *
 * INVARIANT: I13. The resource is what is acted on, not a claim about the world; who owns it and who
 * suspended it is the registry's word. Of a resource that is no registered identity, nobody is known:
 * nobody can fill such a slot, and the rule's owner is told so.
 */
import type { Revision } from "@haltpoint/protocol";
import {
  RESOURCE_OWNER,
  RESOURCE_SUSPENDER,
  type Obligations,
  type PolicyDecision,
  type ReviewerSource,
} from "../domain/policy/model.ts";
import type { Membership } from "./known-facts.ts";

/** The type of a resource that is an identity of the registry. */
export const IDENTITY_RESOURCE = "identity";

const IN_FULL = "identity/";

/** The identity in `identity/agent-1`, what comes after `owner_of:`; null: another thing. */
export function resourceIdentity(whose: string): string | null {
  return whose.startsWith(IN_FULL) ? whose.slice(IN_FULL.length) : null;
}

/** The decision with the resource's own people in it. */
export async function boundTo(
  { resource }: Revision,
  decision: PolicyDecision,
  membership: Membership,
): Promise<PolicyDecision> {
  if (resource.type !== IDENTITY_RESOURCE) return decision;
  const identity = await membership.identity(resource.id);
  const owner = `owner_of:${IN_FULL}${resource.id}`;
  const suspender = identity?.stage === "suspended" ? identity.stageBy : null;
  const about = { owner, suspender };
  const { obligations, fallback } = decision;
  return {
    ...decision,
    obligations: obligations === null ? null : bound(obligations, about),
    fallback: fallback === null ? null : bound(fallback, about),
  };
}

function bound(
  obligations: Obligations,
  about: { readonly owner: ReviewerSource; readonly suspender: string | null },
): Obligations {
  const { quorum, excludedPersons } = obligations;
  const source = (each: ReviewerSource): ReviewerSource =>
    each === RESOURCE_OWNER ? about.owner : each;
  return {
    ...obligations,
    quorum: quorum.map(({ count, from, escalate }) => ({
      count,
      from: from.map(source),
      escalate: escalate.map((step) => ({ ...step, to: source(step.to) })),
    })),
    excludedPersons: excludedPersons.flatMap((person) => {
      if (person !== RESOURCE_SUSPENDER) return [person];
      return about.suspender === null ? [] : [about.suspender];
    }),
  };
}
