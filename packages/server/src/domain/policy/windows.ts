/**
 * Times of the week, by the wall clock of a zone. A window that ends before it begins closes on the
 * next day; `days` are the days on which it opens.
 */

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

export interface Window {
  readonly days: readonly Day[];
  /** Minutes after midnight; `to` is exclusive and may be 24:00. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly clock: WallClock;
}

/** Reads the clock on the wall of one zone, daylight saving included. */
export interface WallClock {
  readonly zone: string;
  read(atMs: number): WallTime;
}
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly date: number;
  readonly day: Day;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The clock of an IANA zone, or null where there is no such zone. */
export function wallClock(zone: string): WallClock | null {
  // Offsets such as "+02:00" are zones to Intl, but they do not follow daylight saving, which is
  // the usual mistake.
  if (!/^[A-Za-z]/.test(zone)) return null;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
  return { zone, read: (atMs) => toWallTime(format.formatToParts(atMs)) };
}

/** Minutes after midnight of `HH:MM`. */
export function minuteOfDay(text: string): number {
  const [hour = "0", minute = "0"] = text.split(":");
  return Number(hour) * 60 + Number(minute);
}

/** Whether the window is open at a moment. */
export function isOpen(window: Window, atMs: number): boolean {
  const { day, hour, minute } = window.clock.read(atMs);
  const now = hour * 60 + minute;
  const { fromMinute, toMinute } = window;
  if (fromMinute < toMinute) {
    return window.days.includes(day) && now >= fromMinute && now < toMinute;
  }
  if (now >= fromMinute) return window.days.includes(day);
  return now < toMinute && window.days.includes(dayBefore(day));
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
}

function toWallTime(parts: readonly Intl.DateTimeFormatPart[]): WallTime {
  const named: Record<string, string> = {};
  for (const { type, value } of parts) named[type] = value;
  const number = (type: string): number => Number(named[type]);
  const weekday = (named["weekday"] ?? "").toLowerCase();
  return {
    year: number("year"),
    month: number("month"),
    date: number("day"),
    day: DAYS.find((day) => day === weekday) ?? "mon",
    hour: number("hour"),
    minute: number("minute"),
    second: number("second"),
  };
}
