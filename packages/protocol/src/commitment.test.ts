import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import {
  COMMITMENT_KEY,
  commitFields,
  commitmentOf,
  isSensitivePath,
  openCommitment,
  type Opening,
  REVISION_DEPTH_MAX,
  restoreRevision,
  SALT_BYTES_MIN,
  type SensitivePath,
} from "./commitment.ts";
import { revisionDigest } from "./digest.ts";
import type { JsonPath, JsonValue } from "./json-value.ts";
import type { Revision } from "./messages.ts";
import {
  isSameJson,
  jsonValue,
  pathsOf,
  replaceAt,
  reversedKeys,
  revision,
  runs,
  valueAt,
} from "./testing/json-arbitraries.ts";
import { vectorCases } from "./testing/vectors.ts";

/** A new salt on each call; every seed has its own. */
function saltsFrom(seed: number): () => Uint8Array {
  let count = 0;
  return () => {
    count += 1;
    const text = `${seed} ${count}`;
    return Uint8Array.from(createHash("sha256").update(text).digest().subarray(0, SALT_BYTES_MIN));
  };
}

function commit(value: Revision, paths: readonly SensitivePath[], seed = 1) {
  const result = commitFields(value, paths, saltsFrom(seed));
  if (!result.ok) throw new Error(result.problem.message);
  return result;
}

function restored(committed: Revision, openings: readonly Opening[]): Revision {
  const result = restoreRevision(committed, openings);
  if (!result.ok) throw new Error(`${result.problem.reason} at ${result.problem.path}`);
  return result.revision;
}

/** Ours, written from the description, on other libraries. */
function commitmentByHand(salt: string, value: JsonValue): string {
  const text = `["haltpoint:commitment:1","${salt}",${canonicalJson(value as object)}]`;
  return createHash("sha256").update(text, "utf8").digest("base64url");
}

const payment: Revision = {
  subject: { type: "agent", id: "payer-1" },
  action: {
    name: "payment.send",
    properties: {
      card_number: "4111111111111111",
      pin: 1234,
      lines: [{ iban: "DE89", amount: 1 }, { amount: 2 }, { iban: "FR14", amount: 3 }],
    },
  },
  resource: { type: "account", id: "acc-9" },
  context: { justification: "monthly run" },
};

describe("commitments of the vectors", () => {
  const commitments = vectorCases<{
    salt: string;
    value: JsonValue;
    hashed_text: string;
    commitment: string;
  }>("digest/commitments.json");
  it.each(commitments)("to one value: $name", ({ salt, value, hashed_text, commitment }) => {
    expect(openCommitment({ salt, value }, commitment)).toBe(true);
    expect(commitmentByHand(salt, value)).toBe(commitment);
    expect(createHash("sha256").update(hashed_text).digest("base64url")).toBe(commitment);
  });

  const revisions = vectorCases<{
    revision: Revision;
    sensitive_paths: readonly SensitivePath[];
    salts: readonly string[];
    committed_text: string;
    openings: readonly Opening[];
    digest: string;
  }>("digest/revisions.json");
  it.each(revisions)("in a revision: $name", (vector) => {
    const salts = vector.salts.map((salt) => Uint8Array.from(Buffer.from(salt, "base64url")));
    const result = commitFields(vector.revision, vector.sensitive_paths, () => salts.shift()!);
    if (!result.ok) throw new Error(result.problem.message);
    expect(salts).toEqual([]);
    expect(canonicalJson(result.committed)).toBe(vector.committed_text);
    expect(canonicalJson(result.openings)).toBe(canonicalJson(vector.openings));
    expect(revisionDigest(result.committed)).toBe(vector.digest);
    expect(isSameJson(restored(result.committed, vector.openings), vector.revision)).toBe(true);
  });

  const refused = vectorCases<{
    revision: Revision;
    sensitive_paths: readonly SensitivePath[];
    reason: string;
    path: string;
  }>("digest/refuse.json");
  it.each(refused)("refused: $name", ({ revision: value, sensitive_paths, reason, path }) => {
    const result = commitFields(value, sensitive_paths, saltsFrom(1));
    expect(result).toMatchObject({ ok: false, problem: { reason, path } });
  });
});

