/** What an edit changed, field by field: the original, the edited, and where in a text they part. */
import type { FieldChange } from "@haltpoint/protocol";
import { memberAt } from "./field-path.ts";
import { DEFAULT_READER, type Reader } from "./reading.ts";
import type { Schema } from "./schema.ts";
import { type Shown, shownValue } from "./shown-value.ts";
import { type Piece, visiblePieces } from "./visible-pieces.ts";

export interface ShownChange {
  readonly path: readonly Piece[];
  /** Null where the field was not there. */
  readonly from: Shown | null;
  readonly to: Shown | null;
  /** Only for two texts: the middle of each is all that differs. */
  readonly parts: { readonly from: TextParts; readonly to: TextParts } | null;
}

/** The three together are the text. */
export interface TextParts {
  readonly before: readonly Piece[];
  readonly middle: readonly Piece[];
  readonly after: readonly Piece[];
}

/** `schema` is that of `action.properties`. */
export function shownChange(
  change: FieldChange,
  schema: Schema,
  reader: Reader = DEFAULT_READER,
): ShownChange {
  const field = memberAt(schema, change.path);
  const { from, to } = change;
  return {
    path: visiblePieces(change.path),
    from: from === undefined ? null : shownValue(from, field, reader),
    to: to === undefined ? null : shownValue(to, field, reader),
    parts: typeof from === "string" && typeof to === "string" ? textParts(from, to) : null,
  };
}

function textParts(from: string, to: string): NonNullable<ShownChange["parts"]> {
  const left = [...from];
  const right = [...to];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return { from: partsOf(left, start, end), to: partsOf(right, start, end) };
}

function partsOf(characters: readonly string[], start: number, end: number): TextParts {
  const piecesOf = (part: readonly string[]): readonly Piece[] =>
    visiblePieces(part.join(""), { lines: true });
  const stop = characters.length - end;
  return {
    before: piecesOf(characters.slice(0, start)),
    middle: piecesOf(characters.slice(start, stop)),
    after: piecesOf(characters.slice(stop)),
  };
}
