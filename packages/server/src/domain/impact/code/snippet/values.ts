import { fromBase64, fromHex, UNKNOWN } from "../characters.ts";
import { CARRIES } from "../carried.ts";

/** What an expression is, as far as it is known without running it. */
export interface Abstract {
  /** Text or number, unknown pieces as the unknown character; null: not known. */
  readonly text: string | null;
  /** Dotted name of a module, function or of what made it, e.g. `os.system`, `socket.socket()`. */
  readonly symbol: string;
  /** Of a list or tuple; also the values a loop variable takes. */
  readonly items: readonly Abstract[] | null;
  /** Of a dictionary or object, and of keyword arguments. */
  readonly fields: ReadonlyMap<string, Abstract> | null;
  readonly carries: number;
}

export const NOTHING: Abstract = { text: null, symbol: "", items: null, fields: null, carries: 0 };

export function constant(text: string, carries = 0): Abstract {
  return { ...NOTHING, text: text.slice(0, 32_768), carries };
}

export function symbolic(symbol: string, carries = 0): Abstract {
  return { ...NOTHING, symbol: symbol.slice(0, 256), carries };
}

/** Every text it may be: of a list each, an unknown one as the unknown character. */
export function texts(value: Abstract | undefined): readonly string[] {
  if (value === undefined) return [];
  if (value.items !== null && value.text === null)
    return value.items.slice(0, 16).map((item) => item.text ?? UNKNOWN);
  return [value.text ?? UNKNOWN];
}

export function textOf(value: Abstract | undefined): string {
  return texts(value)[0] ?? UNKNOWN;
}

/** All that it may carry, in its parts as well; two levels deep. */
export function carriedIn(value: Abstract | undefined, depth = 0): number {
  if (value === undefined || depth > 2) return 0;
  let carries = value.carries;
  for (const item of value.items ?? []) carries |= carriedIn(item, depth + 1);
  for (const field of value.fields?.values() ?? []) carries |= carriedIn(field, depth + 1);
  return carries;
}

export function combined(operator: string, left: Abstract, right: Abstract): Abstract {
  const carries = carriedIn(left) | carriedIn(right);
  if (operator === "+" && left.items !== null && right.items !== null)
    return { ...NOTHING, items: [...left.items, ...right.items].slice(0, 256), carries };
  const one = left.text;
  const other = right.text;
  if (operator === "+" && (one !== null || other !== null))
    return constant((one ?? UNKNOWN) + (other ?? UNKNOWN), carries);
  if (operator === "/" && one !== null && other !== null && /Path/u.test(left.symbol))
    return { ...left, text: joinedPath([one, other]), carries };
  if (operator === "/" && /Path/u.test(left.symbol))
    return { ...left, text: `${one ?? UNKNOWN}/${other ?? UNKNOWN}`, carries };
  if (operator === "%" && one !== null) {
    const fills = right.items ?? [right];
    let at = 0;
    return constant(
      one.replace(/%(?:\(\w+\))?[-\d.]*[sdrx]/gu, () => fills[at++]?.text ?? UNKNOWN),
      carries,
    );
  }
  if (operator === "*" && one !== null && other !== null && /^\d{1,3}$/u.test(other))
    return constant(one.repeat(Math.min(Number(other), 64)), carries);
  if (/^(?:or|\|\||\?\?|if|\?)$/u.test(operator))
    return { ...(left.text === null && left.symbol === "" ? right : left), carries };
  return { ...NOTHING, carries };
}

/** As os.path.join and path.join: an absolute part starts anew. */
export function joinedPath(parts: readonly string[]): string {
  return parts.reduce(
    (path, part) => (part.startsWith("/") || path === "" ? part : `${path}/${part}`),
    "",
  );
}

const SAME =
  /^(?:strip|trim|lstrip|rstrip|encode|decode|toString|read|readlines?|readAll|text|json|content|getvalue|expanduser|expandvars|resolve|absolute|as_posix|copy|valueOf|normalize|hex|title|concat|fetchall|fetchone|splitlines|values|items|keys|iter|info|stdout|stderr|body|data|group|get|then|tobytes|dumps|rstrip)$/u;

