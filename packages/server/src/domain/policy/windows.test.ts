import { describe, expect, it } from "vitest";
import { judgeText } from "./testing/judge-text.ts";
import { isOpen, minuteOfDay, wallClock, type Day, type Window } from "./windows.ts";

const window = (days: readonly Day[], from: string, to: string, zone: string): Window => ({
  days,
  fromMinute: minuteOfDay(from),
  toMinute: minuteOfDay(to),
  clock: wallClock(zone)!,
});
const openAt = (open: Window, iso: string) => isOpen(open, Date.parse(iso));

describe("a window", () => {
  // 2026-01-05 is a Monday; Berlin is an hour ahead of UTC in winter.
  const night = window(["sat", "sun"], "02:00", "05:00", "Europe/Berlin");
  it.each([
    ["2026-01-10T00:59:59Z", false],
    ["2026-01-10T01:00:00Z", true],
    ["2026-01-10T03:59:59Z", true],
    ["2026-01-10T04:00:00Z", false],
    ["2026-01-11T02:00:00Z", true],
    ["2026-01-12T02:00:00Z", false],
    ["2026-01-09T02:00:00Z", false],
  ])("by the wall clock of its zone: %s %s", (iso, expected) => {
    expect(openAt(night, iso)).toBe(expected);
  });

  const late = window(["fri"], "22:00", "02:00", "UTC");
  it.each([
    ["2026-01-09T21:59:00Z", false],
    ["2026-01-09T22:00:00Z", true],
    ["2026-01-10T01:59:00Z", true],
    ["2026-01-10T02:00:00Z", false],
    ["2026-01-10T22:00:00Z", false],
    ["2026-01-09T01:00:00Z", false],
  ])("across midnight it belongs to the day it opens on: %s %s", (iso, expected) => {
    expect(openAt(late, iso)).toBe(expected);
  });

  it("across midnight from Sunday into Monday", () => {
    const sunday = window(["sun"], "23:00", "01:00", "UTC");
    expect(openAt(sunday, "2026-01-12T00:30:00Z")).toBe(true);
    expect(openAt(sunday, "2026-01-11T00:30:00Z")).toBe(false);
  });

  it("may last until midnight, or a whole day", () => {
    const evening = window(["mon"], "18:00", "24:00", "UTC");
    expect(openAt(evening, "2026-01-05T23:59:59Z")).toBe(true);
    expect(openAt(evening, "2026-01-06T00:00:00Z")).toBe(false);
    const day = window(["mon"], "00:00", "24:00", "UTC");
    expect(openAt(day, "2026-01-05T00:00:00Z")).toBe(true);
    expect(openAt(day, "2026-01-04T23:59:59Z")).toBe(false);
  });

  describe("when the clocks change", () => {
    // Berlin, 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
    it("follows them", () => {
      expect(openAt(night, "2026-03-28T01:00:00Z")).toBe(true);
      expect(openAt(night, "2026-04-04T00:00:00Z")).toBe(true);
      expect(openAt(night, "2026-04-04T03:00:00Z")).toBe(false);
    });
    it("the hour that is skipped is not there", () => {
      expect(openAt(night, "2026-03-29T00:59:59Z")).toBe(false);
      expect(openAt(night, "2026-03-29T01:00:00Z")).toBe(true); // 03:00
      expect(openAt(night, "2026-03-29T02:59:59Z")).toBe(true); // 04:59:59
      expect(openAt(night, "2026-03-29T03:00:00Z")).toBe(false); // 05:00
    });
    it("the hour that comes twice is open twice", () => {
      const brief = window(["sun"], "02:00", "03:00", "Europe/Berlin");
      expect(openAt(brief, "2026-10-25T00:30:00Z")).toBe(true); // 02:30 summer time
      expect(openAt(brief, "2026-10-25T01:30:00Z")).toBe(true); // 02:30 winter time
      expect(openAt(brief, "2026-10-25T02:00:00Z")).toBe(false); // 03:00
    });
  });

  it("of a zone with a half hour", () => {
    const india = window(["mon"], "05:30", "06:00", "Asia/Kolkata");
    expect(openAt(india, "2026-01-05T00:00:00Z")).toBe(true);
    expect(openAt(india, "2026-01-05T00:30:00Z")).toBe(false);
  });
});

describe("a zone", () => {
  it.each([["Europe/Berlin"], ["UTC"], ["America/Argentina/Buenos_Aires"]])("is %s", (zone) => {
    expect(wallClock(zone)).not.toBeNull();
  });
  it.each([["Mars/Olympus"], ["+02:00"], [""], ["europe"], ["__proto__"]])("is not %j", (zone) => {
    expect(wallClock(zone)).toBeNull();
  });
});

describe("in_window", () => {
  it("judges now, or another moment", () => {
    const saturday = { now: "2026-01-10T02:00:00Z" };
    expect(judgeText('in_window("night")', saturday)).toBe("true");
    expect(judgeText('in_window("night")')).toBe("false");
    expect(judgeText('in_window("night", timestamp("2026-01-10T02:00:00Z"))')).toBe("true");
    expect(judgeText('in_window("night", now + duration("24h"))', saturday)).toBe("true");
  });
  it("of something else is an error", () => {
    expect(judgeText('in_window("night", context.at)', { context: { at: 5 } })).toBe(
      "error: it needs a timestamp, not a number",
    );
  });
});
