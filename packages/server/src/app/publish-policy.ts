/**
 * Putting a policy in force. It is taken whole or refused whole; either way the ledger says so. A
 * person only proposes one (see `propose-policy.ts`); without a second person it is put in force at
 * set-up, in development and by whoever can write the store.
 */
import { sha256Base64url } from "@haltpoint/protocol";
import { formatLoadProblem, loadPolicy, type CompiledPolicy } from "../domain/policy/policy.ts";
import type { Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { commitOnce, systemEntry } from "./commit-once.ts";
import { countEarlier } from "./count-earlier.ts";

/** Why nobody else was asked: the first policy, a development server, or recovery on the host. */
export type Unasked = "setup" | "development" | "operator";

export interface Publish {
  readonly text: string;
  readonly by: Unasked;
  /** Name of the file, for messages. */
  readonly file: string;
  /** For the record: why an operator did so. */
  readonly reason?: string;
}

export interface Published {
  readonly version: string;
  /** False: this very policy was in force already. */
  readonly changed: boolean;
}

/** Puts a policy in force, or says with line, column and caret why not; the last one stays then. */
export async function publishPolicy(app: App, publish: Publish): Promise<Answer<Published>> {
  const { text, by, file, reason } = publish;
  const loaded = await acceptPolicy(app, { text, by, file });
  if (!loaded.ok) return loaded;
  const { version } = loaded.value;
  const { policy: epoch } = await app.store.epochs();
  const { now } = await app.store.time();
  const current = await app.store.policy();
  if (current?.version === version) return answered({ version, changed: false });
  const about = { version, text, by, at: now, requestId: null, reason: reason ?? null };
  const done = await commitOnce(app, {
    // The entry says what this one replaces; of two published at once the later replaces the other.
    expected: { epochs: { policy: epoch } },
    writes: publicationWrites(about, current?.version ?? null, loaded.value),
  });
  if (!done) return publishPolicy(app, publish);
  if (loaded.value.budgets.size > 0) {
    // What is not counted yet holds, and is counted in the background, should this fail.
    await countEarlier(app).catch((fault: unknown) => {
      app.onFault(fault instanceof Error ? fault : new Error(String(fault)));
    });
  }
  return answered({ version, changed: true });
}

function definitionsOf({ budgets }: Pick<CompiledPolicy, "budgets">): readonly string[] {
  return [...new Set([...budgets.values()].map(({ definition }) => definition))];
}

/** Loads a policy; one that is bad is refused whole, and that it was is on record. */
export async function acceptPolicy(
  app: App,
  { text, by, file }: { readonly text: string; readonly by: string; readonly file: string },
): Promise<Answer<CompiledPolicy>> {
  const loaded = loadPolicy(text, { file });
  if (loaded.ok) return answered(loaded.policy);
  const { now } = await app.store.time();
  const data = { digest: sha256Base64url(text), problems: loaded.problems.length };
  await commitOnce(app, { expected: {}, writes: [systemEntry("policy_refused", now, by, data)] });
  return refused("unsupported_policy", loaded.problems.map(formatLoadProblem).join("\n\n"));
}

/** The policy and its entry, which says what it replaces and how it came to be in force. */
export function publicationWrites(
  policy: Extract<Write, { readonly kind: "policy" }>["policy"],
  previous: string | null,
  compiled: Pick<CompiledPolicy, "budgets">,
): readonly Write[] {
  const { version, by, at, requestId, reason } = policy;
  const data = {
    version,
    previous,
    how: howPublished(policy),
    ...(requestId === null ? {} : { request: requestId }),
    ...(reason === null ? {} : { reason }),
  };
  const budgets = definitionsOf(compiled);
  return [{ kind: "policy", policy, budgets }, systemEntry("policy_published", at, by, data)];
}

/** How a policy came to be in force. */
export function howPublished({
  by,
}: {
  readonly by: string;
}): "first" | "development" | "recovery" | "proposal" {
  if (by === "setup") return "first";
  if (by === "development") return "development";
  return by === "operator" ? "recovery" : "proposal";
}
