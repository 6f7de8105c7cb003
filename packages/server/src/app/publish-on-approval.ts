/**
 * What an approval of a change of policy does besides: the server redeems it and puts the policy in
 * force, all in the commit of the approval itself. There is no moment in which it is approved and not in
 * force, and nothing that could do it a second time (I1, T40).
 */
import { base64url, sha256Base64url } from "@haltpoint/protocol";
import { loadPolicy, PUBLISHER } from "../domain/policy/policy.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing, StoredPolicy } from "../ports/store.ts";
import type { App } from "./app.ts";
import { readContent } from "./content.ts";
import type { Step } from "./execute.ts";
import type { Publication } from "./propose-policy.ts";
import { publicationWrites } from "./publish-policy.ts";
import { attemptHashOf } from "./redeem-grant.ts";

const ATTEMPT_BYTES = 24;

/** Whether an approval of it changes the policy. */
export function isPublication({ scope }: RequestState): boolean {
  return scope.identity === PUBLISHER;
}

/**
 * The steps after the approval; left out where it still waits for others. Made for each try, under
 * the epochs that its commit expects: where another policy came in force since, it is refused.
 */
export async function publicationSteps(
  app: App,
  state: RequestState,
  { time }: Standing,
): Promise<readonly Step[]> {
  if (!isPublication(state)) return [];
  const { plain } = await readContent(app, state.id, state.revision.number);
  const { base, version, text } = plain.action.properties as unknown as Publication;
  if (sha256Base64url(text) !== version) throw new Error(`${state.id} has another text`);
  const loaded = loadPolicy(text, { file: "policy" });
  if (!loaded.ok) throw new Error(`${state.id} has a text that was accepted and no longer loads`);
  const actor = { kind: "identity", id: PUBLISHER } as const;
  // Known to this commit only: nobody can come with it later.
  const attemptHash = attemptHashOf(base64url(app.random.bytes(ATTEMPT_BYTES)));
  const policy: StoredPolicy = {
    version,
    text,
    by: `person:${state.onBehalfOf ?? ""}`,
    at: time.now,
    requestId: state.id,
    reason: null,
  };
  return [
    {
      command: { kind: "redeem", actor, attemptHash },
      onlyIf: ({ status }) => status === "approved",
    },
    {
      command: {
        kind: "report",
        actor,
        attemptHash,
        result: "succeeded",
        detail: null,
        stoppedAfterMs: null,
      },
      onlyIf: ({ status }) => status === "running",
      writes: publicationWrites(policy, base, loaded.policy),
    },
  ];
}
