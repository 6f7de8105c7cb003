/**
 * Identifiers: a prefix that says what it names, and 26 characters of Crockford base32 in ULID's
 * layout (48 bits of time, 80 random bits), so that ids sort by time: `req_01JD…7F3K`.
 *
 * An id names and never authorises: it is printed on cards and in links.
 */

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LENGTH = 10;
const RANDOM_BYTES = 10;
const SHORT_LENGTH = 4;
const TIME_MS_MAX = 2 ** 48 - 1;
const PREFIX = /^[a-z]+$/;
// 26 characters carry 130 bits, so the first is at most 7.
const BODY = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const ASCII = /^[0-9A-Za-z-]*$/;
const SHORT = /^[0-9A-HJKMNP-TV-Z]{4}$/;

/**
 * Makes an id.
 *
 * @param prefix lower-case letters, e.g. `req`.
 * @param timeMs integer milliseconds since the epoch, below 2^48.
 * @param random at least 10 random bytes; the first 10 are used.
 * @throws RangeError where one of these is otherwise.
 */
export function newId(prefix: string, timeMs: number, random: Uint8Array): string {
  if (!PREFIX.test(prefix)) throw new RangeError(`\`${prefix}\` is no prefix: lower-case letters`);
  if (!Number.isInteger(timeMs) || timeMs < 0 || timeMs > TIME_MS_MAX) {
    throw new RangeError(`\`${timeMs}\` is no time in milliseconds since the epoch`);
  }
  if (random.length < RANDOM_BYTES)
    throw new RangeError(`an id takes ${RANDOM_BYTES} random bytes`);
  return `${prefix}_${encodeTime(timeMs)}${encodeRandom(random.subarray(0, RANDOM_BYTES))}`;
}

function encodeTime(timeMs: number): string {
  let rest = timeMs;
  let text = "";
  for (let index = 0; index < TIME_LENGTH; index += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** 80 bits are sixteen groups of five, without remainder. */
function encodeRandom(random: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const byte of random) {
    bits = ((bits << 8) | byte) & 0xfff;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += CROCKFORD.charAt((bits >> bitCount) & 31);
    }
  }
  return text;
}

/** Whether a text is an id with this prefix, spelled exactly as {@link newId} does. */
export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && BODY.test(text.slice(prefix.length + 1));
}

/** The last four characters: what people read out and type, e.g. `7F3K`. May name several. */
export function shortId(id: string): string {
  return id.slice(-SHORT_LENGTH);
}

/** What a person typed for a short id, as {@link shortId} spells it; undefined if it is none. */
export function normalizeShortId(typed: string): string | undefined {
  const text = readCrockford(typed);
  return SHORT.test(text) ? text : undefined;
}

/** What a person typed for a whole id, as {@link newId} spells it; undefined if it is none. */
export function normalizeId(prefix: string, typed: string): string | undefined {
  const text = typed.trim();
  const start = `${prefix}_`;
  if (text.slice(0, start.length).toLowerCase() !== start) return undefined;
  const body = readCrockford(text.slice(start.length));
  return BODY.test(body) ? `${start}${body}` : undefined;
}

/** Crockford: any case, I and L are 1, O is 0, hyphens are for reading. */
function readCrockford(typed: string): string {
  const text = typed.trim();
  // Before changing case: `ſ` would become `S`.
  if (!ASCII.test(text)) return "";
  return text.toUpperCase().replaceAll("-", "").replace(/[IL]/g, "1").replaceAll("O", "0");
}
