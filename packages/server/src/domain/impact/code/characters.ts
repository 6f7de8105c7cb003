/** Characters that look like others or like nothing, and text that hides in an encoding. */

/** Stands for a piece of text that is not known; no command line can contain it. */
export const UNKNOWN = "\u0000";

const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Latin letters, each with the letters of other scripts that are drawn like it. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  (
    [
      ["a", "\u0430\u03b1\u0251"],
      ["b", "\u0432"],
      ["c", "\u0441\u03f2\u1d04"],
      ["d", "\u0501"],
      ["e", "\u0435\u03b5"],
      ["g", "\u0261\u0581\u050d"],
      ["h", "\u04bb\u043d\u0570\u029c"],
      ["i", "\u0456\u03b9\u0131"],
      ["j", "\u0458\u03f3\u0575"],
      ["k", "\u043a\u03ba\u049b"],
      ["l", "\u04cf"],
      ["m", "\u043c\u1d0d"],
      ["n", "\u043f\u03b7\u0578"],
      ["o", "\u043e\u03bf\u1d0f\u0585"],
      ["p", "\u0440\u03c1"],
      ["q", "\u051b"],
      ["r", "\u0433\u0280"],
      ["s", "\u0455\u01bd\ua731"],
      ["t", "\u0442\u03c4"],
      ["u", "\u03c5\u03bc\u057d"],
      ["v", "\u03bd\u1d20\u0475"],
      ["w", "\u051d\u03c9\u1d21"],
      ["x", "\u0445\u03c7"],
      ["y", "\u0443\u03b3"],
      ["z", "\u1d22"],
    ] as const
  ).flatMap(([latin, others]) => Array.from(others, (other): [string, string] => [other, latin])),
);

/** The word as its reader would take it: look-alikes and full-width letters as ASCII. */
export function asRead(word: string): string {
  if (!/[^\x20-\x7e]/u.test(word)) return word;
  let folded = "";
  for (const character of word.normalize("NFKC").replace(INVISIBLE, "")) {
    folded += LOOK_ALIKES.get(character.toLowerCase()) ?? character;
  }
  return folded.normalize("NFKD").replace(/\p{M}/gu, "");
}

/** At most `limit` characters; unknown pieces as …, invisible ones as their code points. */
export function shown(text: string, limit: number): string {
  const visible = text
    .slice(0, limit * 2)
    .replaceAll(UNKNOWN, "…")
    .replace(/\s+/gu, " ")
    .replace(
      /\p{C}|\p{Default_Ignorable_Code_Point}/gu,
      (found) => `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
    )
    .trim();
  const characters = Array.from(visible);
  return characters.length <= limit ? visible : `${characters.slice(0, limit - 1).join("")}…`;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The text of base64, in either alphabet; null where it is none or holds no text. */
export function fromBase64(encoded: string): string | null {
  const packed = encoded.replace(/[\s=]/gu, "").replaceAll("-", "+").replaceAll("_", "/");
  if (packed.length < 4 || !/^[A-Za-z0-9+/]+$/u.test(packed)) return null;
  let bits = 0;
  let held = 0;
  let text = "";
  for (const digit of packed) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    text += String.fromCharCode((bits >> held) & 0xff);
  }
  return text;
}

/** The text of hexadecimal digits; null where it is none. */
export function fromHex(encoded: string): string | null {
  const digits = encoded.replace(/\s|\\x/gu, "");
  if (digits.length < 2 || digits.length % 2 !== 0 || !/^[0-9a-f]+$/iu.test(digits)) return null;
  return digits.replace(/../gu, (pair) => String.fromCharCode(parseInt(pair, 16)));
}

/** The escapes that printf, `echo -e` and most languages' string literals share. */
export function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:x([0-9a-f]{1,2})|u\{?([0-9a-f]{1,6})\}?|U([0-9a-f]{8})|([0-7]{1,4})|(.))/giu,
    (whole, hex: string, unicode: string, long: string, octal: string, other: string) => {
      const digits = hex ?? unicode ?? long;
      if (digits !== undefined) return character(parseInt(digits, 16));
      if (octal !== undefined) return character(parseInt(octal, 8));
      return (
        { n: "\n", t: "\t", r: "\r", a: "", b: "", e: "", "\\": "\\" }[other] ?? other ?? whole
      );
    },
  );
}

function character(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}
