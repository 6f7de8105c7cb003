import type { IdentityProvider } from "../ports/identity-provider.ts";
import type { Seal } from "../ports/seal.ts";

/** How long a provider that did not answer about an account is not asked about it again. */
const NOT_AGAIN_MS = 1_000;

/** The identity provider with what is known of asking it. Nothing in here is truth. */
export class KnownProvider {
  readonly port: IdentityProvider;
  readonly seal: Seal;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #failedAt = new Map<string, number>();

  constructor(port: IdentityProvider, seal: Seal) {
    this.port = port;
    this.seal = seal;
  }

  /**
   * Asks about one account once at a time: a refresh token that rotates is used up by the first who
   * asks. Whoever comes meanwhile waits for that answer. `ask` resolves with whether there was one.
   */
  async once(subject: string, now: number, ask: () => Promise<boolean>): Promise<void> {
    const underWay = this.#underWay.get(subject);
    if (underWay !== undefined) return underWay;
    const failedAt = this.#failedAt.get(subject);
    if (failedAt !== undefined && now - failedAt < NOT_AGAIN_MS) return undefined;
    const asking = ask()
      .then((answered) => {
        if (answered) this.#failedAt.delete(subject);
        else this.#failedAt.set(subject, now);
      })
      .finally(() => this.#underWay.delete(subject));
    this.#underWay.set(subject, asking);
    return asking;
  }
}

/** What a sealed refresh token belongs to. */
export function sealedFor(account: { readonly issuer: string; readonly subject: string }): string {
  return JSON.stringify(["refresh_token", account.issuer, account.subject]);
}
