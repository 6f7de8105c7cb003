/** What policy is told of a request: its content, and what the registry knows of who asks. */
import type { Revision } from "@haltpoint/protocol";
import type { IdentityFacts, PolicyInput } from "../domain/policy/model.ts";
import type { Standing } from "../ports/store.ts";
import type { App } from "./app.ts";

export interface Asked {
  readonly identityId: string;
  readonly assurance: PolicyInput["assurance"];
  /** Sensitive fields included. */
  readonly content: Revision;
}

/** As of now, by the registry of this standing. */
export async function inputOf(
  app: App,
  { epochs, time }: Standing,
  { identityId, assurance, content }: Asked,
): Promise<PolicyInput> {
  const membership = await app.facts.membership(epochs.membership);
  const identity = await membership.identity(identityId);
  return policyInput(app, identity ?? UNKNOWN_IDENTITY(identityId), {
    revision: content,
    assurance,
    now: time.now,
  });
}

/** The one place where what policy is told is put together. */
export function policyInput(
  app: Pick<App, "organisation">,
  identity: IdentityFacts,
  asked: Pick<PolicyInput, "revision" | "assurance" | "now">,
): PolicyInput {
  return { ...asked, identity, organisation: app.organisation };
}

/** An identity that is gone from the registry has no attribute that could help it. */
const UNKNOWN_IDENTITY = (id: string): IdentityFacts => ({
  id,
  type: "unknown",
  owner: "",
  stage: "offboarded",
  groups: [],
  labels: {},
  actsForPeople: true,
  may: [],
  mode: "enforce",
});
