/** What a change of an identity writes, all of it in one commit (I8). */
import { newId } from "@haltpoint/protocol";
import { LAST_STAGE, stopsActing } from "../domain/registry/lifecycle.ts";
import type { StoredIdentity, Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { systemEntry } from "./commit-once.ts";
import { liveCredentials } from "./registry.ts";

const PERSON = "person:";

export interface Changed {
  readonly by: string;
  readonly at: number;
  /** The request that it was approved as. */
  readonly requestId?: string;
  readonly reason?: string;
}

/** @param known null: it is new. */
export async function changeWrites(
  app: App,
  known: StoredIdentity | null,
  wanted: Omit<StoredIdentity, "createdAt">,
  { by, at, requestId, reason }: Changed,
): Promise<{ readonly identity: StoredIdentity; readonly writes: readonly Write[] }> {
  const isMoved = known?.stage !== wanted.stage;
  const person = by.startsWith(PERSON) ? by.slice(PERSON.length) : null;
  const stageBy = isMoved ? person : known.stageBy;
  const stageAt = isMoved ? at : known.stageAt;
  const identity = { ...wanted, stageBy, stageAt, createdAt: known?.createdAt ?? at };
  const kind = known === null ? "identity_registered" : "identity_changed";
  const { stageBy: _by, stageAt: _since, createdAt: _at, ...recorded } = identity;
  const about = {
    ...(requestId === undefined ? {} : { request: requestId }),
    ...(reason === undefined ? {} : { reason }),
  };
  return {
    identity,
    writes: [
      { kind: "identity", identity },
      systemEntry(kind, at, by, { ...recorded, ...about }),
      ...(known !== null && stopsActing(known, identity) ? grantsEnded(app, identity, by, at) : []),
      ...(isMoved && identity.stage === LAST_STAGE ? await keysRevoked(app, identity, by, at) : []),
    ],
  };
}

/**
 * A halt that is lifted with the same commit: what was granted before is dead at once and stays so
 * (I10), and what runs is told to stop. From then on its stage keeps the identity from acting.
 */
function grantsEnded(
  app: App,
  { id: identityId, stage }: StoredIdentity,
  by: string,
  at: number,
): readonly Write[] {
  const id = newId("halt", at, app.random.bytes(10));
  const reason = `its identity is ${stage} now`;
  const scope = { kind: "identity", id: identityId } as const;
  const lifts = [{ by, at, reason: "its stage keeps it from acting" }];
  const data = { id, scope: `identity:${identityId}`, reason };
  return [
    { kind: "halt", halt: { id, scope, reason, by, at, lifts, liftedAt: at } },
    systemEntry("grants_ended", at, by, data),
  ];
}

async function keysRevoked(
  app: App,
  { id }: StoredIdentity,
  by: string,
  at: number,
): Promise<readonly Write[]> {
  const live = await liveCredentials(app, { kind: "identity", id }, at);
  return live.flatMap((credential): readonly Write[] => [
    { kind: "credential", credential: { ...credential, revokedAt: at } },
    systemEntry("credential_revoked", at, by, { id: credential.id, holder: `identity:${id}` }),
  ]);
}
