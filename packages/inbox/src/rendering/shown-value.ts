/**
 * Any JSON value as a person is shown it: complete, typed by its JSON type and its schema's
 * `format`, never by what it looks like. The page draws this and nothing else of the agent's.
 */
import { COMMITMENT_KEY, isDigest, type JsonValue } from "@haltpoint/protocol";
import { lookalikeKeys } from "./confusable.ts";
import { DEFAULT_READER, readText, type Reader, type Reading } from "./reading.ts";
import { elementSchema, formatOf, isUndeclared, memberSchema, type Schema } from "./schema.ts";
import { suspicions, type Suspicion } from "./suspicions.ts";
import { type Piece, visiblePieces } from "./visible-pieces.ts";

export type Shown =
  | ShownText
  /** Every digit that is in the canonical bytes. */
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" }
  | { readonly kind: "secret"; readonly prefix: string; readonly length: number }
  | { readonly kind: "list"; readonly items: readonly Shown[] }
  | ShownObject;

export interface ShownText {
  readonly kind: "text";
  readonly pieces: readonly Piece[];
  /** In code points, as it was sent. */
  readonly length: number;
  readonly lines: number;
  readonly reading: Reading | null;
  /** The format of the schema that it is not in. */
  readonly misfit: string | null;
  readonly suspicions: readonly Suspicion[];
}

export interface ShownObject {
  readonly kind: "object";
  readonly members: readonly ShownMember[];
  /** Keys that may be taken for each other. */
  readonly lookalikes: readonly (readonly string[])[];
}

export interface ShownMember {
  readonly key: string;
  readonly label: readonly Piece[];
  /** Nothing in it is hidden, and nothing imitates; else what is wrong. */
  readonly suspicions: readonly Suspicion[];
  /** The schema names this object's members, and this is none of them. */
  readonly undeclared: boolean;
  readonly shown: Shown;
}

const SECRET_PREFIX_LENGTH = 12;

/** Complete, whatever its size. `reader` decides how money and times are written. */
export function shownValue(
  value: unknown,
  schema?: Schema,
  reader: Reader = DEFAULT_READER,
): Shown {
  switch (typeof value) {
    case "string":
      return shownText(value, formatOf(schema), reader);
    case "number":
      return { kind: "number", text: JSON.stringify(value) };
    case "boolean":
      return { kind: "boolean", value };
    default:
      return shownContainer(value, schema, reader);
  }
}

export function shownText(
  text: string,
  format: string | null = null,
  reader: Reader = DEFAULT_READER,
): ShownText {
  const read = readText(text, format, reader);
  return {
    kind: "text",
    pieces: visiblePieces(text, { lines: true }),
    length: [...text].length,
    lines: text.split("\n").length,
    reading: read.kind === "read" ? read.reading : null,
    misfit: read.kind === "misfit" ? read.format : null,
    suspicions: suspicions(text),
  };
}

function shownContainer(value: unknown, schema: Schema, reader: Reader): Shown {
  if (typeof value !== "object" || value === null) return { kind: "null" };
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) =>
      shownValue(item, elementSchema(schema, index), reader),
    );
    return { kind: "list", items };
  }
  const commitment = commitmentOf(value);
  if (commitment !== null) {
    const prefix = commitment.slice(0, SECRET_PREFIX_LENGTH);
    return { kind: "secret", prefix, length: commitment.length };
  }
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  const members = entries.map(([key, member]) => ({
    key,
    label: visiblePieces(key),
    suspicions: suspicions(key),
    undeclared: isUndeclared(schema, key),
    shown: shownValue(member, memberSchema(schema, key), reader),
  }));
  return { kind: "object", members, lookalikes: lookalikeKeys(entries.map(([key]) => key)) };
}

/** The key is reserved: a submitted revision cannot hold it. */
function commitmentOf(value: object): string | null {
  const keys = Object.keys(value);
  if (keys.length !== 1 || keys[0] !== COMMITMENT_KEY) return null;
  const commitment = (value as Readonly<Record<string, unknown>>)[COMMITMENT_KEY];
  return typeof commitment === "string" && isDigest(commitment) ? commitment : null;
}
