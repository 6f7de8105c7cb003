/**
 * Random bytes from the operating system, fetched by the page: one call for many ids. Every byte is
 * given out once and wiped here.
 */
import { randomBytes, randomFillSync } from "node:crypto";
import type { Random } from "../ports/random.ts";

const POOL_BYTES = 4_096;
/** Longer ones are fetched by themselves. */
const POOLED_MAX = 64;

const pool = new Uint8Array(POOL_BYTES);
let given = POOL_BYTES;

export const systemRandom: Random = {
  bytes(count) {
    if (count > POOLED_MAX) return new Uint8Array(randomBytes(count));
    if (given + count > POOL_BYTES) {
      randomFillSync(pool);
      given = 0;
    }
    const bytes = pool.slice(given, given + count);
    pool.fill(0, given, given + count);
    given += count;
    return bytes;
  },
};
