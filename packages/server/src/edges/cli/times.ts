/** Times and durations as people at a terminal write and read them. Local time zone. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** `14:20` today, `2026-11-20 14:20` on any other day. */
export function clockTime(atMs: number, nowMs = Date.now()): string {
  const at = new Date(atMs);
  const [day, today] = [dayOf(at), dayOf(new Date(nowMs))];
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return day === today ? time : `${day} ${time}`;
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(count: number): string {
  return String(count).padStart(2, "0");
}

/** The two largest units: `3 d 2 h`, `2 h 5 min`, `4 min`, `12 s`. */
export function durationWords(ms: number): string {
  const totalS = Math.max(0, Math.floor(ms / SECOND_MS));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(totalS / 86_400), "d"],
    [Math.floor(totalS / 3_600) % 24, "h"],
    [Math.floor(totalS / 60) % 60, "min"],
    [totalS % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0 s";
  // Seconds say nothing beside hours, and minutes nothing beside days.
  const shown = parts.slice(first, first + 2).filter(([count, unit]) => count > 0 && unit !== "s");
  const words = shown.length > 0 ? shown : parts.slice(first, first + 1);
  return words.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** `in 2 h 5 min`, or `4 min ago` once it has passed. */
export function relativeTime(atMs: number, nowMs = Date.now()): string {
  return atMs >= nowMs ? `in ${durationWords(atMs - nowMs)}` : `${durationWords(nowMs - atMs)} ago`;
}

/** Milliseconds of `30s`, `15m`, `8h`, `7d`, `2w`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([smhdw])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? 0);
}

/**
 * A moment: `now`, a duration ago (`1d`), or ISO 8601 (`2026-11-20`, `2026-11-20T08:00Z`). With
 * `ahead`, a duration lies in the future. Milliseconds since the epoch; undefined: not understood.
 */
export function parseMoment(
  text: string,
  options: { readonly nowMs: number; readonly ahead?: boolean },
): number | undefined {
  const { nowMs, ahead = false } = options;
  if (text === "now") return nowMs;
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return ahead ? nowMs + durationMs : nowMs - durationMs;
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(text))
    return undefined;
  // A date alone is that day's beginning here, not in UTC as JavaScript has it.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  return Number.isNaN(at) ? undefined : at;
}
