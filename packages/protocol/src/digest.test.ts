import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import {
  base64url,
  fromBase64url,
  isDigest,
  revisionDigest,
  SAMENESS_KEY_BYTES_MIN,
  samenessMac,
  sha256Base64url,
} from "./digest.ts";
import type { JsonValue } from "./json-value.ts";
import type { Revision } from "./messages.ts";
import {
  isSameJson,
  jsonLeaf,
  pathsOf,
  replaceAt,
  reversedKeys,
  revision,
  runs,
  valueAt,
} from "./testing/json-arbitraries.ts";
import { vectorCases } from "./testing/vectors.ts";

const asRevision = (value: JsonValue): Revision => value as unknown as Revision;
const asJson = (value: Revision): JsonValue => value as unknown as JsonValue;

describe("base64url and sha256Base64url", () => {
  it("agree with another implementation for all lengths up to three blocks", () => {
    for (let length = 0; length <= 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      expect(base64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(base64url(bytes))).toEqual(bytes);
      expect(sha256Base64url(bytes)).toBe(createHash("sha256").update(bytes).digest("base64url"));
    }
  });

  it("read bytes in their one spelling only", () => {
    for (const other of ["A", "AB", "AA=", "A+/A", "AA AA", "AAé"]) {
      expect(fromBase64url(other)).toBeUndefined();
    }
  });

  it("hash a text as its UTF-8", () => {
    expect(sha256Base64url("")).toBe("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    expect(sha256Base64url("kůň 😀")).toBe(
      createHash("sha256").update("kůň 😀", "utf8").digest("base64url"),
    );
  });

  it("know the one spelling of a digest", () => {
    const digest = sha256Base64url("a");
    expect(isDigest(digest)).toBe(true);
    for (const other of [
      "",
      digest.slice(1),
      `${digest}A`,
      `${digest.slice(0, 42)}B`,
      `${digest.slice(0, 42)}=`,
      `${digest}\n`,
      `+${digest.slice(1)}`,
    ]) {
      expect(isDigest(other)).toBe(false);
    }
  });
});

describe("revisionDigest", () => {
  const revisions = vectorCases<{ committed_text: string; digest: string }>(
    "digest/revisions.json",
  );
  it.each(revisions)("of the vector: $name", ({ committed_text, digest }) => {
    expect(revisionDigest(JSON.parse(committed_text) as Revision)).toBe(digest);
    expect(createHash("sha256").update(committed_text).digest("base64url")).toBe(digest);
  });

  it("is SHA-256 over the canonical bytes, and ignores the order of keys", () => {
    fc.assert(
      fc.property(revision, (value) => {
        const digest = revisionDigest(value);
        expect(isDigest(digest)).toBe(true);
        expect(digest).toBe(
          createHash("sha256").update(canonicalJson(value), "utf8").digest("base64url"),
        );
        expect(revisionDigest(asRevision(reversedKeys(value)))).toBe(digest);
      }),
      runs(200),
    );
  });

  it("changes when any one leaf changes, or goes", () => {
    fc.assert(
      fc.property(revision, jsonLeaf, fc.nat(), (value, leaf, choice) => {
        const paths = pathsOf(value).filter((path) => {
          const at = valueAt(value, path);
          return typeof at !== "object" || at === null;
        });
        const path = paths[choice % paths.length]!;
        fc.pre(!isSameJson(valueAt(value, path), leaf));
        const changed = asRevision(replaceAt(asJson(value), path, leaf));
        expect(revisionDigest(changed)).not.toBe(revisionDigest(value));
        const wrapped = asRevision(
          replaceAt(asJson(value), path, [valueAt(value, path) as JsonValue]),
        );
        expect(revisionDigest(wrapped)).not.toBe(revisionDigest(value));
      }),
      runs(300),
    );
  });
});

describe("samenessMac", () => {
  const sameness = vectorCases<{ key_hex: string; revision: Revision; mac: string }>(
    "digest/sameness.json",
  );
  it.each(sameness)("of the vector: $name", ({ key_hex, revision: value, mac }) => {
    const key = Uint8Array.from(Buffer.from(key_hex, "hex"));
    expect(samenessMac(key, value)).toBe(mac);
    expect(createHmac("sha256", key).update(canonicalJson(value)).digest("base64url")).toBe(mac);
  });

  it("differs by key and by content, not by order of keys", () => {
    const key = new Uint8Array(SAMENESS_KEY_BYTES_MIN).fill(1);
    const otherKey = new Uint8Array(SAMENESS_KEY_BYTES_MIN).fill(2);
    fc.assert(
      fc.property(revision, revision, (left, right) => {
        expect(samenessMac(key, left)).not.toBe(samenessMac(otherKey, left));
        expect(samenessMac(key, asRevision(reversedKeys(left)))).toBe(samenessMac(key, left));
        expect(samenessMac(key, left) === samenessMac(key, right)).toBe(isSameJson(left, right));
      }),
      runs(100),
    );
  });

  it("takes no short key", () => {
    const value: Revision = {
      subject: { type: "agent", id: "a" },
      action: { name: "x" },
      resource: { type: "r", id: "1" },
    };
    expect(() => samenessMac(new Uint8Array(SAMENESS_KEY_BYTES_MIN - 1), value)).toThrow(
      RangeError,
    );
  });
});
