/** What somebody who is signed in is told of themselves, and may change of it. */
import type { Me, PasskeyView } from "@haltpoint/protocol";
import type { StoredPasskey, StoredSession } from "../ports/sign-in-records.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { isLive } from "./ceremonies.ts";
import { commitOnce } from "./execute.ts";
import { systemEntry } from "./registry.ts";

type Person = Extract<Principal, { readonly kind: "person" }>;

/** `principal` as of now; `session` the one it came by, null for a bearer token. */
export async function meOf(
  app: App,
  principal: Pick<Person, "id" | "via" | "channel">,
  session: StoredSession | null,
): Promise<Answer<Me>> {
  const [person, { epochs, time }] = await Promise.all([
    app.store.person(principal.id),
    app.store.standing(),
  ]);
  if (person === null) return refused("unauthenticated", "sign in again");
  const [policy, [account]] = await Promise.all([
    app.policies.current(epochs.policy),
    app.store.accountsOf([principal.id]),
  ]);
  const listed = [...policy.groups].filter(([, members]) => members.includes(principal.id));
  // Those that the provider names count as well as those that the policy lists.
  const named = account === undefined || account.endedAt !== null ? [] : account.groups;
  const { id, name, email, slack, rights } = person;
  return answered({
    person: { id, name, email, slack, rights },
    via: principal.via,
    channel: principal.channel,
    csrf: session?.kind === "web" ? session.csrf : null,
    session: session?.id ?? null,
    expires_at: session?.expiresAt ?? null,
    groups: [...new Set([...listed.map(([group]) => group), ...named])],
    passkeys: (await app.store.passkeys(id)).filter(isLive).map(passkeyView),
    development: app.site.development,
    may_override: rights.includes("override"),
    server_time: time.now,
    public_url: app.site.publicUrl,
  });
}

export function passkeyView(passkey: StoredPasskey): PasskeyView {
  const { id, name, createdAt, lastUsedAt, backedUp } = passkey;
  return {
    id,
    name,
    created_at: createdAt,
    last_used_at: lastUsedAt,
    backed_up: backedUp,
  };
}

/** Where somebody wants to be told. What is left out stays. */
export async function changeContact(
  app: App,
  id: string,
  contact: { readonly email?: string | null; readonly slack?: string | null },
): Promise<Answer<null>> {
  for (;;) {
    const { epochs, time } = await app.store.standing();
    const person = await app.store.person(id);
    if (person === null) return refused("unauthenticated", "sign in again");
    const { email = person.email, slack = person.slack } = contact;
    const done = await commitOnce(
      app,
      {
        expected: { epochs: { membership: epochs.membership } },
        writes: [
          { kind: "person", person: { ...person, email, slack } },
          // Which address it is stays out of what is kept for ever.
          systemEntry("contact_changed", time.now, `person:${id}`, {
            id,
            fields: Object.keys(contact).sort(),
          }),
        ],
      },
      time.now,
    );
    if (done) return answered(null);
  }
}
