/** Checks a signature with Node's cryptography, as a stranger's verifier would. */
import { Buffer } from "node:buffer";
import { createPublicKey, verify } from "node:crypto";
import type { VerifySignature } from "../signed-review.ts";

export const verifyWithNode: VerifySignature = ({ algorithm, jwk }, data, signature) => {
  const members = Object.entries(jwk).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : value,
  ]);
  const key = createPublicKey({ key: Object.fromEntries(members), format: "jwk" });
  return verify(algorithm === -8 ? null : "sha256", data, key, signature);
};
