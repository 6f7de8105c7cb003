import { expect, it } from "vitest";
import { systemRandom } from "./system-random.ts";

it("gives as many bytes as asked for, never the same and never wiped ones", () => {
  const seen = new Set<string>();
  for (let round = 0; round < 2_000; round += 1) {
    for (const count of [10, 16, 32, 64, 65, 4_096]) {
      const bytes = systemRandom.bytes(count);
      expect(bytes).toHaveLength(count);
      // Sixteen zeros in a row by chance: once in 2^128.
      const head = Buffer.from(bytes.subarray(0, 16)).toString("hex");
      expect(head).not.toBe("0".repeat(head.length));
      seen.add(head);
    }
  }
  expect(seen.size).toBe(12_000);
});

it("leaves bytes that were given out alone", () => {
  const first = systemRandom.bytes(32);
  const copy = Uint8Array.from(first);
  for (let round = 0; round < 500; round += 1) systemRandom.bytes(32);
  expect(first).toEqual(copy);
});
