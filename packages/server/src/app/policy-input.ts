/** What policy is told of a request: its content, and what the registry knows of who asks. */
import type { Revision } from "@haltpoint/protocol";
import type { PolicyInput } from "../domain/policy/model.ts";
import type { Standing } from "../ports/store.ts";
import type { App } from "./app.ts";

export interface Asked {
  readonly identityId: string;
  readonly assurance: PolicyInput["assurance"];
  /** Sensitive fields included. */
  readonly content: Revision;
}

export async function inputOf(
  app: App,
  { epochs, time }: Standing,
  { identityId, assurance, content }: Asked,
): Promise<PolicyInput> {
  const membership = await app.facts.membership(epochs.membership);
  const identity = await membership.identity(identityId);
  return {
    revision: content,
    identity: identity ?? UNKNOWN_IDENTITY(identityId),
    assurance,
    organisation: app.organisation,
    now: time.now,
  };
}

/** An identity that is gone from the registry has no attribute that could help it. */
const UNKNOWN_IDENTITY = (id: string): PolicyInput["identity"] => ({
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
