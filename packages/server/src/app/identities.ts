/**
 * Identities in the registry. What gives an identity more is decided by policy where it has rules about
 * it; what takes away happens at once. Every change is an entry.
 */
import type { IdentityView, SavedIdentityView } from "@haltpoint/protocol";
import { stageChange } from "../domain/registry/lifecycle.ts";
import type { StoredIdentity } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { changeWrites } from "./identity-writes.ts";
import { doneBefore } from "./keyed-change.ts";
import { refuseOwnLoosening } from "./own-gain.ts";
import { proposalOf, proposeChange, ruleOnChange, type Held } from "./propose-change.ts";
import { misleadingId } from "./registered-ids.ts";
import { commitKeyed, existsAsWanted, keyView, type Change } from "./registry.ts";
import { fenceRight } from "./right-fence.ts";

/** What is sent of a registration: what is left out stays as it is, or is as careful as can be. */
export type SentIdentity = Pick<StoredIdentity, "id"> &
  Partial<Omit<StoredIdentity, "id" | "createdAt" | "stageBy" | "stageAt">>;

export interface IdentityChange extends Change {
  readonly mustBe: "new" | "known";
  /** For whoever decides about it. */
  readonly reason?: string;
}

const NEW_IDENTITY: Omit<StoredIdentity, "id" | "createdAt"> = {
  type: "agent",
  owner: "",
  stage: "active",
  groups: [],
  labels: {},
  actsForPeople: false,
  assurance: "cooperative",
  mode: "enforce",
  may: null,
  stageBy: null,
  stageAt: null,
};

const FINAL = "an offboarded identity does not come back; register another";

/**
 * Adds or changes an identity, or proposes to. One that policy does not let act without somebody's
 * approval is registered as `requested`, in which it starts nothing.
 *
 * INVARIANT: what is left out is read and written under one membership epoch, so that of two changes
 * at once neither undoes the other, and under the policy that let it pass (T37).
 */
export async function saveIdentity(
  app: App,
  sent: SentIdentity,
  change: IdentityChange,
): Promise<Answer<SavedIdentityView>> {
  const before = await doneBefore(app, change.keyed);
  if (!before.ok) return before;
  const epochs = await app.store.epochs();
  const fence = await fenceRight(app, change.by, "operator");
  const known = await app.store.identity(sent.id);
  if (before.value !== null && known !== null) {
    return changedBefore(app, { known, sent, change, requestId: before.value.requestId });
  }
  if (!fence.ok) return fence;
  const wrong = await unsound(app, known, sent, change);
  if (wrong !== null) return wrong;
  const wanted = { ...(known ?? NEW_IDENTITY), ...sent };
  const ruled = await ruleOnChange(app, { known, wanted, change });
  if (!ruled.ok) return ruled;
  const { held } = ruled.value;
  if (held !== null && known !== null) return propose(app, held, known, change);
  const after = held === null ? wanted : { ...wanted, stage: "requested" };
  const { type, owner } = wanted;
  const asRegistered = known ?? { ...NEW_IDENTITY, type, owner };
  const loosened = refuseOwnLoosening(change.by, asRegistered, after);
  if (loosened !== null) return loosened;
  const { now } = await app.store.time();
  const written = await changeWrites(app, known, after, { ...change, at: now });
  const about = {
    answer: sent.id,
    now,
    epochs: { ...fence.value, policy: epochs.policy },
  };
  const done = await commitKeyed(app, change, about, written.writes);
  if (!done) return saveIdentity(app, sent, change);
  if (held !== null) return propose(app, held, written.identity, change);
  return answered({ ...(await identityView(app, written.identity)), proposal: null });
}

/** A refusal for what cannot be registered so; null for what can. */
async function unsound(
  app: App,
  known: StoredIdentity | null,
  sent: SentIdentity,
  { mustBe }: IdentityChange,
): Promise<Answer<never> | null> {
  const exists = existsAsWanted(known, mustBe, "identity", sent.id);
  if (exists !== null) return exists;
  if (known === null) {
    const identities = await app.store.identities();
    const ids = identities.map(({ id }) => id);
    const misleading = misleadingId(sent.id, ids);
    if (misleading !== null) return misleading;
  } else if (stageChange(known.stage, sent.stage ?? known.stage) === "never") {
    return refused("invalid_request", FINAL, { field: "stage" });
  }
  const owner = sent.owner ?? known?.owner ?? "";
  if ((await app.store.person(owner)) !== null) return null;
  const detail = `no person \`${owner}\` is registered; an identity needs an accountable owner`;
  return refused("invalid_request", detail, { field: "owner" });
}

/** The answer to the same call again. */
async function changedBefore(
  app: App,
  again: {
    readonly known: StoredIdentity;
    readonly sent: SentIdentity;
    readonly change: IdentityChange;
    readonly requestId: string | null;
  },
): Promise<Answer<SavedIdentityView>> {
  const { known, sent, change, requestId } = again;
  const view = await identityView(app, known);
  if (requestId !== null) return answered({ ...view, proposal: proposalOf(app, requestId) });
  const wanted = { ...NEW_IDENTITY, ...sent };
  // Registered, and nobody may have been asked yet: the two are not one commit.
  const isWaiting = known.stage === "requested" && wanted.stage !== "requested";
  if (change.mustBe === "known" || !isWaiting) return answered({ ...view, proposal: null });
  const ruled = await ruleOnChange(app, { known: null, wanted, change });
  if (!ruled.ok) return ruled;
  const { held } = ruled.value;
  if (held === null) return answered({ ...view, proposal: null });
  return propose(app, held, known, change);
}

async function propose(
  app: App,
  held: Held,
  identity: StoredIdentity,
  change: IdentityChange,
): Promise<Answer<SavedIdentityView>> {
  const proposed = await proposeChange(app, held, change.keyed);
  if (!proposed.ok) return proposed;
  return answered({ ...(await identityView(app, identity)), proposal: proposed.value });
}

export async function identityView(app: App, identity: StoredIdentity): Promise<IdentityView> {
  const keys = await app.store.credentials("identity", identity.id);
  return {
    id: identity.id,
    type: identity.type,
    owner: identity.owner,
    stage: identity.stage,
    groups: identity.groups,
    labels: identity.labels,
    acts_for_people: identity.actsForPeople,
    assurance: identity.assurance,
    mode: identity.mode,
    may: identity.may,
    keys: keys.map(keyView),
  };
}
