/** The operating system's randomness. */
import { randomBytes } from "node:crypto";
import type { Random } from "../../ports/random.ts";

export const random: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