describe("commitFields", () => {
  it("hides what is named, keeps the rest, and leaves its argument alone", () => {
    const before = structuredClone(payment);
    const { committed, openings } = commit(payment, [
      "action.properties.card_number",
      "action.properties.lines.*.iban",
    ]);
    expect(payment).toEqual(before);
    expect(openings.map(({ path, value }) => [path, value])).toEqual([
      [["action", "properties", "card_number"], "4111111111111111"],
      [["action", "properties", "lines", 0, "iban"], "DE89"],
      [["action", "properties", "lines", 2, "iban"], "FR14"],
    ]);
    const text = canonicalJson(committed);
    for (const secret of ["4111111111111111", "DE89", "FR14"]) expect(text).not.toContain(secret);
    expect(committed.action.properties).toMatchObject({
      pin: 1234,
      lines: [{ amount: 1 }, { amount: 2 }, { amount: 3 }],
    });
    const shown = commitmentOf(committed.action.properties!["card_number"]);
    expect(openCommitment(openings[0]!, shown!)).toBe(true);
    expect(openCommitment(openings[1]!, shown!)).toBe(false);
    expect(openCommitment({ ...openings[0]!, value: "4111111111111112" }, shown!)).toBe(false);
    expect(openCommitment({ ...openings[0]!, salt: openings[1]!.salt }, shown!)).toBe(false);
  });

  it("does not depend on the order of keys or of paths", () => {
    const paths = ["context", "action.properties.pin", "action.properties.lines.*.iban"];
    const turned = reversedKeys(payment) as unknown as Revision;
    expect(canonicalJson(commit(turned, paths.toReversed()))).toBe(
      canonicalJson(commit(payment, paths)),
    );
  });

  it("shows neither type nor length of what it hides", () => {
    const shapes = [1, "a".repeat(1_000), null, [1, 2], { a: { b: 1 } }, true].map((pin) => {
      const value = { ...payment, context: { pin } };
      return canonicalJson(commit(value, ["context.pin"]).committed).length;
    });
    expect(new Set(shapes).size).toBe(1);
  });

  it("refuses an agent's repeat of a published commitment: the digests would be equal", () => {
    const { committed } = commit(payment, ["action.properties.card_number"]);
    const result = commitFields(committed, [], saltsFrom(1));
    expect(result).toEqual({
      ok: false,
      problem: {
        reason: "reserved_key",
        path: "action.properties.card_number.$commitment",
        message: "`action.properties.card_number.$commitment` is a reserved key; name it otherwise",
      },
    });
  });

  it("takes revisions 48 deep, commits in them, and refuses deeper ones", () => {
    const nested = (depth: number): Revision => {
      let value: JsonValue = { secret: 1 };
      // The revision itself is one level, its context the next.
      for (let level = 2; level < depth; level += 1) value = { a: value };
      return { ...payment, context: value as { readonly [key: string]: JsonValue } };
    };
    const path = [
      "context",
      ...Array.from({ length: REVISION_DEPTH_MAX - 2 }, () => "a"),
      "secret",
    ];
    const { committed, openings } = commit(nested(REVISION_DEPTH_MAX), [path]);
    expect(openings).toHaveLength(1);
    revisionDigest(committed);
    expect(commitFields(nested(REVISION_DEPTH_MAX + 1), [], saltsFrom(1))).toMatchObject({
      ok: false,
      problem: { reason: "too_deep" },
    });
  });

  it("takes no short salt", () => {
    const short = () => new Uint8Array(SALT_BYTES_MIN - 1);
    expect(() => commitFields(payment, ["context"], short)).toThrow(RangeError);
    expect(commitFields(payment, [], short).ok).toBe(true);
  });

  it.each([
    "action.properties",
    "action.properties.a",
    "subject.properties.*",
    "resource.properties.a.*.b",
    "context",
    ["context", "a.b", 0],
  ])("hides at %j", (path) => {
    expect(isSensitivePath(path)).toBe(true);
    expect(commitFields(payment, [path], saltsFrom(1)).ok).toBe(true);
  });

  it.each([
    "",
    "subject",
    "subject.id",
    "action",
    "action.name",
    "action.*",
    "*.properties",
    "resource.id.x",
    "contexts",
    "context.",
    "context..a",
    "properties.a",
    [],
    ["action.properties"],
  ])("cannot hide at %j", (path) => {
    expect(isSensitivePath(path)).toBe(false);
    expect(() => commitFields(payment, [path], saltsFrom(1))).toThrow(RangeError);
  });
});

