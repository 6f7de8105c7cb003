/**
 * Commitments: how a revision is hashed, recorded and shown without its sensitive fields.
 *
 * A sensitive field is replaced by `{"$commitment": c}` with
 *
 *     c = base64url(SHA-256(JCS(["haltpoint:commitment:1", salt, value])))
 *
 * where `salt` is base64url of at least 128 random bits, fresh for every field. The salt and the
 * value together are the *opening*, kept apart from the ledger; deleting it erases the field and
 * leaves every digest valid (T28). JSON delimits salt and value, so no two pairs share bytes; the
 * first element keeps these hashes apart from all others, revisions being objects. Neither the
 * length nor the type of a value shows.
 *
 * This form is part of every digest ever issued: it never changes, a successor gets another number.
 */
import { canonicalBytes, canonicalJson } from "./canonical-json.ts";
import { base64url, isDigest, sha256Base64url } from "./digest.ts";
import {
  dottedPath,
  type JsonObject,
  type JsonPath,
  type JsonValue,
  setMember,
} from "./json-value.ts";
import type { Revision } from "./messages.ts";

/** The only member of a commitment. Reserved: no submitted revision may hold this key. */
export const COMMITMENT_KEY = "$commitment";
const COMMITMENT_DOMAIN = "haltpoint:commitment:1";
export const SALT_BYTES_MIN = 16;

/**
 * How deep a revision may nest, itself included. The rest of the 64 that canonical JSON allows is
 * for what gets wrapped around it: commitments, ledger entries, receipts.
 */
export const REVISION_DEPTH_MAX = 48;

/**
 * Where a sensitive field is, as `action.properties.lines.*.iban` or as
 * `["action", "properties", "a.b"]` for keys with dots. `*` stands for every element of an array
 * and every member of an object. Elements of arrays are counted from 0.
 */
export type SensitivePath = string | JsonPath;

/** What proves the value of one commitment. Whoever holds it can read the value. */
export type Opening = {
  readonly path: JsonPath;
  /** base64url, as it was hashed. */
  readonly salt: string;
  readonly value: JsonValue;
};

/** A refusal of a revision, by what its sender can change. */
export interface CommitProblem {
  readonly reason: "reserved_key" | "too_deep";
  /** For people: see {@link dottedPath}. */
  readonly path: string;
  readonly message: string;
}

export type CommitResult =
  | {
      readonly ok: true;
      readonly committed: Revision;
      /** In canonical order: keys by UTF-16 code units, elements by index. */
      readonly openings: readonly Opening[];
    }
  | { readonly ok: false; readonly problem: CommitProblem };

// What policy, cards and search need to know of every action stays readable; what an agent can put
// a secret into can be hidden.
const HIDEABLE = ["subject.properties", "action.properties", "resource.properties", "context"];

/**
 * Whether a text or array is a sensitive path: into the `properties` of subject, action or resource,
 * or into `context`, or one of these as a whole. Types, ids and the action's name cannot be hidden.
 */
export function isSensitivePath(path: SensitivePath): boolean {
  const segments = segmentsOf(path);
  const reaches = HIDEABLE.some((root) =>
    root.split(".").every((segment, index) => segments[index] === segment),
  );
  return reaches && !segments.includes("");
}

function segmentsOf(path: SensitivePath): readonly string[] {
  return typeof path === "string" ? path.split(".") : path.map(String);
}

/**
 * Replaces each sensitive field that is present by a commitment. Where one sensitive field encloses
 * another, the outer one is hidden as a whole. Salts are drawn in the order of the openings, which
 * depends neither on the order of keys nor of paths.
 *
 * Refuses a revision with the key `$commitment` anywhere: an agent that repeats a published
 * commitment would otherwise submit another revision with the same digest.
 *
 * @param randomSalt fresh random bytes on every call, at least {@link SALT_BYTES_MIN}; only a field
 * that stays what it was in another revision of the same request may keep its salt.
 * @throws RangeError for a path that is none ({@link isSensitivePath}) or a salt that is too short.
 */
export function commitFields(
  revision: Revision,
  sensitivePaths: readonly SensitivePath[],
  randomSalt: (path: JsonPath, value: JsonValue) => Uint8Array,
): CommitResult {
  const patterns = sensitivePaths.map((path) => {
    const segments = segmentsOf(path);
    if (isSensitivePath(path)) return segments;
    throw new RangeError(`\`${segments.join(".")}\` cannot be a sensitive field`);
  });
  const plain = asJson(revision);
  const problem = problemOf(plain, []);
  if (problem !== undefined) return { ok: false, problem };
  const openings: Opening[] = [];
  const committed = hide(plain, [], patterns, (path, value) => {
    const salt = randomSalt(path, value);
    if (salt.length < SALT_BYTES_MIN) {
      throw new RangeError(`a salt has at least ${SALT_BYTES_MIN} bytes`);
    }
    const opening = { path, salt: base64url(salt), value };
    openings.push(opening);
    return { [COMMITMENT_KEY]: computeCommitment(opening) };
  });
  return { ok: true, committed: asRevision(committed), openings };
}

/** A revision's members are JSON once its text was parsed; its type does not say so. */
function asJson(revision: Revision): JsonObject {
  return revision as unknown as JsonObject;
}

