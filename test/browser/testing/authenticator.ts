/** A passkey device of the browser's own, so that passkeys are real down to their signatures. */
import type { BrowserContext, Page } from "playwright-core";

export interface Authenticator {
  /** Passkeys that it holds, to be taken along to another page. */
  passkeys(): Promise<readonly Passkey[]>;
  /** Whether the person's finger or PIN is recognised. Default true. */
  verifies(isVerified: boolean): Promise<void>;
}

/** As the browser's protocol tells it. */
export interface Passkey {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly privateKey: string;
  readonly signCount: number;
  readonly rpId?: string;
  readonly userHandle?: string;
}

/** Gives a page a device, with the passkeys that somebody has already. */
export async function addAuthenticator(
  context: BrowserContext,
  page: Page,
  passkeys: readonly Passkey[] = [],
): Promise<Authenticator> {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  for (const credential of passkeys) {
    await session.send("WebAuthn.addCredential", { authenticatorId, credential });
  }
  return {
    async passkeys() {
      return (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
    },
    verifies: (isUserVerified) =>
      session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }).then(() => {}),
  };
}
