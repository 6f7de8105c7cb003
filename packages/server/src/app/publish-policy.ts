/** Publishing: a policy is taken whole or refused whole; either way the ledger says so. */
import { sha256Base64url, type Revision } from "@haltpoint/protocol";
import type { PolicyDecision } from "../domain/policy/model.ts";
import {
  explain,
  formatLoadProblem,
  loadPolicy,
  type CompiledPolicy,
} from "../domain/policy/policy.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { countBudgets } from "./budgets.ts";
import { countEarlier } from "./count-earlier.ts";
import { commitOnce, type Keyed } from "./execute.ts";
import { doneBefore, withKey } from "./keyed-change.ts";
import { systemEntry } from "./registry.ts";
import { fenceRight } from "./right-fence.ts";

export interface Publish {
  readonly text: string;
  /** `person:ana`; `setup` for the first policy; `development` for a watched file. */
  readonly by: string;
  /** Name of the file, for messages. */
  readonly file: string;
  /** The caller's idempotency key; the host's own commands have none. */
  readonly keyed?: Keyed;
}

/** Puts a policy in force, or says with line, column and caret why not; the last one stays then. */
export async function publishPolicy(
  app: App,
  publish: Publish,
): Promise<Answer<{ readonly version: string; readonly changed: boolean }>> {
  const { text, by, file, keyed } = publish;
  const before = await doneBefore(app, keyed);
  if (!before.ok) return before;
  if (before.value !== null)
    return answered({ version: before.value.answer ?? "", changed: false });
  const fence = await fenceRight(app, by, "policy_admin");
  if (!fence.ok) return fence;
  const { now } = await app.store.time();
  const loaded = loadPolicy(text, { file });
  if (!loaded.ok) {
    const digest = sha256Base64url(text);
    const data = { digest, problems: loaded.problems.length };
    await commitOnce(app, { expected: {}, writes: [systemEntry("policy_refused", now, by, data)] });
    return refused("unsupported_policy", loaded.problems.map(formatLoadProblem).join("\n\n"));
  }
  const { version } = loaded.policy;
  const { policy: epoch } = await app.store.epochs();
  const current = await app.store.policy();
  if (current?.version === version) return answered({ version, changed: false });
  const data = { version, previous: current?.version ?? null };
  const key = withKey(keyed, { answer: version, now });
  const done = await commitOnce(app, {
    // The entry says what this one replaces; of two published at once the later replaces the other.
    expected: { ...key.expected, epochs: { policy: epoch, ...fence.value } },
    writes: [
      {
        kind: "policy",
        policy: { version, text, by, at: now },
        budgets: definitionsOf(loaded.policy),
      },
      systemEntry("policy_published", now, by, data),
      ...key.writes,
    ],
  });
  if (!done) return publishPolicy(app, publish);
  if (loaded.policy.budgets.size > 0) {
    // What is not counted yet holds, and is counted in the background, should this fail.
    await countEarlier(app).catch((fault: unknown) => {
      app.onFault(fault instanceof Error ? fault : new Error(String(fault)));
    });
  }
  return answered({ version, changed: true });
}

function definitionsOf({ budgets }: CompiledPolicy): readonly string[] {
  return [...new Set([...budgets.values()].map(({ definition }) => definition))];
}

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
  const input = {
    revision: { ...asked.request, subject },
    identity,
    assurance: identity.assurance,
    organisation: app.organisation,
    now,
  };
  const of = { policyEpoch: epochs.policy, leftOut: null };
  const { totals } = await countBudgets(app, policy, input, of);
  const decision = policy.explain({ ...input, budgets: totals });
  return answered({ decision, text: explain(decision, input) });
}