/** Methods of texts and lists whose result is known. Null: not one of them. */
export function method(name: string, self: Abstract, args: readonly Abstract[]): Abstract | null {
  const carries = carriedIn(self) | args.reduce((all, arg) => all | carriedIn(arg), 0);
  const text = self.text;
  if (name === "join" && text !== null && Array.isArray(args[0]?.items)) {
    return constant(args[0].items.map((item) => item.text ?? UNKNOWN).join(text), carries);
  }
  if (name === "join" && self.items !== null)
    return constant(
      self.items.map((item) => item.text ?? UNKNOWN).join(textOf(args[0] ?? constant(","))),
      carries,
    );
  if (text === null) return SAME.test(name) && self.symbol === "" ? { ...self, carries } : null;
  switch (name) {
    case "lower":
    case "toLowerCase":
      return constant(text.toLowerCase(), carries);
    case "upper":
    case "toUpperCase":
      return constant(text.toUpperCase(), carries);
    case "replace":
    case "replaceAll":
      return constant(
        textOf(args[0]) === "" ? text : text.replaceAll(textOf(args[0]), () => textOf(args[1])),
        carries,
      );
    case "format": {
      let at = 0;
      return constant(
        text.replace(/\{[^{}]{0,40}\}/gu, () => args[at++]?.text ?? UNKNOWN),
        carries,
      );
    }
    case "split":
      return {
        ...NOTHING,
        items: text
          .split(args[0] === undefined ? /\s+/u : textOf(args[0]))
          .slice(0, 256)
          .map((piece) => constant(piece)),
        carries,
      };
    case "reverse":
      return constant(Array.from(text).toReversed().join(""), carries);
    default:
      return SAME.test(name) ? { ...self, carries } : null;
  }
}

/** Functions that undo an encoding. Null: not one of them. */
export function decoded(name: string, args: readonly Abstract[]): Abstract | null {
  const input = args[0]?.text ?? null;
  const carries = (args[0]?.carries ?? 0) | CARRIES.decoded;
  const done = (text: string | null): Abstract =>
    text === null ? { ...NOTHING, carries } : constant(text, carries);
  if (
    /(?:^|\.)(?:(?:standard_|urlsafe_)?b64decode|decodebytes|a2b_base64|atob|decode64)$/u.test(name)
  )
    return done(input === null ? null : fromBase64(input));
  if (/(?:^|\.)(?:fromhex|unhexlify|a2b_hex)$/u.test(name))
    return done(input === null ? null : fromHex(input));
  if (/(?:^|\.)(?:zlib|lzma|bz2|gzip)\.decompress$|marshal\.loads$/u.test(name)) return done(null);
  const encoding = textOf(args[1]);
  if (/^(?:codecs\.decode|Buffer\.from)$/u.test(name)) {
    if (encoding.startsWith("base64")) return done(input === null ? null : fromBase64(input));
    if (encoding === "hex") return done(input === null ? null : fromHex(input));
    if (/^rot.?13$/u.test(encoding))
      return done(input === null ? null : input.replace(/[a-z]/giu, turned));
    return args[0] ?? NOTHING;
  }
  if (/^(?:chr|String\.fromCharCode)$/u.test(name)) {
    const codes = args.map(({ text }) => Number(text ?? "x"));
    return codes.every((code) => Number.isInteger(code) && code > 0 && code < 0x10000)
      ? constant(String.fromCharCode(...codes))
      : done(null);
  }
  if (/^bytes$|^bytearray$|^map$|^(?:.*\.)?reversed$/u.test(name))
    return name.endsWith("reversed") && input !== null
      ? constant(Array.from(input).toReversed().join(""))
      : null;
  return null;
}

function turned(letter: string): string {
  const base = letter <= "Z" ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}
