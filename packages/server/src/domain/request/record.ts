/** How an event becomes a ledger entry. */
import type { EntryDraft } from "../ledger/entry.ts";
import type { RequestEvent } from "./events.ts";
import { actorName, type Actor } from "./model.ts";

/** A person's own words; what follows from them is recorded beside, without their evidence. */
const DECIDING: ReadonlySet<string> = new Set(["reviewed", "rejected", "overridden", "edited"]);

/**
 * The entry of an event, or null for the one kind that is no evidence of anything
 * (`lease_renewed`). `content` is the committed revision of `submitted` and `edited` events:
 * sensitive fields are commitments in it, so that the entry can be kept for ever. `evidence` is how
 * a person came to decide: from where, how long they read, what their passkey signed.
 */
export function entryOf(
  requestId: string,
  event: RequestEvent,
  content?: unknown,
  evidence?: Readonly<Record<string, unknown>>,
): EntryDraft | null {
  if (event.kind === "lease_renewed") return null;
  const { kind, at, actor, ...data } = event;
  return {
    stream: requestId,
    kind,
    at,
    actor: actorName(actor),
    data: {
      ...data,
      ...(content === undefined ? {} : { content }),
      ...(actor.kind === "person" ? { authenticated: authenticated(actor) } : {}),
      ...(DECIDING.has(kind) ? evidence : {}),
    },
  };
}

/** The entry of a refusal to a person; refusals to identities are answers, not evidence. */
export function refusalEntry(
  stream: string,
  refused: {
    readonly at: number;
    readonly actor: Actor;
    readonly command: string;
    readonly code: string;
  },
): EntryDraft {
  const { at, actor, command, code } = refused;
  return { stream, kind: "refused", at, actor: actorName(actor), data: { command, code } };
}

function authenticated(actor: Extract<Actor, { kind: "person" }>): Record<string, string> {
  return { via: actor.via, step_up: actor.stepUp };
}
