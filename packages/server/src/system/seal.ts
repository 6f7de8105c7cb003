/** AES-256-GCM under a key of this installation's. */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Random } from "../ports/random.ts";
import type { Seal } from "../ports/seal.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * @param secrets the key is made from all of them: one from the store and one from outside it, so
 * that a copy of the store alone opens nothing.
 */
export function createSeal(
  random: Random,
  secrets: { readonly stored: Uint8Array; readonly configured: string },
): Seal {
  const { stored, configured } = secrets;
  const key = Buffer.from(hkdfSync("sha256", configured, stored, "haltpoint:seal:1", KEY_BYTES));
  return {
    seal(text, about) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        return null; // the tag says that it is not ours, or not about this
      }
    },
  };
}
