/** The ways in: which there are, and the one of a development server, which proves nothing. */
import type { SignInView } from "@haltpoint/protocol";
import { refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { canUsePasskeys } from "./ceremonies.ts";
import { createSession, type SignedIn } from "./sessions.ts";

/** Whoever signs in from a browser. */
export interface Visitor {
  /** What the browser calls itself. */
  readonly label: string;
  /** The session that this browser has; it ends with the new one. */
  readonly session: string | null;
}

export async function waysIn(app: App): Promise<SignInView> {
  const { epochs } = await app.store.standing();
  const { persons } = await app.facts.membership(epochs.membership);
  const people = [...persons.values()].filter((person) => !person.disabled);
  return {
    methods: {
      passkey: canUsePasskeys(app.site),
      oidc: app.identityProvider === null ? null : { name: app.identityProvider.port.name },
      development: app.site.development ? people.map(({ id, name }) => ({ id, name })) : null,
    },
    setup: persons.size === 0,
  };
}

/** A ceremony that was answered twice at once: one of the two. */
export function withdrawnMeanwhile(): Answer<never> {
  return refused("signature_invalid", "what was asked was answered already; begin again");
}

/** INVARIANT: on a development server only, which listens on loopback only (T36). */
export async function signInForDevelopment(
  app: App,
  person: string,
  visitor: Visitor,
): Promise<Answer<SignedIn>> {
  if (!app.site.development) {
    return refused("sign_in_failed", "people prove who they are here; use another way to sign in");
  }
  return createSession(app, {
    person,
    kind: "web",
    via: "development",
    label: visitor.label,
    replaces: visitor.session,
  });
}
