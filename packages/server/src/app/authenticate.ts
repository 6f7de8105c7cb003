/** Who holds a credential. Only its hash is stored; an expired or revoked one is none. */
import { sha256Base64url } from "@haltpoint/protocol";
import type { Right } from "../domain/request/commands.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";

export type Principal =
  | { readonly kind: "identity"; readonly id: string }
  | {
      readonly kind: "person";
      readonly id: string;
      readonly rights: readonly Right[];
      readonly via: string;
    };

/** `identity:agent-1`, `person:ana`: how a principal stands in keys and entries. */
export function principalName(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

/** The principal of a secret as sent; one refusal for every reason, so that nothing is learnt. */
export async function authenticate(app: App, secret: string): Promise<Answer<Principal>> {
  const refusal = refused(
    "unauthenticated",
    "send `Authorization: Bearer …` with a key or token that is valid and not expired",
  );
  const credential = await app.store.credentialByHash(credentialHash(secret));
  if (credential === null || credential.revokedAt !== null) return refusal;
  const { time, epochs } = await app.store.standing();
  if (time.now >= credential.expiresAt) return refusal;
  const { kind, id } = credential.holder;
  const membership = await app.facts.membership(epochs.membership);
  if (kind === "identity") {
    const identity = await membership.identity(id);
    return identity === null ? refusal : answered({ kind, id });
  }
  const person = membership.persons.get(id);
  if (person === undefined || person.disabled) return refusal;
  return answered({ kind, id, rights: person.rights, via: credential.via });
}

/** Secrets are 256 random bits, so a plain hash gives a reader of the store nothing to try. */
export function credentialHash(secret: string): string {
  return sha256Base64url(`haltpoint:credential:1:${secret}`);
}
