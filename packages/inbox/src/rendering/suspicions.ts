/**
 * What a person should know about a text before they believe their eyes: letters of two writing
 * systems in one word, letters that imitate Latin ones, other spellings of the same glyphs,
 * direction. Said in words beside the text; the text itself is always shown as it is.
 */
import { latinLookalike } from "./confusable.ts";
import { grouped, piecesText, visiblePieces } from "./visible-pieces.ts";

export type SuspicionKind = "hidden" | "mixed" | "imitates" | "styled" | "composed" | "direction";

export interface Suspicion {
  readonly kind: SuspicionKind;
  /** The word it is about; empty where it is about the whole text. */
  readonly word: string;
  /** One sentence, ours. */
  readonly says: string;
}

/** How many words are named; how many more there are is said. */
const NAMED_MAX = 12;
const WORD_SHOWN_MAX = 80;

const ASCII = /^[\n\r\t -~]*$/;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const SCRIPTS: readonly (readonly [name: string, letters: RegExp])[] = [
  "Latin Cyrillic Greek Armenian Georgian Cherokee Coptic Hebrew Arabic Thai Lao Devanagari",
  "Bengali Tamil Ethiopic Mongolian Lisu Deseret Gothic Han Hiragana Katakana Hangul Bopomofo",
]
  .join(" ")
  .split(" ")
  .map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")]);

/** Writing systems that one word of a language in use may hold together. */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(["Latin", "Han", "Hiragana", "Katakana"]),
  new Set(["Latin", "Han", "Hangul"]),
  new Set(["Latin", "Han", "Bopomofo"]),
];

/** Everything there is to say, the gravest first. Linear in the text's length. */
export function suspicions(text: string): readonly Suspicion[] {
  const found: Suspicion[] = [...hiddenSuspicion(text)];
  if (ASCII.test(text)) return found;
  const words = [...new Set(text.match(WORD) ?? [])].filter((word) => !ASCII.test(word));
  const isPlainly = plainScripts(words);
  const about = words.flatMap((word) => wordSuspicion(word, isPlainly) ?? []);
  found.push(...about.slice(0, NAMED_MAX));
  const more = about.length - NAMED_MAX;
  if (more > 0) {
    found.push({ kind: "mixed", word: "", says: `${more} more words like these` });
  }
  return [...found, ...wholeSuspicions(text)];
}

function hiddenSuspicion(text: string): readonly Suspicion[] {
  let count = 0;
  for (const piece of visiblePieces(text, { lines: true })) {
    if (piece.kind === "token") count += piece.count;
  }
  if (count === 0) return [];
  const says =
    count === 1
      ? "holds 1 character that is not seen; its code is shown"
      : `holds ${grouped(count)} characters that are not seen; their codes are shown`;
  return [{ kind: "hidden", word: "", says }];
}

function wholeSuspicions(text: string): readonly Suspicion[] {
  const found: Suspicion[] = [];
  // Lone surrogates normalise to themselves; a composed spelling of the same glyphs does not.
  if (text.normalize("NFC") !== text) {
    const says = "is spelled with separate accents; another text may look the same";
    found.push({ kind: "composed", word: "", says });
  }
  if (
    /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(
      text,
    )
  ) {
    const says = "holds right-to-left letters; their order on the screen is not that of the bytes";
    found.push({ kind: "direction", word: "", says });
  }
  return found;
}

/** Scripts that some word of the text is in for certain, so that others in it are no imitation. */
function plainScripts(words: readonly string[]): ReadonlySet<string> {
  const plain = new Set<string>();
  for (const word of words) {
    const scripts = scriptsOf(word);
    const [only] = scripts;
    if (scripts.size !== 1 || only === undefined || only === "Latin") continue;
    if (![...word].every((letter) => latinLookalike(letter) !== undefined)) plain.add(only);
  }
  return plain;
}

function wordSuspicion(word: string, isPlainly: ReadonlySet<string>): Suspicion | null {
  const scripts = scriptsOf(word);
  const name = shownWord(word);
  if (
    scripts.size > 1 &&
    !TOGETHER.some((set) => [...scripts].every((script) => set.has(script)))
  ) {
    const says = `“${name}” mixes ${[...scripts].join(" and ")} letters${foreign(word)}`;
    return { kind: "mixed", word, says };
  }
  if (new Set([...word].flatMap(digitSystem)).size > 1) {
    return { kind: "mixed", word, says: `“${name}” mixes digits of two writing systems` };
  }
  const styled = word.normalize("NFKC");
  if (styled !== word && [...word].some(isStyled)) {
    const says = `“${name}” is in special characters that look like “${shownWord(styled)}”`;
    return { kind: "styled", word, says };
  }
  const [only] = scripts;
  if (only === undefined || only === "Latin" || isPlainly.has(only)) return null;
  const latin = [...word].map((letter) => latinLookalike(letter));
  if (!latin.every((letter) => letter !== undefined)) return null;
  const says = `“${name}” is ${only} but looks like Latin “${shownWord(latin.join(""))}”`;
  return { kind: "imitates", word, says };
}

/** The letters that are not Latin, by code point: the eye cannot tell which they are. */
function foreign(word: string): string {
  const others = [...new Set(word)].filter(
    (letter) => letter > "~" && !/\p{Script=Latin}/u.test(letter),
  );
  if (others.length === 0 || others.length > 8) return "";
  const codes = others.map((letter) =>
    isHidden(letter) ? `U+${hex(letter)}` : `U+${hex(letter)} ${letter}`,
  );
  return `: ${codes.join(", ")}`;
}

function hex(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function shownWord(word: string): string {
  const letters = [...word.replace(/^\p{M}+/u, "")];
  const shown = letters.slice(0, WORD_SHOWN_MAX).join("");
  // Some letters have no glyph: fillers of Hangul, for one.
  const spelled = isHidden(shown) ? piecesText(visiblePieces(shown)) : shown;
  return letters.length > WORD_SHOWN_MAX ? `${spelled}…` : spelled;
}

function isHidden(text: string): boolean {
  return visiblePieces(text).some(({ kind }) => kind === "token");
}

function scriptsOf(word: string): ReadonlySet<string> {
  return new Set(SCRIPTS.filter(([, letters]) => letters.test(word)).map(([name]) => name));
}

/** Which ten digits a digit belongs to, by the code point of its zero. */
function digitSystem(letter: string): readonly number[] {
  if (!/\p{Nd}/u.test(letter)) return [];
  const code = letter.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return [zero];
}

/** Full width, mathematical, circled and other letters that stand for an ASCII one. */
function isStyled(letter: string): boolean {
  if (letter <= "~" || /[ªº²³¹]/.test(letter)) return false;
  return /^[A-Za-z0-9]+$/.test(letter.normalize("NFKC"));
}
