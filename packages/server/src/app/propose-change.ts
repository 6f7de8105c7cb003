/**
 * A change of the registry that policy holds is a request like any other: the server asks for it on
 * behalf of the operator who wants it, and whoever decides it sees what is and what would be. The
 * approval makes the change in its own commit (see `server-acts.ts`).
 */
import type { Revision } from "@haltpoint/protocol";
import { PUBLISHER } from "../domain/policy/policy.ts";
import { namedChanges } from "../domain/registry/lifecycle.ts";
import type { StoredIdentity } from "../ports/store.ts";
import { IDENTITY_RESOURCE } from "./about-resource.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { systemEntry } from "./commit-once.ts";
import type { Keyed } from "./execute.ts";
import { askPolicy } from "./facts.ts";
import { changedBeside, memberChange, sentAs, type MemberChange } from "./identity-members.ts";
import { doneBefore } from "./keyed-change.ts";
import { submitRequest } from "./submit-request.ts";

const RIGHT = "operator";
const PERSON = "person:";

/** A change that somebody has to approve. */
export interface Held {
  readonly identity: string;
  readonly action: string;
  readonly members: MemberChange;
  /** Who wants it. */
  readonly person: string;
  readonly reason: string | null;
}

export interface Proposal {
  readonly id: string;
  readonly link: string;
}

type Wanted = Omit<StoredIdentity, "createdAt">;

/** What policy says of a change. `held`: null where an operator's right is enough. */
export async function ruleOnChange(
  app: App,
  of: {
    readonly known: StoredIdentity | null;
    readonly wanted: Wanted;
    readonly change: { readonly by: string; readonly reason?: string };
  },
): Promise<Answer<{ readonly held: Held | null }>> {
  const { known, wanted, change } = of;
  // The host's own commands recover an installation, and are on record.
  if (!change.by.startsWith(PERSON)) return answered({ held: null });
  const standing = await app.store.standing();
  const policy = await app.policies.current(standing.epochs.policy);
  if (!policy.governsRegistry) return answered({ held: null });
  const before = known ?? { ...wanted, stage: "requested" };
  const named = namedChanges(before, wanted);
  const ruled = [];
  for (const each of named) {
    const held: Held = {
      identity: wanted.id,
      action: each.action,
      members: memberChange(before, wanted, each.fields),
      person: change.by.slice(PERSON.length),
      reason: change.reason ?? null,
    };
    const subject = { type: "workload", id: PUBLISHER };
    const { policy: said } = await askPolicy(app, standing, {
      identityId: PUBLISHER,
      assurance: "mediated",
      content: { subject, ...contentOf(held) },
      leftOut: null,
    });
    if (said.effect === "deny") return refusedBy(said.reasons, said.missingFields);
    if (said.effect === "hold") ruled.push(held);
  }
  const [held, another] = ruled;
  if (held === undefined) return answered({ held: null });
  const [first] = named;
  if (another !== undefined || named.length > 1) {
    const detail =
      `these are decided on each by itself (${named.map(({ action }) => action).join(", ")}); ` +
      "send them one after the other";
    return refused("invalid_request", detail, { field: sentAs(first?.fields[0] ?? "stage") });
  }
  // What needs nobody must not get lost beside what has to wait, a suspension least of all.
  const [beside] = changedBeside(before, wanted, first?.fields ?? []);
  if (beside === undefined) return answered({ held });
  const detail =
    `\`${sentAs(beside)}\` changes at once, and the rest (${held.action}) waits for an approval; ` +
    "send them one after the other";
  return refused("invalid_request", detail, { field: sentAs(beside) });
}

function refusedBy(reasons: readonly string[], missing: readonly string[]): Answer<never> {
  const [lacks] = missing;
  if (lacks !== undefined) {
    return refused("reason_required", "the policy wants to know why: send `reason`", {
      field: "reason",
    });
  }
  return refused("denied", reasons.join("; "));
}

/** Asks for it; the same call again gives the same request (I14). */
export async function proposeChange(
  app: App,
  held: Held,
  keyed: Keyed | undefined,
): Promise<Answer<Proposal>> {
  const { identity, action, person } = held;
  const by = `${PERSON}${person}`;
  // A new registration has used the key itself; its request has the key beside it.
  const before = await doneBefore(app, keyed);
  if (!before.ok) return before;
  const unused = before.value === null ? keyed : undefined;
  const submitted = await submitRequest(app, {
    identityId: PUBLISHER,
    body: { ...contentOf(held), enforcement: { caller_returns: true, stoppable: "no" } },
    key: `${by} ${keyed?.key ?? `${action} ${identity}`}`,
    attemptHash: null,
    forPerson: {
      id: person,
      right: RIGHT,
      writes: (requestId, now) => {
        const data = { identity, change: action, request: requestId };
        const entry = systemEntry("identity_change_proposed", now, by, data);
        if (unused === undefined) return [entry];
        return [
          entry,
          { kind: "key", record: { ...unused, requestId, answer: identity, at: now } },
        ];
      },
    },
  });
  return submitted.ok ? answered(proposalOf(app, submitted.value.state.id)) : submitted;
}

export function proposalOf({ site }: App, id: string): Proposal {
  return { id, link: `${site.publicUrl}/r/${id}` };
}

function contentOf({ identity, action, members, person, reason }: Held): Omit<Revision, "subject"> {
  return {
    action: { name: action, properties: { ...members } },
    resource: { type: IDENTITY_RESOURCE, id: identity },
    context: {
      on_behalf_of: person,
      ...(reason === null ? {} : { justification: reason }),
    },
  };
}
