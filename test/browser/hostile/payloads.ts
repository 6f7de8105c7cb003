/**
 * Arguments as an agent would choose them that wants a person to see something else than what runs
 * (T18). Every seed gives the same payload on every machine.
 */
import type { Resource } from "@haltpoint/protocol";
import { randomOf, type Random } from "./random.ts";

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [k: string]: Json };

export interface Payload {
  readonly seed: number;
  readonly properties: { readonly [key: string]: Json };
  readonly resource: Resource;
  readonly context: { readonly justification: string };
}

export interface PayloadSize {
  /** About how many bytes of JSON; short ones are a few hundred. */
  readonly bytes?: number;
}

/** Nothing of these hosts may be asked for. */
export const HOSTILE_HOST = "hostile.example";

export function hostilePayload(seed: number, { bytes = 0 }: PayloadSize = {}): Payload {
  const random = randomOf(seed);
  const properties: Record<string, Json> = {};
  const members = 1 + random.below(4);
  for (let member = 0; member < members; member += 1)
    put(properties, key(random), value(random, 0));
  if (random.chance(40)) put(properties, random.of(FAKES), random.of(FAKE_VALUES));
  if (bytes > 0) fill(properties, random, bytes);
  return {
    seed,
    properties,
    // The number is how a test knows which payload a page shows.
    resource: {
      type: shortened(text(random, 20)),
      id: shortened(`payload-${seed}-${text(random, 30)}`),
    },
    context: { justification: text(random, 300) },
  };
}

/** The server takes so many code units of a name; half a pair is none. */
const NAME_MAX = 250;
const shortened = (name: string): string => name.slice(0, NAME_MAX).replace(/[\uD800-\uDBFF]$/, "");

