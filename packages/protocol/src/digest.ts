/** Hashes of canonical JSON, in the one spelling Haltpoint uses: base64url without padding. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalBytes } from "./canonical-json.ts";
import type { Revision } from "./messages.ts";

declare const digestBrand: unique symbol;

/** base64url of a SHA-256, 43 characters. Names a revision: displayed = reviewed = granted = run. */
export type Digest = string & { readonly [digestBrand]: true };

// 43 characters carry 258 bits; the last two are zero, so that a digest has one spelling.
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Whether a text is spelled as a digest. Says nothing about what it is the digest of. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** RFC 4648 section 5, without padding. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  const whole = bytes.length - (bytes.length % 3);
  for (let index = 0; index < whole; index += 3) {
    const bits = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8);
    text += digits(bits | byteAt(bytes, index + 2), 4);
  }
  if (bytes.length - whole === 1) return text + digits(byteAt(bytes, whole) << 16, 2);
  if (bytes.length - whole === 0) return text;
  return text + digits((byteAt(bytes, whole) << 16) | (byteAt(bytes, whole + 1) << 8), 3);
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** The first digits of 24 bits, six bits each. */
function digits(bits: number, count: 2 | 3 | 4): string {
  let text = BASE64URL.charAt(bits >> 18) + BASE64URL.charAt((bits >> 12) & 0x3f);
  if (count > 2) text += BASE64URL.charAt((bits >> 6) & 0x3f);
  if (count > 3) text += BASE64URL.charAt(bits & 0x3f);
  return text;
}

/**
 * The bytes of an RFC 4648 section 5 text without padding; undefined where it is none, or is another
 * spelling of the same bytes: what is compared as text must have one spelling.
 */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let length = 0;
  for (const character of text) {
    const digit = BASE64URL.indexOf(character);
    if (digit < 0) return undefined;
    bits = ((bits << 6) | digit) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[length] = (bits >> count) & 0xff;
    length += 1;
  }
  return base64url(bytes) === text ? bytes : undefined;
}

/** base64url(SHA-256) of bytes, or of a text's UTF-8. */
export function sha256Base64url(input: Uint8Array | string): Digest {
  const bytes = typeof input === "string" ? utf8ToBytes(input) : input;
  return base64url(sha256(bytes)) as Digest;
}

/**
 * The digest of a revision: SHA-256 over its canonical bytes, with nothing in front.
 *
 * INVARIANT: I2 every later step compares this. Give it the revision *with its commitments* (see
 * {@link commitFields}): over the plain revision it would let anybody who reads it recover a short
 * sensitive field by trying (T28).
 */
export function revisionDigest(committed: Revision): Digest {
  return sha256Base64url(canonicalBytes(committed));
}

/** A shorter key would be no stronger than the value it hides. */
export const SAMENESS_KEY_BYTES_MIN = 32;

/**
 * Tells whether two submissions are the same (I14): base64url(HMAC-SHA-256(key, canonical bytes of
 * revision 0, without commitments)). Commitments are salted anew each time, so digests cannot tell.
 * Never published: whoever has the key can try values against it.
 *
 * @param key secret random bytes, at least {@link SAMENESS_KEY_BYTES_MIN}, used for nothing else.
 * @throws RangeError for a shorter key.
 */
export function samenessMac(key: Uint8Array, revision0: object): string {
  if (key.length < SAMENESS_KEY_BYTES_MIN) {
    throw new RangeError(`a sameness key has at least ${SAMENESS_KEY_BYTES_MIN} bytes`);
  }
  return base64url(hmac(sha256, key, canonicalBytes(revision0)));
}
