/**
 * A real identity provider on loopback, whose people a test can move, disable and sign in by a word;
 * and which can be down in parts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const CLIENT = { id: "haltpoint", secret: "a-secret-of-this-test-only-0123456789" };

export interface Known {
  name: string;
  groups: readonly string[];
  username?: string;
}

export interface TestProvider {
  readonly issuer: string;
  /** By subject. Without an entry there is no such account (any more). */
  readonly people: Map<string, Known>;
  /** Who sits at the browser. */
  signedInAs: string;
  /** Parts of a path that do not answer: at once with 503, or never. */
  readonly down: Set<string>;
  readonly silent: Set<string>;
  /** Paths that were asked for, without their query. */
  readonly asked: string[];
  /** Once it is known where Haltpoint listens. */
  serve(redirectUri: string): void;
  close(): Promise<void>;
}

export async function startProvider(): Promise<TestProvider> {
  let provider: Provider | null = null;
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const self: TestProvider = {
    issuer: `http://127.0.0.1:${port}`,
    people: new Map(),
    signedInAs: "",
    down: new Set(),
    silent: new Set(),
    asked: [],
    serve: (redirectUri) => {
      provider = providerFor(self, redirectUri);
    },
    close: () => closed(server),
  };
  return self;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    self.asked.push(path);
    if ([...self.silent].some((part) => path.includes(part))) return;
    if (provider === null || [...self.down].some((part) => path.includes(part))) {
      response.writeHead(503).end();
      return;
    }
    if (path.startsWith("/interaction/")) await interact(provider, self, request, response);
    else await provider.callback()(request, response);
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function providerFor(self: TestProvider, redirectUri: string): Provider {
  return new Provider(self.issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups", "offline_access"],
    cookies: { keys: ["only for this test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 300, RefreshToken: 86_400, Grant: 86_400, Session: 86_400, IdToken: 300 },
    findAccount: (_context, sub) => {
      const known = self.people.get(sub);
      if (known === undefined) return undefined;
      const { name, groups, username } = known;
      const claims = { sub, name, groups, preferred_username: username ?? name };
      return { accountId: sub, claims: () => claims };
    },
  });
}

/** Signs in whoever sits there and agrees to everything. */
async function interact(
  provider: Provider,
  self: TestProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (self.signedInAs === "") {
    const refusal = { error: "access_denied", error_description: "<b>they</b> said no" };
    return provider.interactionFinished(request, response, refusal);
  }
  if (prompt.name === "login") {
    const login = { accountId: self.signedInAs };
    return provider.interactionFinished(request, response, { login });
  }
  const accountId = session?.accountId ?? self.signedInAs;
  const grant = new provider.Grant({ accountId, clientId: CLIENT.id });
  grant.addOIDCScope(String(params["scope"]));
  const grantId = await grant.save();
  const options = { mergeWithLastSubmission: true };
  return provider.interactionFinished(request, response, { consent: { grantId } }, options);
}
