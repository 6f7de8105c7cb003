import { describe, expect, it } from "vitest";
import { clockTime, durationWords, parseDuration, parseMoment, relativeTime } from "./times.ts";

const NOON = new Date(2026, 10, 22, 12, 0).getTime();
const MINUTE = 60_000;

describe("times", () => {
  it("names the day only when it is another one", () => {
    expect(clockTime(NOON + 5 * MINUTE, NOON)).toBe("12:05");
    expect(clockTime(NOON - 24 * 60 * MINUTE, NOON)).toBe("2026-11-21 12:00");
  });

  it.each([
    [-1, "0 s"],
    [999, "0 s"],
    [12_000, "12 s"],
    [60_000, "1 min"],
    [4 * MINUTE + 59_000, "4 min"],
    [60 * MINUTE, "1 h"],
    [125 * MINUTE, "2 h 5 min"],
    [26 * 60 * MINUTE, "1 d 2 h"],
    [24 * 60 * MINUTE + 5 * MINUTE, "1 d"],
  ])("says %i ms as `%s`", (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });

  it("tells before from after", () => {
    expect(relativeTime(NOON + MINUTE, NOON)).toBe("in 1 min");
    expect(relativeTime(NOON - MINUTE, NOON)).toBe("1 min ago");
  });

  it("reads durations", () => {
    expect(["30s", "15m", "8h", "7d", "2w"].map(parseDuration)).toEqual([
      30_000, 900_000, 28_800_000, 604_800_000, 1_209_600_000,
    ]);
    for (const wrong of ["", "0s", "1", "1y", "-1d", "1.5h", " 1d"]) {
      expect(parseDuration(wrong)).toBeUndefined();
    }
  });

  it("reads moments, back from now or ahead of it", () => {
    expect(parseMoment("now", { nowMs: NOON })).toBe(NOON);
    expect(parseMoment("1h", { nowMs: NOON })).toBe(NOON - 60 * MINUTE);
    expect(parseMoment("1h", { nowMs: NOON, ahead: true })).toBe(NOON + 60 * MINUTE);
    expect(parseMoment("2026-11-22T08:00Z", { nowMs: NOON })).toBe(Date.UTC(2026, 10, 22, 8));
    expect(parseMoment("2026-11-22", { nowMs: 0 })).toBe(new Date(2026, 10, 22).getTime());
    for (const wrong of ["yesterday", "2026-13-01", "2026-11-22 08:00", "8"]) {
      expect(parseMoment(wrong, { nowMs: NOON })).toBeUndefined();
    }
  });
});
