/**
 * What an approval of the server's own requests does besides: the server redeems it and makes the change,
 * all in the commit of the approval itself. There is no moment in which it is approved and not made, and
 * nothing that could make it a second time (I1, T40).
 */
import { base64url, sha256Base64url, type Revision } from "@haltpoint/protocol";
import { loadPolicy, PUBLISH_ACTION, PUBLISHER } from "../domain/policy/policy.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing, StoredPolicy, Write } from "../ports/store.ts";
import { answered, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { readContent, type Content } from "./content.ts";
import { execute, type Step } from "./execute.ts";
import { approvedChange, staleSince } from "./make-change.ts";
import type { Publication } from "./propose-policy.ts";
import { publicationWrites } from "./publish-policy.ts";
import { attemptHashOf } from "./redeem-grant.ts";

const ATTEMPT_BYTES = 24;

/** Whether an approval of it changes Haltpoint itself: its policy or its registry. */
export function isServersOwn({ scope }: RequestState): boolean {
  return scope.identity === PUBLISHER;
}

/**
 * The steps after the approval; left out where it still waits for others. Made for each try, under
 * the epochs that its commit expects: where what it is about changed since, it is refused.
 */
export async function serverSteps(
  app: App,
  state: RequestState,
  standing: Standing,
): Promise<Answer<readonly Step[]>> {
  // Of what is over the machine says who decided, and when.
  if (!isServersOwn(state) || state.status !== "held") return answered([]);
  const content = await readContent(app, state.id, state.revision.number);
  const writes =
    state.scope.action === PUBLISH_ACTION
      ? answered(publication(state, content, standing))
      : await approvedChange(app, state, content.plain, standing);
  if (!writes.ok) return writes;
  const actor = { kind: "identity", id: PUBLISHER } as const;
  // Known to this commit only: nobody can come with it later.
  const attemptHash = attemptHashOf(base64url(app.random.bytes(ATTEMPT_BYTES)));
  return answered([
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
      writes: writes.value,
    },
  ]);
}

/**
 * Withdraws what can no longer be approved, since what it was made against has changed: nobody should read
 * it, and whoever wants it asks anew. Without it the approval is refused all the same.
 */
export async function withdrawStale(app: App, state: RequestState): Promise<void> {
  if (!isServersOwn(state) || state.status !== "held") return;
  const { plain } = await readContent(app, state.id, state.revision.number);
  const reason = await staleness(app, state, plain);
  if (reason === null) return;
  const actor = { kind: "identity", id: PUBLISHER } as const;
  await execute(app, state.id, { kind: "withdraw", actor, reason });
}

async function staleness(
  app: App,
  state: RequestState,
  revision: Revision,
): Promise<string | null> {
  if (state.scope.action === PUBLISH_ACTION) {
    const { base } = revision.action.properties as unknown as Publication;
    const inForce = await app.store.policy();
    if (inForce === null || inForce.version === base) return null;
    return "another policy came in force since it was proposed";
  }
  const stale = await staleSince(app, state, revision);
  return stale === null ? null : `\`${stale}\` was changed since it was asked for`;
}

function publication(
  state: RequestState,
  { plain }: Content,
  { time }: Standing,
): readonly Write[] {
  const { base, version, text } = plain.action.properties as unknown as Publication;
  if (sha256Base64url(text) !== version) throw new Error(`${state.id} has another text`);
  const loaded = loadPolicy(text, { file: "policy" });
  if (!loaded.ok) throw new Error(`${state.id} has a text that was accepted and no longer loads`);
  const policy: StoredPolicy = {
    version,
    text,
    by: `person:${state.onBehalfOf ?? ""}`,
    at: time.now,
    requestId: state.id,
    reason: null,
  };
  return publicationWrites(policy, base, loaded.policy);
}