describe("restoreRevision", () => {
  const paths = ["action.properties.card_number", "action.properties.lines.*.iban"];
  const { committed, openings } = commit(payment, paths);
  const cardPath = "action.properties.card_number";

  const problemOf = (value: Revision, of: readonly Opening[]) => {
    const result = restoreRevision(value, of);
    return result.ok ? "restored" : result.problem;
  };
  const withCard = (card: unknown): Revision => ({
    ...committed,
    action: {
      ...committed.action,
      properties: { ...committed.action.properties, card_number: card },
    },
  });

  it("gives back the original, in any order of openings", () => {
    expect(restored(committed, openings.toReversed())).toEqual(payment);
    expect(restored(payment, [])).toEqual(payment);
  });

  it("gives nothing where an opening was erased", () => {
    expect(problemOf(committed, openings.slice(1))).toEqual({
      reason: "opening_missing",
      path: cardPath,
    });
  });

  it.each([
    ["another value", { value: "4111111111111112" }],
    ["another salt", { salt: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ])("gives nothing for %s", (_, change) => {
    const altered = [{ ...openings[0]!, ...change }, ...openings.slice(1)];
    expect(problemOf(committed, altered)).toEqual({ reason: "opening_mismatch", path: cardPath });
  });

  it("gives nothing where openings changed places, are too many or occur twice", () => {
    const [card, first, second] = openings;
    const exchanged = [card!, { ...first!, path: second!.path }, { ...second!, path: first!.path }];
    expect(problemOf(committed, exchanged)).toMatchObject({ reason: "opening_mismatch" });
    expect(problemOf(committed, [...openings, { ...card!, path: ["context"] }])).toEqual({
      reason: "opening_unmatched",
      path: "context",
    });
    expect(problemOf(committed, [...openings, card!])).toEqual({
      reason: "opening_unmatched",
      path: cardPath,
    });
  });

  it.each([
    ["no text", { [COMMITMENT_KEY]: 1 }],
    ["a text that is no digest", { [COMMITMENT_KEY]: "short" }],
    ["other members", { ...(committed.action.properties!["card_number"] as object), length: 16 }],
  ])("gives nothing for a commitment with %s", (_, card) => {
    expect(problemOf(withCard(card), openings)).toMatchObject({
      reason: "malformed_commitment",
      path: cardPath,
    });
  });
});

/** A revision and some of the paths in it that may be hidden. */
const revisionWithPaths = revision.chain((value) => {
  const paths = pathsOf(value).filter((path) => isSensitivePath(path));
  return fc.record({
    value: fc.constant(value),
    paths: fc.subarray(paths, { maxLength: Math.min(4, paths.length) }),
  });
});

describe("commitments, for any revision", () => {
  it("restore the original, keep the digest, and hide every named value", () => {
    fc.assert(
      fc.property(revisionWithPaths, fc.nat(), ({ value, paths }, seed) => {
        const { committed, openings } = commit(value, paths, seed);
        expect(isSameJson(restored(committed, openings), value)).toBe(true);
        const again = commit(value, paths, seed);
        expect(revisionDigest(again.committed)).toBe(revisionDigest(committed));
        for (const path of paths) {
          const hidden = openings.find((opening) =>
            opening.path.every((key, i) => key === path[i]),
          );
          expect(hidden).toBeDefined();
          const shown = commitmentOf(valueAt(committed, hidden!.path));
          expect(shown).toBe(commitmentByHand(hidden!.salt, hidden!.value));
        }
        expect(isSameJson(committed, value)).toBe(paths.length === 0);
      }),
      runs(300),
    );
  });

  it("give another digest under another salt, so that no value can be looked up", () => {
    fc.assert(
      fc.property(revision, fc.nat(), fc.nat(), (value, left, right) => {
        fc.pre(left !== right);
        const first = commit(value, ["action.properties"], left);
        const second = commit(value, ["action.properties"], right);
        expect(revisionDigest(first.committed)).not.toBe(revisionDigest(second.committed));
      }),
      runs(100),
    );
  });

  it("refuse the reserved key, wherever it is", () => {
    fc.assert(
      fc.property(revision, jsonValue, fc.nat(), (value, inner, choice) => {
        const paths = pathsOf(value).filter((path) => isSensitivePath(path));
        const path: JsonPath = paths[choice % paths.length]!;
        const planted = replaceAt(value as unknown as JsonValue, path, { [COMMITMENT_KEY]: inner });
        const result = commitFields(planted as unknown as Revision, [], saltsFrom(1));
        expect(result).toMatchObject({ ok: false, problem: { reason: "reserved_key" } });
      }),
      runs(200),
    );
  });
});

describe("a short secret", () => {
  it("is not found by hashing all candidates without the salt (T28)", () => {
    const { committed, openings } = commit(payment, ["action.properties.pin"]);
    const shown = commitmentOf(committed.action.properties!["pin"])!;
    const salt = openings[0]!.salt;
    const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
    const candidates = Array.from({ length: 10_000 }, (_, pin) => pin);
    const guesses = (pin: number) => [
      sha256(String(pin)),
      sha256(`["haltpoint:commitment:1",${pin}]`),
      sha256(`["haltpoint:commitment:1","",${pin}]`),
    ];
    expect(candidates.some((pin) => guesses(pin).includes(shown))).toBe(false);
    // With the salt it is found: the test looks for the right thing.
    expect(candidates.filter((pin) => commitmentByHand(salt, pin) === shown)).toEqual([1234]);
  });
});
