/**
 * Names and texts as words: split, normalised, and with letters that only look Latin read as Latin,
 * so that a name cannot hide its verb by how it is written.
 */

/** Zero-width, bidirectional and other characters that print nothing. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Cyrillic, Greek and Armenian letters drawn like Latin ones, each before the letter it looks like. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    ..."аaеeоoрpсcуyхxіiјjѕsԁdһhԛqԝwӏlкkмmтtвbнhгrпnиu",
    ..."АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYԌGԚQԜW",
    ..."αaοoνvρpιiκkυuτtγyεeηnωwχxβb",
    ..."ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX",
    ..."օoսuոnհhցgɡgɑaıiſs",
  ].flatMap((letter, at, all) => (at % 2 === 0 ? [[letter, all[at + 1] ?? letter] as const] : [])),
);

const PRINTABLE_ASCII = /^[\t\n\r -~]*$/;
const LATIN = /\p{Script=Latin}/u;
const FOREIGN_LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;

/** The text in NFKC, without what prints nothing, look-alikes of Latin letters read as Latin. */
export function plainText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const visible = text.normalize("NFKC").replace(INVISIBLE, "");
  if (!FOREIGN_LOOK_ALIKE.test(visible) && !/[ɡɑıſ]/.test(visible)) return visible;
  return [...visible].map((letter) => LOOK_ALIKES.get(letter) ?? letter).join("");
}

/** Whether something prints nothing, or one word mixes Latin with letters drawn like Latin ones. */
export function isDisguised(text: string): boolean {
  if (PRINTABLE_ASCII.test(text)) return false;
  INVISIBLE.lastIndex = 0;
  if (INVISIBLE.test(text)) return true;
  if (!LATIN.test(text) || !FOREIGN_LOOK_ALIKE.test(text)) return false;
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .some((word) => LATIN.test(word) && FOREIGN_LOOK_ALIKE.test(word));
}

/** Lower-case words of one identifier: `sendEmail`, `send_email`, `Send-Email2` give the same. */
export function wordsOf(identifier: string): readonly string[] {
  return plainText(identifier)
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\p{N}+$/u, ""))
    .filter((word) => word !== "");
}

/** `orders` → `order`, `applies` → `apply`, `pushes` → `push`; the singular, or the verb's stem. */
export function stemOf(word: string): string {
  if (word.length < 4 || !word.endsWith("s")) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  return /(?:ss|us|is)$/.test(word) ? word : word.slice(0, -1);
}

const QUOTED = 80;

/** At most 80 characters of what was found, on one line. */
export function quoted(text: string): string {
  const line = text
    .slice(0, QUOTED * 2)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= QUOTED ? line : `${line.slice(0, QUOTED - 1)}…`;
}
