import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isId, newId, normalizeId, normalizeShortId, shortId } from "./id.ts";
import { runs } from "./testing/json-arbitraries.ts";

const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 16 });

/** ULID's value read back, by arithmetic that shares nothing with the encoder. */
function numberOf(body: string): bigint {
  return body
    .split("")
    .reduce(
      (sum, character) => sum * 32n + BigInt("0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(character)),
      0n,
    );
}

describe("newId", () => {
  it("has ULID's layout", () => {
    // The time of the example in ULID's specification.
    expect(newId("req", 1_469_918_176_385, new Uint8Array(10))).toBe(
      "req_01ARYZ6S410000000000000000",
    );
    expect(newId("halt", 2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe(
      "halt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    );
  });

  it("carries time and the first ten random bytes exactly", () => {
    fc.assert(
      fc.property(timeMs, random, (time, bytes) => {
        const id = newId("req", time, bytes);
        expect(isId("req", id)).toBe(true);
        const expected = [...bytes.subarray(0, 10)].reduce(
          (sum, byte) => sum * 256n + BigInt(byte),
          BigInt(time),
        );
        expect(numberOf(id.slice(4))).toBe(expected);
      }),
      runs(300),
    );
  });

  it("sorts by time", () => {
    fc.assert(
      fc.property(timeMs, timeMs, random, random, (left, right, one, two) => {
        fc.pre(left < right);
        expect(newId("req", left, one) < newId("req", right, two)).toBe(true);
      }),
      runs(200),
    );
  });

  it.each([
    ["an empty prefix", "", 0, 10],
    ["a prefix with an underscore", "a_b", 0, 10],
    ["a capital prefix", "Req", 0, 10],
    ["a time before the epoch", "req", -1, 10],
    ["a time of 49 bits", "req", 2 ** 48, 10],
    ["a fraction of a millisecond", "req", 0.5, 10],
    ["no time", "req", NaN, 10],
    ["too little randomness", "req", 0, 9],
  ])("takes no %s", (_, prefix, time, bytes) => {
    expect(() => newId(prefix, time, new Uint8Array(bytes))).toThrow(RangeError);
  });
});

describe("ids", () => {
  const id = "req_01ARYZ6S41TSV4RRFFQ69G7F3K";

  it("are recognised in their one spelling only", () => {
    expect(isId("req", id)).toBe(true);
    for (const other of [
      id.toLowerCase(),
      id.slice(0, -1),
      `${id}0`,
      `${id}\n`,
      ` ${id}`,
      id.replace("req_", "halt_"),
      id.replace("req_", ""),
      id.replace("req_0", "req_8"),
      id.replace("7F3K", "7F3U"),
      id.replace("7F3K", "7F3I"),
    ]) {
      expect(isId("req", other)).toBe(false);
    }
  });

  it("are shortened to four characters that people type as they like", () => {
    expect(shortId(id)).toBe("7F3K");
    for (const typed of ["7F3K", "7f3k", " 7f3k\n", "7f-3k"]) {
      expect(normalizeShortId(typed)).toBe("7F3K");
    }
    expect(normalizeShortId("oIl1")).toBe("0111");
    for (const typed of ["", "7f3", "7f3kk", "7f3u", "7f 3", "ſ123", "7f3*"]) {
      expect(normalizeShortId(typed)).toBeUndefined();
    }
  });

  it("are read whole in any case", () => {
    expect(normalizeId("req", ` ${id.toLowerCase()} `)).toBe(id);
    expect(normalizeId("req", id.replace("41T", "4LT").replace("01A", "OIA"))).toBe(id);
    for (const typed of ["7F3K", id.replace("req", "halt"), id.slice(1), `${id}0`]) {
      expect(normalizeId("req", typed)).toBeUndefined();
    }
  });
});
