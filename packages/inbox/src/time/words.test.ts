import { expect, test } from "vitest";
import { agoWords, durationWords } from "./words.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, "0 s"],
  [45_400, "45 s"],
  [59_999, "1 min"],
  [2 * minute + 5_000, "2 min 5 s"],
  [12 * minute + 5_000, "12 min"],
  [3 * hour + 5 * minute, "3 h 5 min"],
  [4 * day + 2 * hour, "4 d 2 h"],
  [-5, "0 s"],
])("%i ms are %s", (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test("the past is ago, the future is in, and both are short", () => {
  expect(agoWords(0, 2_900)).toBe("2 s ago");
  expect(agoWords(0, 3 * hour + minute)).toBe("3 h ago");
  expect(agoWords(5 * minute, 0)).toBe("in 5 min");
  expect(agoWords(0, 500)).toBe("just now");
});
