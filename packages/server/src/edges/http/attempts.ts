/** How often somebody may try to get in: a bucket for each address and each person. */
import { problem } from "@haltpoint/protocol";
import { RefusedCall } from "./refused-call.ts";

const MINUTE_MS = 60_000;
const BUCKETS_MAX = 20_000;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** In memory: a restart lets everybody try again, and costs an attacker more than it gives. */
export class Attempts {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one try of `who`, e.g. an address. @throws RefusedCall `too_many_requests` */
  count(who: string, now = performance.now()): void {
    const known = this.#buckets.get(who) ?? { left: this.#perMinute, at: now };
    const regained = ((now - known.at) / MINUTE_MS) * this.#perMinute;
    const left = Math.min(this.#perMinute, known.left + regained);
    this.#buckets.delete(who);
    if (this.#buckets.size >= BUCKETS_MAX) this.#forgetOldest();
    this.#buckets.set(who, { left: left < 1 ? left : left - 1, at: now });
    if (left >= 1) return;
    const retry = Math.ceil(((1 - left) / this.#perMinute) * MINUTE_MS);
    const limit = { name: "sign_in_attempts", value: this.#perMinute };
    const detail = `at most ${this.#perMinute} attempts a minute are taken; wait and try again`;
    throw new RefusedCall(problem("too_many_requests", detail, { limit, retry_after_ms: retry }));
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** What is counted for an address: of IPv6 the network, since one machine has all of it. */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address.split(":").slice(0, 4).join(":");
}
