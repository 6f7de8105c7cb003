/**
 * Where the values of a call were first seen in its session: in what the person asked, in what a tool
 * returned, or nowhere before the model wrote them. For enforcement points that see the whole session;
 * what they observe may let through what a person asked for themselves, so it has to be them who say
 * it, not the agent.
 */

export type ValueOrigin = "person" | "tool_result" | "model";

export interface SessionMemory {
  /** What the person said; may be called for each turn. */
  person(text: string): void;
  /** What a tool returned, as text. */
  result(text: string): void;
  /** Where each value of these arguments was first seen, by dotted path (`to.0`). */
  originsOf(properties: unknown): Record<string, ValueOrigin>;
}

export interface SessionMemoryOptions {
  /** Characters kept of the person's texts, and of results; the oldest go first. Default: 500,000. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 500_000;
const MOST_VALUES = 500;
const DEEPEST = 40;
const LONGEST_VALUE = 20_000;

/** A session's memory; one for each session, kept as long as it lasts. */
export function createSessionMemory(options: SessionMemoryOptions = {}): SessionMemory {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const said = new Heard(limit);
  const returned = new Heard(limit);
  return {
    person: (text) => {
      said.add(text);
    },
    result: (text) => {
      returned.add(text);
    },
    originsOf(properties) {
      const found = new Map<string, ValueOrigin>();
      return Object.fromEntries(
        valuesOf(properties).flatMap(({ path, value }) => {
          const forms = formsOf(value);
          if (forms.length === 0) return [];
          const key = forms.join("\n");
          const origin = found.get(key) ?? originOf(forms, said, returned);
          found.set(key, origin);
          return [[path, origin] as const];
        }),
      );
    },
  };
}

function originOf(forms: readonly string[], said: Heard, returned: Heard): ValueOrigin {
  if (said.has(forms)) return "person";
  return returned.has(forms) ? "tool_result" : "model";
}

/** Texts in order, as words with a space around each; values are found between such spaces. */
class Heard {
  #texts: string[] = [];
  #length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(text: string): void {
    const kept = text.length > this.#limit ? text.slice(text.length - this.#limit) : text;
    const words = ` ${wordsIn(kept)} ${datesIn(kept).join(" ")} `;
    this.#texts.push(words);
    this.#length += words.length;
    while (this.#length > 2 * this.#limit && this.#texts.length > 1) {
      this.#length -= this.#texts.shift()?.length ?? 0;
    }
  }

  has(forms: readonly string[]): boolean {
    return forms.some((form) => this.#texts.some((text) => text.includes(` ${form} `)));
  }
}

/**
 * Lower case, NFKC, JSON's escapes undone, what prints nothing dropped; everything but letters, digits
 * and marks inside a word is a space.
 */
function wordsIn(text: string): string {
  return text
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/\\[nrt]/g, " ")
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .toLowerCase()
    .replace(/(\p{Sc})\s?(?=\d)/gu, " ")
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "")
    .replace(/(?<=\d)\.0{1,2}(?!\d)/g, "")
    .replace(/(\d\.\d)0(?!\d)/g, "$1")
    .replace(/\b(?:https?:\/\/)/g, " ")
    .replace(/[^\p{L}\p{N}@._+#-]+/gu, " ")
    .replace(/(?<=^|\s)[._+#-]+|[._+#-]+(?=\s|$)/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

const WRITTEN_DATE =
  /\b(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)?,? ([a-z]{3,9})\.?|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?),? (\d{4})\b/gi;
const NUMERIC_DATE = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/g;

/** Dates as `2026-05-19`, however they are written with a year. */
function datesIn(text: string): readonly string[] {
  const written = [...text.matchAll(WRITTEN_DATE)].flatMap((match) => {
    const month = monthOf(match[2] ?? match[3] ?? "");
    return month === 0 ? [] : [dateOf(match[5], month, Number(match[1] ?? match[4]))];
  });
  const numeric = [...text.matchAll(NUMERIC_DATE)].map((match) =>
    dateOf(match[1], Number(match[2]), Number(match[3])),
  );
  return [...written, ...numeric];
}

function monthOf(name: string): number {
  const lower = name.toLowerCase();
  return lower.length < 3 ? 0 : MONTHS.findIndex((month) => month.startsWith(lower)) + 1;
}

function dateOf(year: string | undefined, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** How a value may have been written; none: too little to be told from chance, such as `true`. */
function formsOf(value: string | number): readonly string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [wordsIn(String(value))] : [];
  const words = wordsIn(value.slice(0, LONGEST_VALUE));
  if (words === "") return [];
  const dates = /^\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?\s*$/.test(value)
    ? datesIn(value)
    : [];
  const bare = words.replace(/^www\./, "");
  return bare === words ? [words, ...dates] : [words, bare, ...dates];
}

interface Value {
  readonly path: string;
  readonly value: string | number;
}

function valuesOf(properties: unknown): readonly Value[] {
  const values: Value[] = [];
  const open: { value: unknown; path: string; depth: number }[] = [
    { value: properties, path: "", depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next;
    if (values.length >= MOST_VALUES || depth > DEEPEST) continue;
    if (typeof value === "string" || typeof value === "number") values.push({ path, value });
    if (typeof value !== "object" || value === null) continue;
    for (const [name, member] of Object.entries(value).slice(0, MOST_VALUES).toReversed()) {
      open.push({ value: member, path: path === "" ? name : `${path}.${name}`, depth: depth + 1 });
    }
  }
  return values;
}
