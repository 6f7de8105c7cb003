/** An authenticator in software: what a browser's would answer, and what it never would. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { CoseAlgorithm } from "../webauthn-bytes.ts";

export interface Assertion {
  readonly credential_id: string;
  readonly client_data_json: string;
  readonly authenticator_data: string;
  readonly signature: string;
}

export interface AssertOptions {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  readonly type?: string;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly crossOrigin?: boolean;
  /** Default: one more than the last. */
  readonly counter?: number;
}

export interface SoftwareAuthenticator {
  readonly credentialId: string;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
  readonly algorithm: CoseAlgorithm;
  assert(options: AssertOptions): Assertion;
  /** The same as JSON of `navigator.credentials.get`. */
  answer(options: AssertOptions): Readonly<Record<string, unknown>>;
  /** As JSON of `navigator.credentials.create`, attestation `none`. */
  register(options: AssertOptions): Readonly<Record<string, unknown>>;
}

export function softwareAuthenticator(algorithm: CoseAlgorithm = -7): SoftwareAuthenticator {
  const { publicKey, privateKey } = keyPair(algorithm);
  const cose = coseKey(algorithm, publicKey);
  const credential = randomBytes(16);
  const credentialId = credential.toString("base64url");
  let counter = 0;
  const clientData = (options: AssertOptions, type: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: options.type ?? type,
        challenge: options.challenge,
        origin: options.origin,
        crossOrigin: options.crossOrigin ?? false,
      }),
    );
  const head = (options: AssertOptions, more: number): Buffer => {
    counter = options.counter ?? counter + 1;
    const flags =
      (options.userPresent === false ? 0 : 0x01) |
      (options.userVerified === false ? 0 : 0x04) |
      more;
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags, 0);
    tail.writeUInt32BE(counter, 1);
    return Buffer.concat([createHash("sha256").update(options.rpId).digest(), tail]);
  };
  const assert = (options: AssertOptions): Assertion => {
    const client = clientData(options, "webauthn.get");
    const data = head(options, 0);
    const hashed = createHash("sha256").update(client).digest();
    const digest = algorithm === -8 ? null : "sha256";
    return {
      credential_id: credentialId,
      client_data_json: client.toString("base64url"),
      authenticator_data: data.toString("base64url"),
      signature: sign(digest, Buffer.concat([data, hashed]), privateKey).toString("base64url"),
    };
  };
  return {
    credentialId,
    publicKey: cose.toString("base64url"),
    algorithm,
    assert,
    answer: (options) => {
      const made = assert(options);
      const response = {
        clientDataJSON: made.client_data_json,
        authenticatorData: made.authenticator_data,
        signature: made.signature,
      };
      return credentialJson(credentialId, response);
    },
    register: (options) => {
      const client = clientData(options, "webauthn.create");
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.length);
      const data = Buffer.concat([head(options, 0x40), Buffer.alloc(16), length, credential, cose]);
      // {"fmt": "none", "attStmt": {}, "authData": bytes}
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        textOf("fmt"),
        textOf("none"),
        textOf("attStmt"),
        Buffer.from([0xa0]),
        textOf("authData"),
        bytesOf(data),
      ]);
      const response = {
        clientDataJSON: client.toString("base64url"),
        attestationObject: attestation.toString("base64url"),
        transports: ["internal"],
      };
      return credentialJson(credentialId, response);
    },
  };
}

function credentialJson(id: string, response: object): Readonly<Record<string, unknown>> {
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: "platform",
    clientExtensionResults: {},
    response,
  };
}

function keyPair(algorithm: CoseAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (algorithm) {
    case -8:
      return generateKeyPairSync("ed25519");
    case -7:
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case -257:
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}

function coseKey(algorithm: CoseAlgorithm, key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  const part = (name: "x" | "y" | "n" | "e"): Buffer =>
    bytesOf(Buffer.from(jwk[name] ?? "", "base64url"));
  switch (algorithm) {
    case -8: // {1: 1, 3: -8, -1: 6, -2: x}
      return Buffer.concat([Buffer.from([0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21]), part("x")]);
    case -7: // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
      return Buffer.concat([
        Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
        part("x"),
        Buffer.from([0x22]),
        part("y"),
      ]);
    case -257: // {1: 3, 3: -257, -1: n, -2: e}
      return Buffer.concat([
        Buffer.from([0xa4, 1, 3, 3, 0x39, 1, 0, 0x20]),
        part("n"),
        Buffer.from([0x21]),
        part("e"),
      ]);
  }
}

function textOf(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytesOf(bytes: Buffer): Buffer {
  if (bytes.length < 24) return Buffer.concat([Buffer.from([0x40 + bytes.length]), bytes]);
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0x58, bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([0x59, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
