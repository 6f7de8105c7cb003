/**
 * Text from agents, taken apart so that nothing in it can hide (T18). What has no glyph, reorders,
 * stacks or only moves other text becomes a token, `«U+202E»`; a run of one becomes
 * `«U+200B» ×65,000`. Nothing is cut, and no two texts have the same pieces: a text that spells a
 * token itself has its `«` made a token.
 */

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "token"; readonly code: number; readonly count: number };

export interface PieceOptions {
  /** Line feeds stay line feeds, except where they would push text out of sight. */
  readonly lines?: boolean;
}

/** No glyph of its own, or one that says nothing: always a token. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|[^\S ]|[\u2800\uFFFC]/u;
const MARK = /^\p{M}/u;
/** Printable ASCII in which spaces stand alone: nothing to do. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Marks on one letter: the most that any writing in use stacks. */
const MARKS_MAX = 4;
/** Fewer are read as they are, with `white-space: pre-wrap`. */
const SPACES_MAX = 2;
const INDENT_MAX = 16;
const LINE_FEEDS_MAX = 2;

const SPACE = 0x20;

/** Linear in the text's length. */
export function visiblePieces(text: string, options: PieceOptions = {}): readonly Piece[] {
  if (PLAIN.test(text)) return text === "" ? [] : [{ kind: "text", text }];
  return unambiguous(split([...text], options.lines === true));
}

/** The pieces as one text: what is read out, copied and compared. */
export function piecesText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === "text" ? piece.text : tokenText(piece))).join("");
}

/** `«U+200B» ×65,000`; without the count where there is one. */
export function tokenText(token: { readonly code: number; readonly count: number }): string {
  const name = `«U+${token.code.toString(16).toUpperCase().padStart(4, "0")}»`;
  return token.count === 1 ? name : `${name} ×${grouped(token.count)}`;
}

/** A count as it is read: `65,000`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

function split(characters: readonly string[], keepLines: boolean): Piece[] {
  const pieces: Piece[] = [];
  let text: string[] = [];
  /** Marks since the last letter; infinite where there is no letter to stand on. */
  let marks = Infinity;
  const token = (character: string, count: number): void => {
    if (text.length > 0) pieces.push({ kind: "text", text: text.join("") });
    text = [];
    pieces.push({ kind: "token", code: character.codePointAt(0) ?? 0, count });
    marks = Infinity;
  };
  for (let at = 0; at < characters.length;) {
    const character = characters[at] ?? "";
    const isSpace = character === " " || (keepLines && character === "\n");
    if (!isSpace && MARK.test(character) && !isHidden(character) && marks < MARKS_MAX) {
      text.push(character);
      marks += 1;
      at += 1;
      continue;
    }
    const stays = !isSpace && !isHidden(character) && !MARK.test(character);
    const end = stays ? at + 1 : runEnd(characters, at);
    if (stays || (isSpace && spacesStay(characters, at, end, keepLines))) {
      for (let index = at; index < end; index += 1) text.push(character);
      marks = isSpace ? Infinity : 0;
    } else {
      token(character, end - at);
    }
    at = end;
  }
  if (text.length > 0) pieces.push({ kind: "text", text: text.join("") });
  return pieces;
}

function isHidden(character: string): boolean {
  return character > "~" ? HIDDEN.test(character) : character < " ";
}

function runEnd(characters: readonly string[], start: number): number {
  let end = start + 1;
  while (end < characters.length && characters[end] === characters[start]) end += 1;
  return end;
}

/** Spaces at an end are not seen, and long runs push what follows out of sight. */
function spacesStay(
  characters: readonly string[],
  start: number,
  end: number,
  keepLines: boolean,
): boolean {
  const count = end - start;
  const before = characters[start - 1];
  const after = characters[end];
  if (characters[start] === "\n") return count <= LINE_FEEDS_MAX && after !== undefined;
  if (after === undefined || (keepLines && after === "\n")) return false;
  if (keepLines && before === "\n") return count <= INDENT_MAX;
  return before !== undefined && count <= SPACES_MAX;
}

/**
 * INVARIANT: one text, one spelling. Makes tokens of what would read as the beginning of a token, or
 * as the count of the token before it.
 */
function unambiguous(pieces: readonly Piece[]): readonly Piece[] {
  const spelled: Piece[] = [];
  for (const piece of pieces) {
    if (piece.kind === "token") {
      spelled.push(piece);
      continue;
    }
    let { text } = piece;
    const before = spelled.at(-1);
    if (before?.kind === "token") {
      const isCount = before.count === 1 ? text.startsWith(" ×") : /^[0-9,]/.test(text);
      if (isCount) {
        spelled.push({ kind: "token", code: text.charCodeAt(0), count: 1 });
        text = text.slice(1);
        // What was a digit of the count may be followed by a count of its own.
        if (text.startsWith(" ×")) {
          spelled.push({ kind: "token", code: SPACE, count: 1 });
          text = text.slice(1);
        }
      }
    }
    const parts = text.split(/«(?=U\+)/);
    parts.forEach((part, index) => {
      if (index > 0) spelled.push({ kind: "token", code: 0xab, count: 1 });
      if (part !== "") spelled.push({ kind: "text", text: part });
    });
  }
  return spelled;
}
