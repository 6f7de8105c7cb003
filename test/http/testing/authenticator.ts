/**
 * An authenticator in software: makes key pairs, and answers what a browser would be asked. It says
 * whatever a test wants it to say, true or not.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

type Json = Readonly<Record<string, unknown>>;
type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>;

const ALGORITHMS = {
  ES256: -7,
  EdDSA: -8,
  RS256: -257,
  /** None that we take. */
  ES384: -35,
} as const;

interface Claims {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  /** Default: present and verified. */
  readonly flags?: number;
  readonly counter?: number;
  /** Signs with another key than the registered one. */
  readonly otherKey?: boolean;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;
const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest();
const text64 = (data: Buffer) => data.toString("base64url");

export class Authenticator {
  readonly id = randomBytes(32);
  readonly #origin: string;
  readonly #algorithm: keyof typeof ALGORITHMS;
  readonly #private: KeyObject;
  readonly #public: Json;
  counter = 0;

  constructor(origin: string, algorithm: keyof typeof ALGORITHMS = "ES256") {
    this.#origin = origin;
    this.#algorithm = algorithm;
    const { privateKey, publicKey } = keysOf(algorithm);
    this.#private = privateKey;
    this.#public = publicKey.export({ format: "jwk" }) as Json;
  }

  get credentialId(): string {
    return text64(this.id);
  }

  /** What `navigator.credentials.create` would give for these options. */
  create(options: Json, claims: Claims = {}): Json {
    const clientData = this.#clientData("webauthn.create", options, claims);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.id, cbor(this.#cose())]);
    const flags = (claims.flags ?? PRESENT | VERIFIED) | HAS_CREDENTIAL;
    const authData = Buffer.concat([this.#authData(flags, claims), credential]);
    const attestation = cbor(
      new Map<string, Cbor>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ]),
    );
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: text64(clientData),
        attestationObject: text64(attestation),
        transports: ["internal"],
      },
    };
  }

  /** What `navigator.credentials.get` would give for these options. */
  get(options: Json, claims: Claims = {}): Json {
    if (claims.counter === undefined) this.counter += 1;
    const clientData = this.#clientData("webauthn.get", options, claims);
    const authData = this.#authData(claims.flags ?? PRESENT | VERIFIED, claims);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    const key = claims.otherKey === true ? keysOf(this.#algorithm).privateKey : this.#private;
    const digest = this.#algorithm === "EdDSA" ? null : "sha256";
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: text64(clientData),
        authenticatorData: text64(authData),
        signature: text64(sign(digest, signed, key)),
      },
    };
  }

  #clientData(type: string, options: Json, claims: Claims): Buffer {
    const data = {
      type: claims.type ?? type,
      challenge: claims.challenge ?? options["challenge"],
      origin: claims.origin ?? this.#origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  #authData(flags: number, claims: Claims): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(claims.counter ?? this.counter);
    const rpId = claims.rpId ?? new URL(this.#origin).hostname;
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter]);
  }

  #cose(): ReadonlyMap<number, Cbor> {
    const part = (name: string) => Buffer.from(String(this.#public[name]), "base64url");
    const algorithm = ALGORITHMS[this.#algorithm];
    switch (this.#algorithm) {
      case "ES256":
      case "ES384":
        return new Map<number, Cbor>([
          [1, 2],
          [3, algorithm],
          [-1, this.#algorithm === "ES256" ? 1 : 2],
          [-2, part("x")],
          [-3, part("y")],
        ]);
      case "EdDSA":
        return new Map<number, Cbor>([
          [1, 1],
          [3, algorithm],
          [-1, 6],
          [-2, part("x")],
        ]);
      case "RS256":
        return new Map<number, Cbor>([
          [1, 3],
          [3, algorithm],
          [-1, part("n")],
          [-2, part("e")],
        ]);
    }
  }
}

function keysOf(algorithm: keyof typeof ALGORITHMS) {
  switch (algorithm) {
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "ES384":
      return generateKeyPairSync("ec", { namedCurve: "P-384" });
    case "EdDSA":
      return generateKeyPairSync("ed25519");
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength: 2_048 });
  }
}

function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([key, each]) => [cbor(key), cbor(each)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

function head(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  if (length < 256) return Buffer.from([type | 24, length]);
  return Buffer.from([type | 25, length >> 8, length & 0xff]);
}
