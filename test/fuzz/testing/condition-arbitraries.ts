/** CEL by its grammar, with the names conditions know; some of it broken afterwards. */
import fc from "fast-check";

const path = fc.constantFrom(
  ...["context.list", "context.text", "context.n", "context.deep", "context.none", "context.map"],
  ...["action.properties.list", "action.properties.text", "action.properties.n", "action.name"],
  ...["subject.id", "subject.groups", "subject.labels", "claims.subject", "resource.id", "now"],
  ...["context", "action.properties", 'context["__proto__"]', "context.constructor", "context.?x"],
);
const literal = fc.constantFrom(
  ...["0", "1", "-1", "9223372036854775807", "0x10", "1u", "1.5", "1e308", "-0.0", "true", "null"],
  ...['""', '"a"', "'b'", 'r"\\d"', 'b"x"', '"\\u202e"', "[]", "[1, 2]", '{"a": 1}', "{1: 2}"],
  ...['money("1.00 USD")', 'money("x")', 'duration("1h")', 'timestamp("2026-01-01T00:00:00Z")'],
);
const pattern = fc.constantFrom("(a+)+$", "(a|aa)+$", "^[a-z]*$", "(", "\\\\1", "(?=a)", "a{1000}");

const { node } = fc.letrec<{ node: string; list: string; truth: string }>((tie) => {
  const any = tie("node");
  const list = tie("list");
  const truth = tie("truth");
  const joined = (ops: readonly string[], of: fc.Arbitrary<string>) =>
    fc.tuple(of, fc.constantFrom(...ops), of).map(([a, op, b]) => `(${a} ${op} ${b})`);
  return {
    list: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("context.list", "action.properties.list", "subject.groups", "[1, 2, 3]"),
      fc.tuple(list, any).map(([over, body]) => `${over}.map(m, ${body})`),
      fc.tuple(list, truth).map(([over, body]) => `${over}.filter(f, ${body})`),
      fc.tuple(list, list).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(any, pattern).map(([text, by]) => `${text}.split("${by}")`),
    ),
    truth: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      joined(["==", "!=", "<", "<=", ">", ">="], any),
      joined(["&&", "||"], truth),
      truth.map((inner) => `!${inner}`),
      path.map((of) => `has(${of})`),
      fc
        .tuple(
          list,
          fc.constantFrom("all", "exists", "exists_one"),
          fc.constantFrom(..."xyz"),
          truth,
        )
        .map(([over, each, name, body]) => `${over}.${each}(${name}, ${name} != -1 && ${body})`),
      fc
        .tuple(list, list, fc.constantFrom("<", "!=", "=="))
        .map(([a, b, op]) => `${a}.all(x, ${b}.all(y, x ${op} y || x == -7))`),
      fc.tuple(any, pattern).map(([text, by]) => `string(${text}).matches("${by}")`),
      fc
        .tuple(path, fc.constantFrom("startsWith", "endsWith", "contains"), any)
        .map(([of, call, what]) => `${of}.${call}(${what})`),
      fc.constantFrom('in_window("night")', 'in_window("none")', "true", "false"),
      fc.tuple(any, list).map(([a, b]) => `${a} in ${b}`),
    ),
    node: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      path,
      literal,
      joined(["+", "-", "*", "/", "%"], any),
      truth,
      list,
      fc.tuple(truth, any, any).map(([when, a, b]) => `(${when} ? ${a} : ${b})`),
      fc.tuple(list, any).map(([of, at]) => `${of}[${at}]`),
      fc
        .tuple(fc.constantFrom("size", "string", "int", "double", "bool", "type", "dyn"), any)
        .map(([call, of]) => `${call}(${of})`),
      fc.tuple(any, fc.constantFrom(...".!?-[({")).map(([of, sign]) => `${sign}${of}`),
    ),
  };
});
/** What only the arguments decide the type of: the checker lets it through, the judge meets it. */
const unknownType = fc.constantFrom(
  ...["context.list", "context.text", "context.n", "context.deep", "context.none", "context.map"],
  ...["action.properties.list", "action.properties.text", "action.properties.n", "context.x.y"],
);
const { sound } = fc.letrec<{ sound: string }>((tie) => {
  const sound = tie("sound");
  const compared = fc.constantFrom("==", "!=", "<", ">", "in");
  return {
    sound: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(unknownType, compared, unknownType).map((parts) => parts.join(" ")),
      fc
        .tuple(unknownType, fc.constantFrom("all", "exists"), compared, unknownType)
        .map(([over, each, op, with_]) => `${over}.${each}(x, x ${op} ${with_})`),
      fc
        .tuple(unknownType, unknownType)
        .map(([over, inner]) => `${over}.all(x, ${inner}.all(y, x != -1 - y))`),
      fc
        .tuple(unknownType, unknownType)
        .map(([over, inner]) => `${over}.exists(x, ${inner}.map(y, x).size() > 20000)`),
      unknownType.map((of) => `has(${of})`),
      unknownType.map((of) => `${of}.matches("(a+)+$")`),
      unknownType.map((of) => `money(${of}) > money("1.00 USD")`),
      unknownType.map((of) => `size(${of}) > 3`),
      sound.map((inner) => `!(${inner})`),
      fc.tuple(sound, fc.constantFrom("&&", "||"), sound).map(([x, op, y]) => `(${x} ${op} ${y})`),
    ),
  };
});

const broken = fc
  .tuple(
    node,
    fc.nat(),
    fc.constantFrom(..."()[]{}.,?:\"'&|=!<>+-*/%\\ ", "", "\0", "\u202e", "éa"),
  )
  .map(([text, at, put]) => {
    const spot = at % (text.length + 1);
    return text.slice(0, spot) + put + text.slice(spot + 1);
  });

/** Texts: well typed as far as is known, by the grammar, and broken. */
export const conditions: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: sound, weight: 6 },
  { arbitrary: node.filter((text) => text.length < 20_000), weight: 4 },
  { arbitrary: broken.filter((text) => text.length < 20_000), weight: 2 },
);

const LONG = Array.from({ length: 10_000 }, (_, index) => index);
const list = fc.oneof(
  fc.constant(LONG),
  fc.constant(LONG.map(String)),
  fc.constant(Array.from({ length: 10_000 }, () => ({ x: 1 }))),
  fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }),
  fc.array(fc.integer(), { maxLength: 5 }),
);
const text = fc.oneof(
  fc.constantFrom(`${"a".repeat(20_000)}!`, "", "\0", "\u202e", "a", "1.00 USD"),
  fc.string(),
);
const record = fc.record(
  {
    list,
    text,
    n: fc.oneof(fc.integer(), fc.double(), fc.constant("7")),
    deep: fc.jsonValue({ maxDepth: 6 }),
    none: fc.constant(null),
    map: fc.dictionary(fc.constantFrom("a", "__proto__", "constructor", ""), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

/** What an agent sends. */
export const inputs = fc.record({
  properties: fc.oneof({ arbitrary: record, weight: 5 }, { arbitrary: fc.jsonValue(), weight: 1 }),
  context: fc.oneof({ arbitrary: record, weight: 5 }, { arbitrary: fc.jsonValue(), weight: 1 }),
});
