/**
 * Passkeys by SimpleWebAuthn. Loaded when the first one is needed: a resting server that nobody signs
 * in to has no use for certificates and ASN.1.
 */
import { fromBase64url, sha256Base64url } from "@haltpoint/protocol";
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
  Uint8Array_,
} from "@simplewebauthn/server";
import type { JsonObject, NewCredential, Passkeys, SignedAssertion } from "../ports/passkeys.ts";

/** EdDSA, ES256, RS256: what authenticators have, and nothing else. */
const ALGORITHMS = [-8, -7, -257];
const TIMEOUT_MS = 300_000;
const COSE_ALGORITHM = 3;

const library = () => import("@simplewebauthn/server");

export const webAuthn: Passkeys = {
  async registrationOptions({ party, challenge, person, known }) {
    const { generateRegistrationOptions } = await library();
    const options = await generateRegistrationOptions({
      rpName: party.name,
      rpID: party.id,
      userName: person.id,
      userDisplayName: person.name,
      // Kept by the authenticator: says nothing of the person to whoever finds it there.
      userID: bytesOf(sha256Base64url(`haltpoint:user:1:${person.id}`)),
      challenge: bytesOf(challenge),
      timeout: TIMEOUT_MS,
      attestationType: "none",
      excludeCredentials: known.map((id) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return { ...options };
  },

  async verifyRegistration({ party, challenge, response }) {
    const { verifyRegistrationResponse } = await library();
    const { decodeCredentialPublicKey } = await import("@simplewebauthn/server/helpers");
    return attempt<NewCredential>(async () => {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response as unknown as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: [...party.origins],
        expectedRPID: party.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      });
      if (!verified) return null;
      const { credential, credentialBackedUp } = registrationInfo;
      const algorithm: unknown = decodeCredentialPublicKey(credential.publicKey).get(
        COSE_ALGORITHM,
      );
      if (typeof algorithm !== "number" || !ALGORITHMS.includes(algorithm)) return null;
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString("base64url"),
        algorithm,
        counter: credential.counter,
        transports: (credential.transports ?? []).filter((each) => typeof each === "string"),
        backedUp: credentialBackedUp,
      };
    });
  },

  async assertionOptions({ party, challenge, allowed }) {
    const { generateAuthenticationOptions } = await library();
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      challenge: bytesOf(challenge),
      timeout: TIMEOUT_MS,
      userVerification: "required",
      allowCredentials: allowed.map(({ id, transports }) => ({
        id,
        transports: [...transports] as AuthenticatorTransport[],
      })),
    });
    return { ...options };
  },

  credentialIdOf: ({ id }) => (typeof id === "string" && id.length <= 1_400 ? id : null),

  async verifyAssertion({ party, challenge, response, credential }) {
    const { verifyAuthenticationResponse } = await library();
    return attempt<SignedAssertion>(async () => {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as unknown as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: [...party.origins],
        expectedRPID: party.id,
        requireUserVerification: true,
        credential: {
          id: credential.credentialId,
          publicKey: bytesOf(credential.publicKey),
          counter: credential.counter,
        },
      });
      if (!verified) return null;
      const { clientDataJSON, authenticatorData, signature } = signedPartsOf(response);
      return {
        credentialId: credential.credentialId,
        clientDataJson: clientDataJSON,
        authenticatorData,
        signature,
        counter: authenticationInfo.newCounter,
        backedUp: authenticationInfo.credentialBackedUp,
      };
    });
  },
};

/** The library throws for what does not hold, and for what is not of the form it expects. */
async function attempt<T>(
  verify: () => Promise<T | null>,
): Promise<
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }
> {
  try {
    const value = await verify();
    return value === null ? { ok: false, why: "the signature does not hold" } : { ok: true, value };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : "not of the right form" };
  }
}

function signedPartsOf(response: JsonObject): AuthenticationResponseJSON["response"] {
  return (response as unknown as AuthenticationResponseJSON).response;
}

function bytesOf(text: string): Uint8Array_ {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw new TypeError("not base64url");
  return new Uint8Array(bytes);
}
