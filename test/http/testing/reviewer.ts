/** People at a browser who have a passkey, as the server sees them. */
import { displayDigest, displayedOf, newId, type RequestView } from "@haltpoint/protocol";
import {
  type AssertOptions,
  softwareAuthenticator,
  type SoftwareAuthenticator,
} from "../../../packages/protocol/src/testing/software-authenticator.ts";
import { commitOnce } from "../../../packages/server/src/app/commit-once.ts";
import { createSession } from "../../../packages/server/src/app/sessions.ts";
import type { Right } from "../../../packages/server/src/domain/request/commands.ts";
import { sessionCookie } from "../../../packages/server/src/edges/http/cookies.ts";
import { systemRandom } from "../../../packages/server/src/system/system-random.ts";
import { type Got, newKey, type UnderTest } from "./server-under-test.ts";

export interface Reviewer {
  readonly id: string;
  readonly passkey: SoftwareAuthenticator;
  get(path: string): Promise<Got>;
  post(path: string, body: object, key?: string): Promise<Got>;
  act(request: string, verb: string, body: object, key?: string): Promise<Got>;
  look(request: string): Promise<RequestView>;
  /** Asks for a challenge of these words on what is shown. */
  challenge(view: RequestView, words: object): Promise<Got>;
  /** Asks for a challenge and has a passkey answer it; changes make the answer wrong. */
  sign(
    view: RequestView,
    words: object,
    changes?: Partial<AssertOptions>,
    by?: SoftwareAuthenticator,
  ): Promise<{ readonly ceremony: string; readonly response: object }>;
}

/** Signs in as a person who has to exist; `sign` works with what was given out. */
export async function reviewerAt(
  server: UnderTest,
  id: string,
  rights: readonly Right[] = [],
): Promise<Reviewer> {
  await server.person(id, rights);
  const { app } = server;
  const passkey = softwareAuthenticator();
  const signedIn = await createSession(app, {
    person: id,
    kind: "web",
    via: "passkey",
    label: "test",
  });
  if (!signedIn.ok) throw new Error(signedIn.problem.detail);
  const { session, secret } = signedIn.value;
  await enrol(server, id, passkey);
  const headers = {
    cookie: sessionCookie(app.site, secret, 60_000).split(";", 1)[0] ?? "",
    origin: app.site.publicUrl,
    "x-haltpoint-csrf": session.csrf,
  };
  const post = (path: string, body: object, key = newKey()): Promise<Got> =>
    server.call("POST", path, { body, key, headers });
  const get = (path: string): Promise<Got> =>
    server.call("GET", path, { headers: { cookie: headers.cookie } });
  const challenge = (view: RequestView, words: object): Promise<Got> =>
    post(`/v1/requests/${view.id}/challenges`, {
      digest: view.revision.digest,
      display_digest: displayDigest(displayedOf(view)),
      ...words,
    });
  return {
    id,
    passkey,
    get,
    post,
    act: (request, verb, body, key) => post(`/v1/requests/${request}/${verb}`, body, key),
    look: async (request) => (await get(`/v1/requests/${request}`)).body as RequestView,
    challenge,
    async sign(view, words, changes = {}, by = passkey) {
      const { body } = await challenge(view, words);
      if (body.ceremony === undefined) throw new Error(JSON.stringify(body));
      const { ceremony, options } = body as {
        ceremony: string;
        options: { challenge: string; rpId: string };
      };
      const asked = {
        challenge: options.challenge,
        origin: app.site.publicUrl,
        rpId: options.rpId,
      };
      return { ceremony, response: by.answer({ ...asked, ...changes }) };
    },
  };
}

async function enrol(
  { app }: UnderTest,
  person: string,
  passkey: SoftwareAuthenticator,
): Promise<void> {
  const { now } = await app.store.time();
  const { credentialId, publicKey, algorithm } = passkey;
  const stored = {
    id: newId("pk", now, systemRandom.bytes(10)),
    person,
    credentialId,
    publicKey,
    algorithm,
    counter: 0,
    transports: [],
    backedUp: false,
    name: "test",
    createdAt: now,
    lastUsedAt: null,
    revokedAt: null,
  };
  await commitOnce(app, { expected: {}, writes: [{ kind: "passkey", passkey: stored }] });
}
