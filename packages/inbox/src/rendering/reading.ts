/**
 * How a text reads by its schema's `format`: money by the currency's habits, times in the reader's
 * zone. Only ever beside the text itself, only where the schema names the format, and only where
 * the text fits it exactly: a number that could be a date stays a number.
 */

export interface Reading {
  readonly kind: "money" | "time" | "date" | "address";
  readonly text: string;
}

export type Read =
  | { readonly kind: "read"; readonly reading: Reading }
  /** A format we show nothing special for. */
  | { readonly kind: "plain" }
  /** The schema names a format that the text is not in. */
  | { readonly kind: "misfit"; readonly format: string };

/** What decides how times and money are written; for tests, and for whoever reads. */
export interface Reader {
  readonly locale: string;
  /** IANA name; undefined is the browser's own. */
  readonly timeZone: string | undefined;
}

export const DEFAULT_READER: Reader = { locale: "en-US", timeZone: undefined };

const MONEY = /^(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?) ([A-Z]{3})$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** Longer is none of the formats, and need not be looked at. */
const LENGTH_MAX = 2_048;
const FRACTION_MAX = 20;

export function readText(text: string, format: string | null, reader: Reader): Read {
  if (format === null) return { kind: "plain" };
  const read = text.length <= LENGTH_MAX ? readAs(text, format, reader) : null;
  if (read === undefined) return { kind: "plain" };
  return read === null ? { kind: "misfit", format } : { kind: "read", reading: read };
}

/** Undefined: nothing to say about this format. Null: the text is not in it. */
function readAs(text: string, format: string, reader: Reader): Reading | null | undefined {
  switch (format) {
    case "money":
      return moneyReading(text, reader);
    case "date":
      return dateReading(text, reader);
    case "date-time":
      return timeReading(text, reader);
    case "uri":
    case "iri":
      return addressReading(text);
    default:
      return undefined;
  }
}

/** `48200.00 USD` → `$48,200.00`, exact whatever its size. */
export function moneyReading(text: string, { locale }: Reader): Reading | null {
  const [, amount, currency] = MONEY.exec(text) ?? [];
  if (amount === undefined || currency === undefined) return null;
  const fraction = amount.split(".")[1]?.length ?? 0;
  if (fraction > FRACTION_MAX) return null;
  try {
    const digits = new Intl.NumberFormat(locale, { style: "currency", currency });
    const usual = digits.resolvedOptions().maximumFractionDigits ?? 0;
    const written = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      maximumFractionDigits: Math.max(usual, fraction),
    });
    // As a string, so that it is not a double on its way.
    return { kind: "money", text: written.format(amount as `${number}`) };
  } catch {
    return null;
  }
}

function dateReading(text: string, { locale }: Reader): Reading | null {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (day === undefined) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const written = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
  return { kind: "date", text: written.format(date) };
}

function timeReading(text: string, { locale, timeZone }: Reader): Reading | null {
  if (!DATE_TIME.test(text)) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  const written = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return { kind: "time", text: written.format(time) };
}

/** Where an address leads: what stands before the first slash may be a name, not a host. */
function addressReading(text: string): Reading | null {
  if (!URL.canParse(text)) return null;
  const { host, protocol } = new URL(text);
  return { kind: "address", text: host === "" ? `${protocol} no host` : `host ${host}` };
}
