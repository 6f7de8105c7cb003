/** One thing wrong with a body, and what the answer must say of it. */
import type { SeededRandom } from "../../simulation/seeded-random.ts";
import { CANARY, type Expected } from "./refusal-oracle.ts";
import { nodeAt, replaced, Spliced, written, type Node, type Path } from "./raw-json.ts";
import { placesIn, valueFor, type Place, type Schema } from "./schema-values.ts";

export interface Body {
  readonly what: string;
  readonly bytes: Buffer;
  readonly expected: Expected;
}

type Mutation = (base: Node, schema: Schema, random: SeededRandom) => Body | null;

const REFUSED: Expected = { mustRefuse: true };
const EITHER: Expected = { mustRefuse: false };

/** A body from the schema: often broken in one way, sometimes as it should be. */
export function bodyFor(schema: Schema, random: SeededRandom): Body {
  for (;;) {
    const base = valueFor(schema, random);
    const name = random.pick(NAMES);
    const body = MUTATIONS[name]?.(base, schema, random) ?? null;
    if (body !== null) return { ...body, what: `${name}: ${body.what}` };
  }
}

function bodyOf(what: string, node: Node, expected: Expected): Body {
  return { what, bytes: Buffer.from(written(node), "utf8"), expected };
}

function dotted(path: Path): string {
  return path.join(".");
}

/** Refused, by the field's name wherever only this field can be meant. */
function atFault(place: Pick<Place, "path" | "isUnderChoice">): Expected {
  return place.isUnderChoice ? REFUSED : { mustRefuse: true, field: dotted(place.path) };
}

const KINDS: readonly (readonly [string, Node])[] = [
  ["null", null],
  ["boolean", true],
  ["number", 7.5],
  ["string", `${CANARY} text`],
  ["array", [[]]],
  ["object", new Map<string, Node>([["x", 1]])],
];

const isFree = ({ schema }: Place): boolean =>
  schema.type === "object" && schema.additionalProperties === true;

function accepts(schema: Schema, kind: string): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((each) => accepts(each, kind));
  if (schema.const !== undefined || schema.enum !== undefined) return kind === "string";
  return schema.type === (kind === "number" ? "none: 7.5 is no integer" : kind);
}

/** A place, or null where the value has none of that kind. */
function somePlace(
  base: Node,
  schema: Schema,
  random: SeededRandom,
  isOne: (place: Place) => boolean = () => true,
): Place | null {
  const places = placesIn(schema, base).filter(isOne);
  return places.length === 0 ? null : random.pick(places);
}

function spoiltString(place: Place, random: SeededRandom): Node | null {
  const { schema } = place;
  const { pattern, maxLength = 0, minLength = 0 } = schema;
  if (schema.enum !== undefined) return `${CANARY}-none`;
  if (pattern !== undefined) return random.pick(["", "a b", "-", "\u0000", "x".repeat(5_000), "é"]);
  if (minLength > 0 && random.chance(0.3)) return "";
  return maxLength > 0 ? "x".repeat(maxLength + 1) : null;
}

