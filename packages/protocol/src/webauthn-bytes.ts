/**
 * The bytes of a WebAuthn assertion and of a COSE key, as far as checking a signature needs them.
 * Pure parsing; whoever has cryptography does the arithmetic.
 */

/** What an authenticator says beside its signature (WebAuthn section 6.1). */
export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly counter: number;
}

const AUTHENTICATOR_DATA_MIN = 37;

export function parseAuthenticatorData(bytes: Uint8Array): AuthenticatorData | undefined {
  if (bytes.length < AUTHENTICATOR_DATA_MIN) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(32);
  return {
    rpIdHash: bytes.slice(0, 32),
    userPresent: (flags & 0x01) !== 0,
    userVerified: (flags & 0x04) !== 0,
    counter: view.getUint32(33),
  };
}

/** A public key as Web Cryptography and Node import it. */
export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: Uint8Array }
  | { readonly kty: "RSA"; readonly n: Uint8Array; readonly e: Uint8Array };

/** COSE algorithms that are taken: EdDSA, ES256, RS256. */
export type CoseAlgorithm = -8 | -7 | -257;

export interface CoseKey {
  readonly algorithm: CoseAlgorithm;
  readonly jwk: PublicJwk;
}

/** Labels of RFC 9052 and RFC 9053. */
const KTY = 1;
const ALG = 3;
const CRV_OR_N = -1;
const X_OR_E = -2;
const Y = -3;

/** The key of a COSE_Key map; undefined where it is damaged or of no kind that is taken. */
export function parseCoseKey(bytes: Uint8Array): CoseKey | undefined {
  const members = parseFlatMap(bytes);
  if (members === undefined) return undefined;
  const key = `${String(members.get(KTY))}:${String(members.get(ALG))}`;
  const first = members.get(CRV_OR_N);
  const second = members.get(X_OR_E);
  if (!(second instanceof Uint8Array)) return undefined;
  switch (key) {
    case "1:-8":
      if (first !== 6 || second.length !== 32) return undefined;
      return { algorithm: -8, jwk: { kty: "OKP", crv: "Ed25519", x: second } };
    case "2:-7": {
      const y = members.get(Y);
      if (first !== 1 || second.length !== 32) return undefined;
      if (!(y instanceof Uint8Array) || y.length !== 32) return undefined;
      return { algorithm: -7, jwk: { kty: "EC", crv: "P-256", x: second, y } };
    }
    case "3:-257":
      if (!(first instanceof Uint8Array) || first.length < 256) return undefined;
      return { algorithm: -257, jwk: { kty: "RSA", n: first, e: second } };
    default:
      return undefined;
  }
}

type Member = number | Uint8Array;

/** A CBOR map of integers to integers and byte strings: all a COSE_Key of ours is. */
function parseFlatMap(bytes: Uint8Array): ReadonlyMap<number, Member> | undefined {
  const reader = { bytes, at: 0 };
  const head = readHead(reader);
  if (head === undefined || head.major !== 5) return undefined;
  const members = new Map<number, Member>();
  for (let index = 0; index < head.value; index += 1) {
    const label = readMember(reader);
    const member = readMember(reader);
    if (typeof label !== "number" || member === undefined || members.has(label)) return undefined;
    members.set(label, member);
  }
  return reader.at === bytes.length ? members : undefined;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readMember(reader: Reader): Member | undefined {
  const head = readHead(reader);
  if (head === undefined) return undefined;
  if (head.major === 0) return head.value;
  if (head.major === 1) return -1 - head.value;
  if (head.major !== 2 || reader.at + head.value > reader.bytes.length) return undefined;
  const start = reader.at;
  reader.at += head.value;
  return reader.bytes.slice(start, reader.at);
}

/** Major type and argument; arguments of more than 16 bits are in no key. */
function readHead(reader: Reader): { major: number; value: number } | undefined {
  const first = reader.bytes[reader.at];
  if (first === undefined) return undefined;
  reader.at += 1;
  const major = first >> 5;
  const info = first & 0x1f;
  if (info < 24) return { major, value: info };
  const width = info === 24 ? 1 : info === 25 ? 2 : 0;
  if (width === 0 || reader.at + width > reader.bytes.length) return undefined;
  let value = 0;
  for (let index = 0; index < width; index += 1) {
    value = (value << 8) | (reader.bytes[reader.at] ?? 0);
    reader.at += 1;
  }
  return { major, value };
}
