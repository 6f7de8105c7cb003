/** Moments and lengths of time as conditions write them. */
import { ConditionError, Span, Timestamp } from "./value.ts";

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const RFC3339_LENGTH_MAX = 35;
const SPAN_PART = /(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s)/y;
const SPAN_LENGTH_MAX = 40;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Reads RFC 3339, `2026-11-22T10:00:00Z`. Finer than a millisecond is an error, not rounded. */
export function readTimestamp(text: string): Timestamp {
  const parts = text.length > RFC3339_LENGTH_MAX ? null : RFC3339.exec(text);
  if (parts === null) throw new ConditionError("it reads a timestamp that is not RFC 3339");
  const [, year, month, day, hour, minute, second, fraction = ""] = parts.map((part) => part ?? "");
  if (/[1-9]/.test(fraction.slice(3))) {
    throw new ConditionError("it reads a timestamp finer than a millisecond");
  }
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const local = Date.UTC(y, m - 1, d, Number(hour), Number(minute), Number(second), ms);
  // Date.UTC carries 2026-02-30 over to March, and takes years below 100 for 19xx.
  const date = new Date(local);
  const exists =
    y >= 100 &&
    date.getUTCMonth() === m - 1 &&
    date.getUTCDate() === d &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!exists) throw new ConditionError("it reads a timestamp that does not exist");
  return new Timestamp(local - offsetMs(parts[8], parts[9], parts[10]));
}

/** Reads `1h30m`, `-90s`, `250ms`. */
export function readSpan(text: string): Span {
  const negative = text.startsWith("-");
  const body = negative ? text.slice(1) : text;
  let ms = 0;
  SPAN_PART.lastIndex = 0;
  while (SPAN_PART.lastIndex < body.length) {
    const part = body.length > SPAN_LENGTH_MAX ? null : SPAN_PART.exec(body);
    if (part === null) throw notADuration();
    ms += Number(part[1]) * (UNIT_MS[part[2] ?? ""] ?? 0);
  }
  if (body === "" || !Number.isSafeInteger(ms)) throw notADuration();
  return new Span(negative ? -ms : ms);
}

function notADuration(): ConditionError {
  return new ConditionError('it reads a duration that is not one, such as "1h30m"');
}

function offsetMs(
  sign: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
): number {
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -size : size;
}
