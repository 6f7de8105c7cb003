/** Who may call a route. Declared with the route, enforced here, read by the documentation. */
import { problem, type Problem } from "@haltpoint/protocol";
import type { Principal } from "../../app/authenticate.ts";
import type { Right } from "../../domain/request/commands.ts";

export type Identity = Extract<Principal, { kind: "identity" }>;
export type Person = Extract<Principal, { kind: "person" }>;

/** `P` is what a call of such a route has as its principal. */
export interface Access<P extends Principal | null> {
  readonly kind: "anyone" | "identity" | "person" | "identity_or_person";
  /** A person needs one of these; empty: none. */
  readonly rights: readonly Right[];
  admits(principal: Principal | null): principal is P;
}

export const ANYONE: Access<Principal | null> = {
  kind: "anyone",
  rights: [],
  admits: (_principal): _principal is Principal | null => true,
};
export const IDENTITY: Access<Identity> = {
  kind: "identity",
  rights: [],
  admits: (principal): principal is Identity => principal?.kind === "identity",
};
export const PERSON: Access<Person> = withRights([]);
export const IDENTITY_OR_PERSON: Access<Principal> = {
  kind: "identity_or_person",
  rights: [],
  admits: (principal): principal is Principal => principal !== null,
};

/** A person with one of these rights. */
export function withRights(rights: readonly Right[]): Access<Person> {
  const isEnough = (held: readonly Right[]): boolean =>
    rights.length === 0 || rights.some((right) => held.includes(right));
  return {
    kind: "person",
    rights,
    admits: (principal): principal is Person =>
      principal?.kind === "person" && isEnough(principal.rights),
  };
}

/** Why somebody who was not admitted was not. */
export function notAdmitted(
  access: Access<Principal | null>,
  principal: Principal | null,
): Problem {
  if (principal === null) {
    return problem("unauthenticated", "send `Authorization: Bearer …` with a key or token");
  }
  if (access.kind !== "identity_or_person" && access.kind !== principal.kind) {
    const wanted = access.kind === "identity" ? "an identity's key" : "a person's token";
    const sent = principal.kind === "identity" ? "an identity's key" : "a person's token";
    return problem("forbidden", `this is for ${wanted}; \`${principal.id}\` sent ${sent}`);
  }
  const rights = access.rights.map((right) => `\`${right}\``).join(" or ");
  return problem("right_required", `this takes the right ${rights}; an operator can give it`);
}
