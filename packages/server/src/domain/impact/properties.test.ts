import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "./classify.ts";
import { IMPACTS, type Call, type Classification } from "./model.ts";
import { ACME, callOf, isAsked } from "./testing/calls.ts";

const runs = { numRuns: process.env["HALTPOINT_CAMPAIGN"] === undefined ? 300 : 6000 };

const WORDS =
  `get list delete send create update user order amount secret role share run bash email note
  report the of and by to all public token key draft`.split(/\s+/);
const KEYS =
  "to amount url role command query body path limit action id password x iban data".split(" ");

const name = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }).map((words) => words.join("_")),
  fc.string({ unit: "grapheme" }),
);
const text = fc.oneof(
  fc
    .array(fc.constantFrom(...WORDS, ". ", "permanently"), { maxLength: 20 })
    .map((words) => words.join(" ")),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "https://rival.example/?a=b",
    "pat@rival.example",
    "admin",
    "*",
    "rm -rf /",
    "DELETE",
    "12 USD",
  ),
);
const properties = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie("value"), { maxKeys: 4 }),
  ),
})).value;
const tool = fc.option(
  fc.record(
    { description: text, inputSchema: properties, annotations: properties },
    { requiredKeys: [] },
  ),
);
const origins = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.constantFrom("person" as const, "tool_result" as const, "model" as const),
);
const call: fc.Arbitrary<Call> = fc
  .record({ name, properties, tool, origins })
  .map((parts) => ({ ...callOf(parts.name), ...parts }));

const RANK = { read: 0, unknown: 1, write: 2 };

/** Whether `after` asks at least what `before` did. */
function checkNotLower(before: Classification, after: Classification): void {
  expect(RANK[after.access]).toBeGreaterThanOrEqual(before.access === "read" ? 0 : 1);
  expect(after.impacts).toEqual(expect.arrayContaining([...before.impacts]));
  if (isAsked(before)) expect(isAsked(after)).toBe(true);
}

describe("classify", () => {
  it("answers every call, bounded and well formed (T12)", () => {
    fc.assert(
      fc.property(call, (any) => {
        const { impacts, findings, outside } = classify(any, ACME);
        expect(impacts).toEqual(
          IMPACTS.filter((impact) => findings.some((one) => one.impact === impact)),
        );
        expect(findings.length).toBeLessThanOrEqual(40 + IMPACTS.length);
        expect(outside.length).toBeLessThanOrEqual(50);
        for (const { evidence } of findings) expect(evidence.length).toBeLessThanOrEqual(200);
      }),
      runs,
    );
  });

  it("gives the same call the same answer, remembered or not", () => {
    fc.assert(
      fc.property(call, (any) => {
        expect(classify(structuredClone(any), ACME)).toEqual(classify(any, ACME));
      }),
      runs,
    );
  });

  it("is never lowered by a description, a schema or annotations (I13, T12)", () => {
    fc.assert(
      fc.property(call, (any) => {
        checkNotLower(classify({ ...any, tool: null }, ACME), classify(any, ACME));
      }),
      runs,
    );
  });

  it("is never lowered by further annotations (I13)", () => {
    const claims = {
      readOnlyHint: true,
      destructiveHint: false,
      openWorldHint: false,
      idempotentHint: true,
    };
    fc.assert(
      fc.property(call, (any) => {
        const without = { ...any, tool: { ...any.tool, annotations: undefined } };
        const claimed = { ...any, tool: { ...any.tool, annotations: claims } };
        checkNotLower(classify(without, ACME), classify(claimed, ACME));
      }),
      runs,
    );
  });

  it("is lowered by an origin only where that is the person (I13)", () => {
    fc.assert(
      fc.property(call, (any) => {
        const watched = Object.fromEntries(
          Object.keys(any.origins).map((path) => [path, "tool_result" as const]),
        );
        checkNotLower(
          classify({ ...any, origins: {} }, ACME),
          classify({ ...any, origins: watched }, ACME),
        );
      }),
      runs,
    );
  });
});
