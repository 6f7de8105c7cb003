/** The identity provider over OpenID Connect: code flow with PKCE, state and nonce; userinfo. */
import * as client from "openid-client";
import type {
  IdentityProvider,
  ProviderUnavailable,
  RefreshAnswer,
  SignInAnswer,
  SignInChecks,
} from "../ports/identity-provider.ts";

/** Of one call to the provider; whoever waits for a decision waits for this. */
const TIMEOUT_S = 3;
const GROUPS_MAX = 500;
const TEXT_MAX = 200;

interface OidcSettings {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly groupsClaim: string;
  /** The claim that names a person who is new here; afterwards only issuer and subject count. */
  readonly personIdFrom: string;
}

type Claims = Readonly<Record<string, unknown>>;
type Tokens = Awaited<ReturnType<typeof client.refreshTokenGrant>>;

export function createOidcProvider(settings: OidcSettings): IdentityProvider {
  let known: client.Configuration | null = null;
  /** Asked until it answers once: a server starts although its provider is down. */
  const configuration = async (): Promise<client.Configuration> =>
    (known ??= await discover(settings));
  return {
    name: settings.name,
    issuer: settings.issuer,
    async begin(redirectUri) {
      try {
        return await begin(await configuration(), settings, redirectUri);
      } catch (fault) {
        return unavailable(fault);
      }
    },
    async finish(callback, checks) {
      try {
        return await finish(await configuration(), settings, callback, checks);
      } catch (fault) {
        return isRefusal(fault) ? { kind: "refused", why: whyOf(fault) } : unavailable(fault);
      }
    },
    async refresh(account) {
      try {
        return await refresh(await configuration(), settings, account);
      } catch (fault) {
        return isEnd(fault) ? { kind: "ended" } : unavailable(fault);
      }
    },
  };
}

function discover(settings: OidcSettings): Promise<client.Configuration> {
  const issuer = new URL(settings.issuer);
  // Settings take plain http on this machine only; there nobody is in between.
  const execute = issuer.protocol === "http:" ? [client.allowInsecureRequests] : [];
  const { clientId, clientSecret } = settings;
  const options = { execute, timeout: TIMEOUT_S };
  return client.discovery(issuer, clientId, clientSecret, undefined, options);
}

async function begin(
  config: client.Configuration,
  settings: OidcSettings,
  redirectUri: string,
): Promise<{ readonly kind: "begun"; readonly url: string; readonly checks: SignInChecks }> {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { state: client.randomState(), nonce: client.randomNonce(), verifier };
  const isOffline = settings.scopes.split(" ").includes("offline_access");
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: settings.scopes,
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    // OpenID Connect Core 11: a provider may ignore `offline_access` without it.
    ...(isOffline ? { prompt: "consent" } : {}),
  });
  return { kind: "begun", url: url.href, checks };
}

async function finish(
  config: client.Configuration,
  settings: OidcSettings,
  callback: URL,
  { state, nonce, verifier }: SignInChecks,
): Promise<SignInAnswer> {
  const tokens = await client.authorizationCodeGrant(config, callback, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) return { kind: "refused", why: "no ID token came" };
  const said = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  const named: unknown = said[settings.personIdFrom] ?? claims[settings.personIdFrom];
  const name: unknown = said.name ?? claims["name"];
  return {
    kind: "signed_in",
    person: {
      subject: claims.sub,
      groups: groupsIn(said, claims, settings.groupsClaim),
      personId: typeof named === "string" ? named : null,
      name: typeof name === "string" && name.trim() !== "" ? name.slice(0, TEXT_MAX) : null,
      refreshToken: tokens.refresh_token ?? null,
    },
  };
}

/** A new access token, and with it what the provider says of the account at this moment. */
async function refresh(
  config: client.Configuration,
  settings: OidcSettings,
  account: { readonly subject: string; readonly refreshToken: string },
): Promise<RefreshAnswer> {
  const tokens = await client.refreshTokenGrant(config, account.refreshToken);
  const refreshToken = tokens.refresh_token ?? account.refreshToken;
  try {
    const said = await client.fetchUserInfo(config, tokens.access_token, account.subject);
    return { kind: "confirmed", groups: groupsOf(said, tokens, settings), refreshToken };
  } catch (fault) {
    // The old token may be used up already; without the new one nobody could ask ever again.
    return isEnd(fault) ? { kind: "ended" } : { ...unavailable(fault), refreshToken };
  }
}

function groupsOf(said: Claims, tokens: Tokens, settings: OidcSettings): readonly string[] {
  return groupsIn(said, tokens.claims() ?? {}, settings.groupsClaim);
}

/** Names of groups; anything else in the claim is none, and gives nobody anything. */
function groupsIn(said: Claims, claims: Claims, name: string): readonly string[] {
  const claim: unknown = said[name] ?? claims[name];
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const groups = values.filter(
    (value): value is string =>
      typeof value === "string" && value !== "" && value.length <= TEXT_MAX,
  );
  return [...new Set(groups)].toSorted().slice(0, GROUPS_MAX);
}

/** The provider answered, and the answer is no, or is not one to what was asked. */
function isRefusal(fault: unknown): boolean {
  if (fault instanceof client.AuthorizationResponseError) return true;
  if (fault instanceof client.ResponseBodyError) return fault.status < 500;
  if (fault instanceof client.WWWAuthenticateChallengeError) return true;
  return fault instanceof client.ClientError && MISFITS.has(fault.code ?? "");
}

/** What was sent back does not fit: another state, nonce, issuer, signature, time or subject. */
const MISFITS: ReadonlySet<string> = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_KEY_SELECTION_FAILED",
]);

/** RFC 6749 5.2 and RFC 6750 3.1: the grant or the account is gone; no outage says so. */
function isEnd(fault: unknown): boolean {
  if (fault instanceof client.ResponseBodyError) return fault.error === "invalid_grant";
  return fault instanceof client.WWWAuthenticateChallengeError && fault.status === 401;
}

function unavailable(fault: unknown): ProviderUnavailable {
  return { kind: "unavailable", why: whyOf(fault) };
}

/** Codes and statuses, no bodies: what a provider writes may hold a token. */
function whyOf(fault: unknown): string {
  if (fault instanceof client.ResponseBodyError) return `${fault.status} ${fault.error}`;
  if (fault instanceof client.AuthorizationResponseError) return fault.error;
  return fault instanceof Error ? fault.message : "it failed";
}
