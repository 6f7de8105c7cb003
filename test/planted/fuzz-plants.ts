import type { Plant } from "./plant.ts";

/** Bugs between the socket and the use cases that hostile input has to find. */
const http = (name: string): string => `packages/server/src/edges/http/${name}.ts`;

export const fuzzPlants: readonly Plant[] = [
  {
    name: "refusal-escapes",
    file: http("route"),
    find: "  if (!shape.fits(body)) {",
    replace: "  if (!shape.fits(body)) {\n    (body as { toLowerCase(): string }).toLowerCase();",
    tests: ["test/fuzz/bodies.test.ts"],
    invariant: "T29: what does not fit is refused, not failed on",
  },
  {
    name: "refusal-without-field",
    file: http("route"),
    find: 'const field = fault === null || fault.field === "" ? {} : { field: fault.field };',
    replace: "const field = {};",
    tests: ["test/fuzz/bodies.test.ts"],
    invariant: "a refusal names the field at fault",
  },
  {
    name: "duplicate-keys-taken",
    file: http("body"),
    find: "const parsed = parseJsonBytes(bytes, readerLimits);",
    replace:
      "const parsed = { ok: true, value: JSON.parse(bytes.toString()) as never } as ReturnType<typeof parseJsonBytes>;",
    tests: ["test/fuzz/bodies.test.ts"],
    invariant: "T29: one text has one meaning",
  },
  {
    name: "packed-body-taken",
    file: http("body"),
    find: 'if (encoding.toLowerCase() !== "identity") {',
    replace: 'if (encoding === "") {',
    tests: ["test/fuzz/bodies.test.ts"],
    invariant: "T29: bytes are read as what they are said to be",
  },
  {
    name: "body-of-any-size",
    file: http("body"),
    find: '{ parseAs: "buffer", bodyLimit: limits.bodyBytesMax }',
    replace: '{ parseAs: "buffer", bodyLimit: 1_073_741_824 }',
    tests: ["test/fuzz/bounds.test.ts"],
    invariant: "T29: a body is bounded before it is in memory",
  },
  {
    name: "inherited-parameter-taken",
    file: http("query"),
    find: "  if (shape.fits(read)) return read;",
    replace: '  if (shape.fits(read) || Object.hasOwn(read, "__proto__")) return read as Q;',
    tests: ["test/fuzz/headers.test.ts"],
    invariant: "T29: no parameter is ignored",
  },
];
