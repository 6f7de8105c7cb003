/** Durations as policy writes them: `10s`, `15m`, `8h`, `7d`. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** The pattern of a duration, for the schema: a whole number without leading zeros and a unit. */
export const DURATION_PATTERN = "^[1-9][0-9]{0,6}[smhd]$";

/** Milliseconds of a text that matches {@link DURATION_PATTERN}. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);
}

/** The largest whole unit that says it exactly: `90s`, `2h`. Zero is `0s`. */
export function durationText(ms: number): string {
  const units = [
    ["d", DAY_MS],
    ["h", HOUR_MS],
    ["m", MINUTE_MS],
  ] as const;
  const unit = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0);
  return unit === undefined ? `${ms / SECOND_MS}s` : `${ms / unit[1]}${unit[0]}`;
}
