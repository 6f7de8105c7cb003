/** The change of an identity that was approved, as writes; see `propose-change.ts`. */
import type { Revision } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing, StoredIdentity, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { staleMember, withMembers, type MemberChange } from "./identity-members.ts";
import { changeWrites } from "./identity-writes.ts";

/**
 * INVARIANT: I2. What was shown is what is made: where what it was made against is no longer so,
 * nothing is.
 */
export async function approvedChange(
  app: App,
  state: RequestState,
  { action, resource }: Revision,
  { time }: Standing,
): Promise<Answer<readonly Write[]>> {
  const change = changeOf(action.properties);
  const known = await app.store.identity(resource.id);
  if (known === null) return refused("not_found", `no identity \`${resource.id}\` is registered`);
  const stale = staleIn(known, change, state);
  if (stale !== null) {
    const detail =
      `\`${stale}\` of \`${resource.id}\` was changed since this was asked for; ` +
      "reject it, and have the change made again";
    return refused("stale_revision", detail, { request_id: state.id });
  }
  const about = { by: `person:${state.onBehalfOf ?? ""}`, at: time.now, requestId: state.id };
  const { writes } = await changeWrites(app, known, withMembers(known, change), about);
  return answered(writes);
}

/** The member that is no longer as it was when the change was asked for; null: all are. */
export async function staleSince(
  app: App,
  state: RequestState,
  { action, resource }: Revision,
): Promise<string | null> {
  const known = await app.store.identity(resource.id);
  return known === null ? null : staleIn(known, changeOf(action.properties), state);
}

/**
 * INVARIANT: T37. A stage that was left and is there again is another one: who lets an identity act after
 * one suspension has not seen the next.
 */
function staleIn(
  known: StoredIdentity,
  change: MemberChange,
  { createdAt }: RequestState,
): string | null {
  const isAnother = Object.hasOwn(change.from, "stage") && (known.stageAt ?? 0) > createdAt;
  return isAnother ? "stage" : staleMember(known, change);
}

/** As it was proposed; see `propose-change.ts`. */
function changeOf(properties: Revision["action"]["properties"]): MemberChange {
  return properties as unknown as MemberChange;
}