/** As `JSON.parse` does: `__proto__` is a member like any other. */
function put(target: Record<string, Json>, name: string, member: Json): void {
  Object.defineProperty(target, name, {
    value: member,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function fill(properties: Record<string, Json>, random: Random, bytes: number): void {
  const room = bytes - JSON.stringify(properties).length;
  const kind = random.below(4);
  if (kind === 0) {
    // A long benign beginning with the point at its end.
    const tail = " and then transfer everything to the attacker";
    put(properties, "note", "This is fine. ".repeat(Math.ceil(room / 14)) + tail);
  } else if (kind === 1) {
    const hidden = random.of(INVISIBLE);
    const each = new TextEncoder().encode(hidden).length;
    put(properties, "note", `a${hidden.repeat(Math.floor(room / each))}b`);
  } else if (kind === 2) {
    const lines: string[] = [];
    for (let size = 0; size < room; size += lines.at(-1)!.length + 6) lines.push(text(random, 120));
    put(properties, "lines", lines);
  } else {
    put(properties, "word", random.of(["W", "漢", "Ж", "‮a", "𝐀"]).repeat(Math.floor(room / 5)));
  }
}

const code = (...points: readonly number[]): string => String.fromCodePoint(...points);

/** No glyph, or one that is not where it seems: bidi controls, zero width, tags, fillers, controls. */
const INVISIBLE: readonly string[] = [
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f],
  ...[0x61c, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0x34f, 0x180e, 0x2061, 0x2063],
  ...[0xe0041, 0xe0020, 0xe007f, 0xfe0f, 0xfe00, 0xe0100, 0x3164, 0xffa0, 0x115f, 0x1160, 0x17b4],
  ...[0x2028, 0x2029, 0x85, 0xa0, 0x2003, 0x3000, 0x2800, 0x9, 0xb, 0xc, 0xd, 0x1, 0x7, 0x8],
  ...[0x1b, 0x7f, 0x9b, 0xfff9, 0xfffa, 0xfffb, 0xfffc, 0xe000, 0xf0000, 0x1d173, 0x206a, 0xfdd0],
].map((point) => code(point));

const WORDS = [
  "approved",
  "Acme GmbH",
  "transfer 5,000.00 USD",
  "nothing to see here",
  "payments",
  "the quick brown fox",
  "ありがとう",
  "Überweisung",
  "שלום עולם",
  "مرحبا بالعالم",
  "हिन्दी",
  "🏳️‍🌈👨‍👩‍👧‍👦",
  "Z̸̢͙a͍l̴̰g̷͔o̶̝",
  "ﷺ",
  "5000",
  "2026-01-01",
  "true",
] as const;

/** Letters that look like others. */
const HOMOGLYPHS = [
  "Аcme GmbH",
  "pаypal",
  "ΑΒΕ",
  "ｇｏｏｇｌｅ",
  "𝐀𝐜𝐦𝐞",
  "rnicrosoft",
  "l1lI|",
  "ⅼⅰⅽ",
];

const MARKUP = [
  `<img src=http://${HOSTILE_HOST}/i onerror="window.owned=1">`,
  `<script>window.owned=1</script>`,
  `<svg/onload=window.owned=1>`,
  `<a href="//${HOSTILE_HOST}/approve">Approve</a>`,
  `<iframe src="https://${HOSTILE_HOST}/f"></iframe>`,
  `<style>*{display:none}body{background:url(http://${HOSTILE_HOST}/s)}</style>`,
  `<base href="http://${HOSTILE_HOST}/"><link rel=stylesheet href=x>`,
  `<meta http-equiv=refresh content="0;url=http://${HOSTILE_HOST}/m">`,
  `</main></body><!-- <![CDATA[ -->`,
  `<form action=http://${HOSTILE_HOST}><button autofocus>Approve</button></form>`,
  `"><details open ontoggle=window.owned=1>`,
  `javascript:window.owned=1//`,
  `![pixel](http://${HOSTILE_HOST}/p.png)`,
  `[Approve](javascript:window.owned=1)`,
  `**bold** _it_ ~~gone~~ \`code\` | a | b |\n|---|---|\n# Heading\n> quote\n---`,
  `<http://${HOSTILE_HOST}/auto> http://${HOSTILE_HOST}/bare mailto:a@${HOSTILE_HOST}`,
  `&lt;b&gt;&amp;amp;&#x202e;&nbsp;&zwj;`,
  `{{constructor.constructor('window.owned=1')()}} \${window.owned=1} <%= owned %>`,
  `data:text/html,<script>window.owned=1</script>`,
  `%3Cscript%3E \\u202e \\x00 \\n`,
  `@import "http://${HOSTILE_HOST}/c.css"; --x: url(//${HOSTILE_HOST}/v)`,
  `«U+202E» «U+200B» ×65,000 ×3 «U+`,
] as const;

function text(random: Random, length: number): string {
  let written = "";
  const wanted = 1 + random.below(length);
  while (written.length < wanted) written += part(random);
  return written;
}

function part(random: Random): string {
  const kind = random.below(100);
  if (kind < 25) return `${random.of(WORDS)} `;
  if (kind < 40) return random.of(INVISIBLE);
  if (kind < 50) return random.of(INVISIBLE).repeat(2 + random.below(40));
  if (kind < 60) return random.of(HOMOGLYPHS);
  if (kind < 80) return random.of(MARKUP);
  if (kind < 85) return random.of([" ", "  ", "\n", "\n\n\n\n\n", "\t", " ".repeat(60), "\r\n"]);
  if (kind < 90) return code(0x300 + random.below(0x70)).repeat(1 + random.below(30));
  if (kind < 95) return random.of(["W", "i", "—", "漢", "😀"]).repeat(1 + random.below(300));
  return anyCharacter(random);
}

/** Any code point but half a pair, which no JSON text of ours may hold. */
function anyCharacter(random: Random): string {
  const point = random.of([0x80, 0x800, 0x10000, 0x110000]);
  const chosen = random.below(point);
  return chosen >= 0xd800 && chosen <= 0xdfff ? "\u{FFFD}" : code(chosen === 0 ? 0xfffd : chosen);
}

const KEYS = [
  ["amount", "аmount", "amоunt", "amount ", "amount\u200b", "Amount", "amount\u0301"],
  ["recipient", "recipi\u200dent", "\u202etneipicer", "re\u00adcipient"],
  ["__proto__", "constructor", "toString", "hasOwnProperty"],
  ["a.b", 'a"b', "a]b", "", " ", "\n", "<b>"],
] as const;

function key(random: Random): string {
  if (random.chance(60)) return random.of(random.of(KEYS));
  if (random.chance(10)) return "k".repeat(65 + random.below(200));
  return text(random, 20);
}

/** What a card or a caller could take for an answer of ours. */
const FAKES = [
  "approved",
  "status",
  "decision",
  "verdict",
  "digest",
  "quorum",
  "risk",
  "_meta",
  "$haltpoint",
] as const;
const FAKE_VALUES: readonly Json[] = [
  true,
  "approved",
  { status: "approved", by: "ana", at: 1_700_000_000_000 },
  { verdict: "approve", quorum: "2 of 2", risk: "low" },
  "Approved by ana and bo. Press Approve to close this message.",
];

const NUMBERS = [
  0, -1, 5000, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e-7, 5e-324, 0.1,
  123_456_789_012_345, 1_700_000_000_000, 2.225_073_858_507_201_4e-308,
];

function value(random: Random, depth: number): Json {
  const kind = random.below(100);
  if (kind < 50 || depth > 8) return text(random, 60);
  if (kind < 60) return random.of(NUMBERS);
  if (kind < 63) return "9".repeat(1 + random.below(400));
  if (kind < 70) return random.of([true, false, null, "", [], {}]);
  if (kind < 73) return deep(random, 20 + random.below(12));
  const size = random.below(4);
  if (kind < 85) return Array.from({ length: size }, () => value(random, depth + 1));
  const members: Record<string, Json> = {};
  for (let member = 0; member < size; member += 1)
    put(members, key(random), value(random, depth + 1));
  return members;
}

function deep(random: Random, levels: number): Json {
  let inside: Json = text(random, 30);
  for (let level = 0; level < levels; level += 1)
    inside = level % 2 === 0 ? [inside] : { a: inside };
  return inside;
}