function asRevision(value: JsonValue): Revision {
  return value as unknown as Revision;
}

/** The first thing in a revision that cannot be committed. `path` is used as a stack. */
function problemOf(value: JsonValue, path: (string | number)[]): CommitProblem | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length >= REVISION_DEPTH_MAX) {
    return refusal("too_deep", path, `nests deeper than ${REVISION_DEPTH_MAX}; send less nesting`);
  }
  for (const [key, inner] of Object.entries(value)) {
    path.push(key);
    if (key === COMMITMENT_KEY) {
      return refusal("reserved_key", path, "is a reserved key; name it otherwise");
    }
    const problem = problemOf(inner as JsonValue, path);
    if (problem !== undefined) return problem;
    path.pop();
  }
  return undefined;
}

function refusal(reason: CommitProblem["reason"], at: JsonPath, what: string): CommitProblem {
  const path = dottedPath(at);
  return { reason, path, message: `\`${path}\` ${what}` };
}

/** Elements by index, members by key in canonical order. */
function childrenOf(container: object): readonly (readonly [string | number, JsonValue])[] {
  if (Array.isArray(container)) {
    return container.map((element: JsonValue, index) => [index, element] as const);
  }
  const members = container as JsonObject;
  return Object.keys(members)
    .toSorted()
    .map((key) => [key, members[key] as JsonValue] as const);
}

/** A copy with each child replaced. */
function mapChildren(
  container: object,
  replace: (child: JsonValue, key: string | number) => JsonValue,
): JsonValue {
  const children = childrenOf(container);
  if (Array.isArray(container)) return children.map(([key, child]) => replace(child, key));
  const members: Record<string, JsonValue> = {};
  for (const [key, child] of children) setMember(members, String(key), replace(child, key));
  return members;
}

/** `patterns` are what is left of the sensitive paths on the way here. */
function hide(
  value: JsonValue,
  path: JsonPath,
  patterns: readonly (readonly string[])[],
  commit: (path: JsonPath, value: JsonValue) => JsonValue,
): JsonValue {
  if (patterns.some((pattern) => pattern.length === 0)) return commit(path, value);
  if (patterns.length === 0 || typeof value !== "object" || value === null) return value;
  return mapChildren(value, (child, key) => {
    const further = patterns
      .filter((pattern) => pattern[0] === "*" || pattern[0] === String(key))
      .map((pattern) => pattern.slice(1));
    return hide(child, [...path, key], further, commit);
  });
}

function computeCommitment(opening: Pick<Opening, "salt" | "value">): string {
  return sha256Base64url(canonicalBytes([COMMITMENT_DOMAIN, opening.salt, opening.value]));
}

/** Whether an opening is that of a commitment (the text under `$commitment`). */
export function openCommitment(
  opening: Pick<Opening, "salt" | "value">,
  commitment: string,
): boolean {
  return computeCommitment(opening) === commitment;
}

/** The text under `$commitment` where a value is a commitment: 43 characters, safe to show. */
export function commitmentOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (!Object.hasOwn(value, COMMITMENT_KEY) || Object.keys(value).length !== 1) return undefined;
  const text = (value as JsonObject)[COMMITMENT_KEY];
  return typeof text === "string" && isDigest(text) ? text : undefined;
}

/** Why a revision could not be restored. Each is damage or erasure, never something to run. */
export interface RestoreProblem {
  readonly reason:
    "opening_missing" | "opening_mismatch" | "opening_unmatched" | "malformed_commitment";
  /** For people: see {@link dottedPath}. */
  readonly path: string;
}

export type RestoreResult =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly problem: RestoreProblem };

/**
 * The original of a committed revision, all of it or nothing: every commitment needs its opening,
 * every opening its commitment at its path, and every pair is checked. So what is run is what the
 * digest names (I2), whatever happened to the stored openings.
 */
export function restoreRevision(committed: Revision, openings: readonly Opening[]): RestoreResult {
  let problem: RestoreProblem | undefined;
  const note = (reason: RestoreProblem["reason"], path: JsonPath): null => {
    problem ??= { reason, path: dottedPath(path) };
    return null;
  };
  const unused = new Map<string, Opening>();
  for (const opening of openings) {
    const key = canonicalJson(opening.path);
    if (unused.has(key)) note("opening_unmatched", opening.path);
    unused.set(key, opening);
  }
  const restore = (value: JsonValue, path: JsonPath): JsonValue => {
    if (typeof value !== "object" || value === null) return value;
    if (!Object.hasOwn(value, COMMITMENT_KEY)) {
      return mapChildren(value, (child, key) => restore(child, [...path, key]));
    }
    const commitment = commitmentOf(value);
    if (commitment === undefined) return note("malformed_commitment", path);
    const key = canonicalJson(path);
    const opening = unused.get(key);
    if (opening === undefined) return note("opening_missing", path);
    unused.delete(key);
    if (!openCommitment(opening, commitment)) return note("opening_mismatch", path);
    return opening.value;
  };
  const revision = restore(asJson(committed), []);
  for (const opening of unused.values()) note("opening_unmatched", opening.path);
  return problem === undefined
    ? { ok: true, revision: asRevision(revision) }
    : { ok: false, problem };
}
