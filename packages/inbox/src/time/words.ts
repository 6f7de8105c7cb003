/** Times and durations in words. Short: they stand in tables. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `45 s`, `12 min`, `3 h 5 min`, `4 d 2 h`: the two largest units that matter. */
export function durationWords(ms: number): string {
  const rest = Math.max(0, Math.round(ms / secondMs) * secondMs);
  if (rest < minuteMs) return `${rest / secondMs} s`;
  if (rest < 10 * minuteMs && rest % minuteMs !== 0) {
    return `${Math.floor(rest / minuteMs)} min ${(rest % minuteMs) / secondMs} s`;
  }
  if (rest < hourMs) return `${Math.floor(rest / minuteMs)} min`;
  if (rest < dayMs) return pair(rest, hourMs, "h", minuteMs, "min");
  return pair(rest, dayMs, "d", hourMs, "h");
}

function pair(ms: number, large: number, largeUnit: string, small: number, unit: string): string {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${largeUnit}`;
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}

/** `2 s ago`, `in 4 min`, `just now`. */
export function agoWords(at: number, now: number): string {
  const past = now - at;
  if (Math.abs(past) < secondMs) return "just now";
  return past > 0 ? `${coarse(past)} ago` : `in ${coarse(-past)}`;
}

/** One unit: nobody reads minutes beside days. */
function coarse(ms: number): string {
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} d`;
}

/** Made once each: a formatter takes a millisecond to make, and a list shows a hundred times a second. */
const FORMATS = {
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  dayAndYear: { day: "numeric", month: "short", year: "numeric" },
  full: { dateStyle: "full", timeStyle: "long" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;
const formatters = new Map<keyof typeof FORMATS, Intl.DateTimeFormat>();

function formatted(format: keyof typeof FORMATS, date: Date): string {
  const known = formatters.get(format);
  const formatter = known ?? new Intl.DateTimeFormat(undefined, FORMATS[format]);
  if (known === undefined) formatters.set(format, formatter);
  return formatter.format(date);
}

/** `14:32` today, `12 Nov 14:32` this year, `12 Nov 2024 14:32` before; the reader's time zone. */
export function clockWords(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const time = formatted("clock", date);
  if (date.toDateString() === today.toDateString()) return time;
  const isThisYear = date.getFullYear() === today.getFullYear();
  const day = formatted(isThisYear ? "day" : "dayAndYear", date);
  return `${day} ${time}`;
}

/** Everything, zone included, for a title. */
export function fullWords(at: number): string {
  return formatted("full", new Date(at));
}
