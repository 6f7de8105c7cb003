/**
 * One-time links by which somebody gets a passkey without being signed in: the first person, new
 * people, and who lost their last one. The token is in the link's fragment, which browsers send to
 * nobody, and here as a hash.
 */
import { base64url, newId, type EnrolmentCeremonyView } from "@haltpoint/protocol";
import type { Right } from "../domain/request/commands.ts";
import type { JsonObject } from "../ports/passkeys.ts";
import type { StoredCeremony, StoredEnrolment } from "../ports/sign-in-records.ts";
import type { StoredPerson, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { credentialHash } from "./authenticate.ts";
import { beginCeremony, DOES_NOT_HOLD, openCeremony, relyingParty } from "./ceremonies.ts";
import { commitOnce } from "./execute.ts";
import { alreadyRegistered, newPasskey, registrationOptions } from "./passkeys.ts";
import { misleadingId } from "./registered-ids.ts";
import { systemEntry } from "./registry.ts";
import { fenceRight } from "./right-fence.ts";
import { createSession, type SignedIn } from "./sessions.ts";
import type { Visitor } from "./sign-in.ts";

const TOKEN_BYTES = 32;
const SETUP_MS = 3_600_000;
/** Enough to register everybody else and to put a policy in force; told to whoever gets them. */
export const FIRST_RIGHTS: readonly Right[] = ["operator", "policy_admin"];
const LINK_INVALID = refused(
  "link_invalid",
  "this link was used, has expired or was replaced; ask an operator for another one",
  { field: "token" },
);

export interface IssuedEnrolment {
  /** Opens the page that registers a passkey; good once. */
  readonly link: string;
  readonly expiresAt: number;
}

/** Makes a link for a person; those made for them before are good for nothing any more. */
export async function issueEnrolment(
  app: App,
  order: { readonly person: string; readonly by: string; readonly reason: string },
): Promise<Answer<IssuedEnrolment>> {
  const { person, by, reason } = order;
  const fence = await fenceRight(app, by, "operator");
  if (!fence.ok) return fence;
  const known = await app.store.person(person);
  if (known === null) return refused("not_found", `no person \`${person}\` is registered`);
  if (known.disabled) {
    return refused("not_found", `\`${person}\` is disabled; enable them first`);
  }
  const { now } = await app.store.time();
  const made = newEnrolment(app, { person, by, reason }, now, app.signIn.enrolmentMs);
  const commit = { expected: { epochs: fence.value }, writes: made.writes };
  return (await commitOnce(app, commit, now)) ? answered(made.issued) : issueEnrolment(app, order);
}

/** The link by which the first person comes to be; null once anybody is registered. */
export async function issueSetup(app: App): Promise<IssuedEnrolment | null> {
  for (;;) {
    const { epochs, time } = await app.store.standing();
    if ((await app.store.persons()).length > 0) return null;
    const order = { person: null, by: "setup", reason: "the first person" };
    const { issued, writes } = newEnrolment(app, order, time.now, SETUP_MS);
    const expected = { epochs: { membership: epochs.membership } };
    if (await commitOnce(app, { expected, writes }, time.now)) return issued;
  }
}

function newEnrolment(
  app: App,
  order: Pick<StoredEnrolment, "person" | "by" | "reason">,
  now: number,
  lifetimeMs: number,
): { readonly issued: IssuedEnrolment; readonly writes: readonly Write[] } {
  const token = `hpe_${base64url(app.random.bytes(TOKEN_BYTES))}`;
  const enrolment: StoredEnrolment = {
    ...order,
    id: newId("enr", now, app.random.bytes(10)),
    hash: credentialHash(token),
    createdAt: now,
    expiresAt: now + lifetimeMs,
    usedAt: null,
  };
  const { id, person, by, reason, expiresAt } = enrolment;
  return {
    issued: { link: `${app.site.publicUrl}/setup#token=${token}`, expiresAt },
    writes: [
      { kind: "enrolments_withdrawn", person, at: now },
      { kind: "enrolment", enrolment },
      systemEntry("enrolment_issued", now, by, {
        enrolment: id,
        person,
        reason,
        expires_at: expiresAt,
      }),
    ],
  };
}

/** The link of this token while it can be used. */
async function openEnrolment(app: App, token: string): Promise<Answer<StoredEnrolment>> {
  const enrolment = await app.store.enrolmentByHash(credentialHash(token));
  if (enrolment === null) return LINK_INVALID;
  const { now } = await app.store.time();
  if (enrolment.usedAt !== null || now >= enrolment.expiresAt) {
    await recordFailure(app, enrolment, enrolment.usedAt === null ? "expired" : "used already");
    return LINK_INVALID;
  }
  return answered(enrolment);
}

type Enrolled = Pick<StoredPerson, "id" | "name">;

/** Who is enrolled: the link says so; by the setup link whoever they say they are. */
async function enrolledPerson(
  app: App,
  enrolment: StoredEnrolment,
  sent: { readonly id?: string; readonly name?: string },
): Promise<Answer<Enrolled>> {
  if (enrolment.person !== null) {
    if (sent.id !== undefined && sent.id !== enrolment.person) {
      return refused("invalid_request", "this link is somebody's; leave `id` out", { field: "id" });
    }
    const person = await app.store.person(enrolment.person);
    return person === null || person.disabled ? LINK_INVALID : answered(person);
  }
  if ((await app.store.persons()).length > 0) return LINK_INVALID;
  const { id } = sent;
  if (id === undefined) {
    return refused("invalid_request", "`id` must say who the first person is", { field: "id" });
  }
  return misleadingId(id, []) ?? answered({ id, name: sent.name ?? id });
}

export async function beginEnrolment(
  app: App,
  sent: { readonly token: string; readonly id?: string; readonly name?: string },
): Promise<Answer<EnrolmentCeremonyView>> {
  const open = await openEnrolment(app, sent.token);
  if (!open.ok) return open;
  const found = await enrolledPerson(app, open.value, sent);
  if (!found.ok) return found;
  const { id, name } = found.value;
  const context = { enrolment: open.value.id, id, name };
  const ceremony = await beginCeremony(app, { kind: "enrol", person: null, context }, (challenge) =>
    registrationOptions(app, { id, name }, challenge),
  );
  return answered({ ...ceremony, person: { id, name } });
}

export interface SentEnrolment {
  readonly token: string;
  readonly ceremony: string;
  readonly response: JsonObject;
  readonly passkeyName: string;
}

/** Registers the passkey, and with the setup link the person, and signs them in: all or nothing. */
export async function finishEnrolment(
  app: App,
  sent: SentEnrolment,
  visitor: Visitor,
): Promise<Answer<SignedIn>> {
  const first = await prepareEnrolment(app, sent);
  if (!first.ok) return first;
  return createSession(app, {
    person: first.value.person,
    kind: "web",
    via: "passkey",
    label: visitor.label,
    replaces: visitor.session,
    about: { enrolment: first.value.enrolment },
    prepare: async () => {
      const prepared = await prepareEnrolment(app, sent);
      return prepared.ok ? answered(prepared.value.writes) : prepared;
    },
  });
}

async function prepareEnrolment(
  app: App,
  sent: SentEnrolment,
): Promise<
  Answer<{
    readonly person: string;
    readonly enrolment: string;
    readonly writes: readonly Write[];
  }>
> {
  const open = await openEnrolment(app, sent.token);
  if (!open.ok) return open;
  const enrolment = open.value;
  const asked = { id: sent.ceremony, kind: "enrol", person: null } as const;
  const ceremony = await openCeremony(app, asked);
  if (!ceremony.ok) return ceremony;
  const chosen = chosenIn(ceremony.value, enrolment);
  if (chosen === null) return LINK_INVALID;
  const found = await enrolledPerson(app, enrolment, chosen);
  if (!found.ok) return found;
  const verified = await app.passkeys.verifyRegistration({
    party: relyingParty(app.site),
    challenge: ceremony.value.challenge,
    response: sent.response,
  });
  if (!verified.ok) {
    await recordFailure(app, enrolment, "the passkey's answer did not hold");
    return refused("signature_invalid", DOES_NOT_HOLD, { field: "response" });
  }
  const { now } = await app.store.time();
  const { id } = found.value;
  const made = newPasskey(app, { person: id, name: sent.passkeyName, now }, verified.value);
  const taken = await alreadyRegistered(app, made.passkey);
  if (taken !== null) return taken;
  const writes: readonly Write[] = [
    { kind: "enrolment_used", id: enrolment.id, at: now },
    { kind: "ceremony_done", id: ceremony.value.id },
    ...(enrolment.person === null ? firstPerson(found.value, now) : []),
    ...made.writes,
  ];
  return answered({ person: id, enrolment: enrolment.id, writes });
}

/** What was chosen when the ceremony began; null: it was begun with another link. */
function chosenIn(
  ceremony: StoredCeremony,
  enrolment: StoredEnrolment,
): { readonly id: string; readonly name: string } | null {
  const context = JSON.parse(ceremony.context) as {
    readonly enrolment: string;
    readonly id: string;
    readonly name: string;
  };
  return context.enrolment === enrolment.id ? context : null;
}

function firstPerson({ id, name }: Enrolled, now: number): readonly Write[] {
  const rights = FIRST_RIGHTS;
  const person = {
    id,
    name,
    rights,
    disabled: false,
    email: null,
    slack: null,
    createdAt: now,
  };
  return [
    { kind: "person", person },
    systemEntry("person_registered", now, "setup", { id, rights, disabled: false }),
  ];
}

/** Of links that exist only: what strangers send is not kept for ever. */
async function recordFailure(app: App, enrolment: StoredEnrolment, why: string): Promise<void> {
  const { now } = await app.store.time();
  const about = { enrolment: enrolment.id, person: enrolment.person, why };
  const entry = systemEntry("enrolment_failed", now, "system", about);
  await commitOnce(app, { expected: {}, writes: [entry] }, now);
}
