/** Asking what policy would say; nothing is submitted and nothing is stored. */
import type { Revision } from "@haltpoint/protocol";
import type { PolicyDecision } from "../domain/policy/model.ts";
import { explain } from "../domain/policy/policy.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { countBudgets } from "./budgets.ts";
import { policyInput } from "./policy-input.ts";

export interface Explained {
  readonly decision: PolicyDecision;
  readonly text: string;
}

/** What policy in force would say of a request by this identity; nothing is submitted. */
export async function explainPolicy(
  app: App,
  asked: { readonly identityId: string; readonly request: Omit<Revision, "subject"> },
): Promise<Answer<Explained>> {
  const identity = await app.store.identity(asked.identityId);
  if (identity === null) {
    return refused("not_found", `no identity \`${asked.identityId}\` is registered`, {
      field: "identity",
    });
  }
  const epochs = await app.store.epochs();
  const { now } = await app.store.time();
  const policy = await app.policies.current(epochs.policy);
  const subject = { type: identity.type, id: identity.id };
  const revision = { ...asked.request, subject };
  const input = policyInput(app, identity, { revision, assurance: identity.assurance, now });
  const of = { policyEpoch: epochs.policy, leftOut: null };
  const { totals } = await countBudgets(app, policy, input, of);
  const decision = policy.explain({ ...input, budgets: totals });
  return answered({ decision, text: explain(decision, input) });
}
