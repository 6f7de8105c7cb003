/**
 * Signing a command line in through a browser: it asks and shows a code, somebody who is signed in
 * compares it and allows it, and it collects its token. The token is made only then, so it waits
 * nowhere; who allows a command line of somebody else lends themselves to it, so the page shows what
 * asks and from where (T31).
 */
import { base64url, newId, visibleText } from "@haltpoint/protocol";
import type { CliAskedView, CliAuthorizationView, CliTokenView } from "@haltpoint/protocol";
import type { StoredCliAuthorization } from "../ports/sign-in-records.ts";
import type { Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { credentialHash, personOfSession, type Principal } from "./authenticate.ts";
import { commitOnce, systemEntry } from "./commit-once.ts";
import { createSession } from "./sessions.ts";

type Person = Extract<Principal, { readonly kind: "person" }>;

const DEVICE_CODE_BYTES = 32;
const LIFETIME_MS = 10 * 60_000;
/** Asking so often leaves room for the other sign-ins of an address. */
const INTERVAL_MS = 3_000;
const LABEL_MAX = 120;
/** No vowels, so no words; nothing that looks like a digit or another letter. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const USER_CODE_LENGTH = 8;
const USER_CODE = new RegExp(`^[${LETTERS}]{${USER_CODE_LENGTH}}$`);

const NO_SUCH_CODE = refused(
  "not_found",
  "no command line waits with this code: it was mistyped, used already or has expired; " +
    "run `haltpoint login` again",
  { field: "user_code" },
);
const NO_TOKEN = refused(
  "sign_in_failed",
  "nobody allowed this in time, or it was used already; run `haltpoint login` again",
);

/** A command line asks. Nothing of it is recorded: strangers must not make the record grow. */
export async function askForCli(
  app: App,
  asking: { readonly label: string; readonly address: string },
): Promise<CliAuthorizationView> {
  const { now } = await app.store.time();
  const deviceCode = `hpd_${base64url(app.random.bytes(DEVICE_CODE_BYTES))}`;
  const authorization: StoredCliAuthorization = {
    id: newId("cla", now, app.random.bytes(10)),
    deviceHash: credentialHash(deviceCode),
    userCode: newUserCode(app),
    label: visibleText(asking.label).slice(0, LABEL_MAX),
    address: asking.address,
    createdAt: now,
    expiresAt: now + LIFETIME_MS,
    decided: null,
  };
  const writes: readonly Write[] = [{ kind: "cli_authorization", authorization }];
  await commitOnce(app, { expected: {}, writes }, now);
  const code = shownCode(authorization.userCode);
  return {
    device_code: deviceCode,
    user_code: code,
    verification_url: `${app.site.publicUrl}/cli?code=${code}`,
    expires_at: authorization.expiresAt,
    interval_ms: INTERVAL_MS,
  };
}

/** Bytes that would favour some letters are thrown away. */
function newUserCode(app: App): string {
  const fair = 256 - (256 % LETTERS.length);
  let code = "";
  while (code.length < USER_CODE_LENGTH) {
    const [byte = 255] = app.random.bytes(1);
    if (byte < fair) code += LETTERS.charAt(byte % LETTERS.length);
  }
  return code;
}

function shownCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** What a person would allow. Looking decides nothing. */
export async function viewAskingCli(
  app: App,
  person: Person,
  typed: string,
): Promise<Answer<CliAskedView>> {
  const open = await openToDecide(app, person, typed);
  if (!open.ok) return open;
  const { label, createdAt, address } = open.value;
  return answered({ label, created_at: createdAt, address });
}

async function openToDecide(
  app: App,
  person: Person,
  typed: string,
): Promise<Answer<StoredCliAuthorization & { readonly in: string }>> {
  // INVARIANT: a command line allows no other, so that ending a session ends what came of it.
  if (person.channel !== "web" || person.session === null) {
    const detail = `allow it in the browser: ${app.site.publicUrl}/cli`;
    return refused("channel_not_allowed", detail);
  }
  const userCode = typed.toUpperCase().replaceAll(/[\s-]/g, "");
  if (!USER_CODE.test(userCode)) return NO_SUCH_CODE;
  const found = await app.store.cliAuthorization({ userCode });
  const { now } = await app.store.time();
  if (found === null || found.decided !== null || now >= found.expiresAt) return NO_SUCH_CODE;
  return answered({ ...found, in: person.session });
}

/** Allows a command line to act as this person, or refuses it; once. */
export async function decideAskingCli(
  app: App,
  person: Person,
  order: { readonly userCode: string; readonly allow: boolean },
): Promise<Answer<{ readonly allowed: boolean }>> {
  const { userCode, allow } = order;
  const open = await openToDecide(app, person, userCode);
  if (!open.ok) return open;
  const { id, label, address } = open.value;
  const { now } = await app.store.time();
  const about = { authorization: id, label, address, session: open.value.in };
  const writes: readonly Write[] = [
    { kind: "cli_authorization_decided", id, allowed: allow, session: open.value.in },
    systemEntry(allow ? "cli_allowed" : "cli_refused", now, `person:${person.id}`, about),
  ];
  const commit = { expected: { before: open.value.expiresAt }, writes };
  return (await commitOnce(app, commit, now)) ? answered({ allowed: allow }) : NO_SUCH_CODE;
}

/** The command line asks for its token: given once, while whoever allowed it is still signed in. */
export async function collectCliToken(app: App, deviceCode: string): Promise<Answer<CliTokenView>> {
  const deviceHash = credentialHash(deviceCode);
  const found = await collectable(app, deviceHash);
  if (!found.ok) return found;
  if (found.value === "pending") return answered({ status: "pending" });
  const { authorization, person } = found.value;
  const { id, label, address } = authorization;
  const made = await createSession(app, {
    person: person.id,
    kind: "cli",
    via: person.via,
    label,
    about: { authorization: id, label, address },
    prepare: async () => {
      const still = await collectable(app, deviceHash);
      if (!still.ok) return still;
      return answered([{ kind: "cli_authorization_done", id }]);
    },
  });
  if (!made.ok) return made;
  const { session, secret } = made.value;
  const known = await app.store.person(person.id);
  const name = { id: person.id, name: known?.name ?? person.id };
  return answered({ token: secret, person: name, expires_at: session.expiresAt });
}

async function collectable(
  app: App,
  deviceHash: string,
): Promise<
  Answer<"pending" | { readonly authorization: StoredCliAuthorization; readonly person: Person }>
> {
  const authorization = await app.store.cliAuthorization({ deviceHash });
  const { now } = await app.store.time();
  if (authorization === null || now >= authorization.expiresAt) return NO_TOKEN;
  const { decided } = authorization;
  if (decided === null) return answered("pending");
  if (!decided.allowed) {
    return refused("sign_in_failed", "it was refused in the browser; nobody is signed in here");
  }
  const person = await personOfSession(app, decided.session);
  // Whoever signed out since, or was signed out, has taken it back.
  return person === null ? NO_TOKEN : answered({ authorization, person });
}