/** Put into what may hold anything. `null`: may be taken. */
const CONTENTS: readonly (readonly [string, () => Node, boolean])[] = [
  ["1e400", () => new Spliced("1e400"), true],
  ["-1e400", () => new Spliced("-1e400"), true],
  ["2^53 + 1", () => new Spliced("9007199254740993"), true],
  ["1e-400", () => new Spliced("1e-400"), true],
  ["a numeral of 100,000 digits", () => new Spliced("1".repeat(100_000)), true],
  ["-0", () => new Spliced("-0"), false],
  ["a lone surrogate", () => new Spliced('"\\ud800"'), true],
  ["a key with a lone surrogate", () => new Spliced('{"\\udfff":1}'), true],
  ["NUL", () => "a\u0000b", false],
  ["bidi", () => "user\u202egnp.exe", false],
  ["a raw control", () => new Spliced('"a\nb"'), true],
  ["__proto__", () => new Spliced('{"__proto__":{"admin":true}}'), false],
  ["constructor", () => new Spliced('{"constructor":{"prototype":{"admin":true}}}'), false],
  ["a duplicate key", () => new Spliced('{"amount":1,"amount":2}'), true],
  ["a duplicate key, escaped", () => new Spliced('{"a":1,"\\u0061":2}'), true],
  ["60 deep", () => new Spliced(`${"[".repeat(50)}${"]".repeat(50)}`), false],
  ["100,000 deep", () => new Spliced(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), true],
  ["100,000 deep, unclosed", () => new Spliced('{"a":'.repeat(100_000)), true],
  ["9,000 elements", () => Array.from({ length: 9_000 }, (_, index) => index), false],
  ["200,000 elements", () => new Spliced(`[${"0,".repeat(200_000)}0]`), true],
  [
    "20,000 keys",
    () => new Spliced(`{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`).join()}}`),
    true,
  ],
  ["a string of 1.5 MB", () => "y".repeat(1_500_000), true],
  ["a commitment", () => new Spliced('{"$commitment":"x","salt":"y"}'), false],
  ["NaN", () => new Spliced("NaN"), true],
  ["a comment", () => new Spliced("/* */ 1"), true],
  ["leading zero", () => new Spliced("-01"), true],
  ["hexadecimal", () => new Spliced("0x10"), true],
];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  valid: (base) => bodyOf("as it should be", base, EITHER),
  type: (base, schema, random) => {
    const place = somePlace(base, schema, random);
    if (place === null) return null;
    const [kind, node] = random.pick(KINDS.filter(([name]) => !accepts(place.schema, name)));
    return bodyOf(
      `${dotted(place.path)} is ${kind}`,
      replaced(base, place.path, node),
      atFault(place),
    );
  },
  missing: (base, schema, random) => {
    const place = somePlace(base, schema, random, ({ isRequired }) => isRequired);
    if (place === null) return null;
    const without = replaced(base, place.path, undefined);
    return bodyOf(`without ${dotted(place.path)}`, without, atFault(place));
  },
  extra: (base, schema, random) => {
    const closed = somePlace(
      base,
      schema,
      random,
      ({ schema: each, isUnderChoice }) =>
        !isUnderChoice && each.additionalProperties === false && each.type === "object",
    );
    const path = closed === null || random.chance(0.5) ? [] : closed.path;
    if (nodeAt(base, path) === null) return null;
    const key = random.pick(["__proto__", "constructor", "toString", "extra", "", "a.b", "é"]);
    // What is no plain name is quoted in a path; that is the protocol's to say.
    const place = { path: [...path, key], isUnderChoice: !/^\w+$/.test(key) };
    return bodyOf(`and ${dotted(place.path)}`, replaced(base, place.path, "x"), atFault(place));
  },
  string: (base, schema, random) => {
    const place = somePlace(base, schema, random, (each) => each.schema.type === "string");
    const spoilt = place === null ? null : spoiltString(place, random);
    if (place === null || spoilt === null) return null;
    // The longest texts are refused by a limit before anything else is looked at.
    return bodyOf(dotted(place.path), replaced(base, place.path, spoilt), atFault(place));
  },
  number: (base, schema, random) => {
    const place = somePlace(base, schema, random, (each) => each.schema.type === "integer");
    if (place === null) return null;
    const text = random.pick(["-1", "1.5", "1e400", "9007199254740993", "1e3000", '"7"']);
    const node = replaced(base, place.path, new Spliced(text));
    return bodyOf(`${dotted(place.path)} = ${text}`, node, atFault(place));
  },
  list: (base, schema, random) => {
    const place = somePlace(base, schema, random, (each) => each.schema.maxItems !== undefined);
    if (place === null) return null;
    const { items = {}, maxItems = 0 } = place.schema;
    const long = Array.from({ length: maxItems + 1 }, () => valueFor(items, random));
    const wrong = random.chance(0.5) ? long : [new Map<string, Node>(), null, 1];
    return bodyOf(dotted(place.path), replaced(base, place.path, wrong), REFUSED);
  },
  content: (base, schema, random) => {
    const place = somePlace(base, schema, random, isFree);
    if (place === null) return null;
    const [what, make, isRefused] = random.pick(CONTENTS);
    const path = [...place.path, "value"];
    const expected = isRefused ? REFUSED : EITHER;
    return bodyOf(`${what} in ${dotted(path)}`, replaced(base, path, make()), expected);
  },
  whole: (_base, _schema, random) => {
    const text = random.pick(["", " ", "null", "[]", "1", '"text"', "true", "{}{}", "[{}]", "\0"]);
    return { what: JSON.stringify(text), bytes: Buffer.from(text), expected: REFUSED };
  },
  twice: (base) => {
    const text = written(base);
    const [first] = base instanceof Map ? [...base.keys()] : [];
    if (first === undefined) return null;
    const bytes = Buffer.from(`{${JSON.stringify(first)}:null,${text.slice(1)}`);
    return { what: first, bytes, expected: REFUSED };
  },
  cut: (base, _schema, random) => {
    const bytes = Buffer.from(written(base));
    const at = random.below(bytes.length);
    return { what: `at ${at}`, bytes: bytes.subarray(0, at), expected: REFUSED };
  },
  tail: (base, _schema, random) => {
    const tail = random.pick(["x", "{}", ",", "\u00a0", "\0", "//"]);
    return {
      what: JSON.stringify(tail),
      bytes: Buffer.from(written(base) + tail),
      expected: REFUSED,
    };
  },
  mark: (base) => ({
    what: "a byte order mark",
    bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(written(base))]),
    expected: REFUSED,
  }),
  encoding: (base, _schema, random) => {
    const text = written(base);
    const bad = random.pick([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]]);
    const quote = Buffer.from(text.slice(0, 2));
    const bytes = Buffer.concat([quote, Buffer.from(bad), Buffer.from(text.slice(2))]);
    return { what: "not UTF-8", bytes, expected: REFUSED };
  },
  utf16: (base) => ({
    what: "UTF-16",
    bytes: Buffer.from(written(base), "utf16le"),
    expected: REFUSED,
  }),
  noise: (base, _schema, random) => {
    const bytes = Buffer.from(written(base));
    for (let flips = random.between(1, 4); flips > 0; flips -= 1) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    return { what: "bytes changed", bytes, expected: EITHER };
  },
};

/** What is right comes more often than each way of being wrong. */
const NAMES = [...Object.keys(MUTATIONS), "valid", "valid", "content", "type"];
