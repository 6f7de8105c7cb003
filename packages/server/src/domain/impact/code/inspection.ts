import type { Confidence, Finding, Impact } from "../model.ts";
import { shown } from "./characters.ts";

export type Language = "python" | "javascript" | "shell" | "sql" | "unknown";

export interface CodeReading {
  /** Whether running it would change, send or start anything; `unknown` counts as a write. */
  readonly access: "read" | "write" | "unknown";
  readonly findings: readonly Finding[];
}

/** Steps of work for one text; a usual command line takes tens. */
export const MAX_STEPS = 20_000;
/** Code inside code: `sh -c` in `sh -c`, a here-document handed to an interpreter. */
const MAX_NESTING = 8;
/** Findings of one impact and confidence; more would not tell a person more. */
const MAX_ALIKE = 4;

/** Hands text of a language to its reader. */
export type Reader = (language: Language, text: string, inspection: Inspection) => void;

/**
 * One reading of one text: gathers findings, counts steps and keeps to its bounds. Where a bound is
 * met the reading goes on without the rest, and says so.
 */
export class Inspection {
  readonly #path: string;
  readonly #reader: Reader;
  readonly #findings: Finding[] = [];
  #steps = 0;
  #nesting = 0;
  #access: "read" | "write" | "unknown" = "read";
  #incomplete = false;

  constructor(path: string, reader: Reader) {
    this.#path = path;
    this.#reader = reader;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Charges work; false once the allowance is used up. */
  step(cost = 1): boolean {
    if (this.#steps >= MAX_STEPS) {
      this.incomplete("it is too large to be read to its end");
      return false;
    }
    this.#steps += cost;
    return true;
  }

  /** Reads text that the text at hand would run. */
  nested(language: Language, text: string): void {
    if (this.#nesting >= MAX_NESTING) {
      this.incomplete("code is nested too deeply to be read");
      return;
    }
    this.#nesting += 1;
    this.#reader(language, text, this);
    this.#nesting -= 1;
  }

  find(impact: Impact, confidence: Confidence, sentence: string): void {
    const alike = this.#findings.filter(
      (finding) => finding.impact === impact && finding.confidence === confidence,
    );
    if (alike.length >= MAX_ALIKE || alike.some((finding) => finding.evidence === sentence)) return;
    this.#findings.push({ impact, confidence, path: this.#path, evidence: sentence });
    if (impact !== "secret_access") this.writes();
  }

  writes(): void {
    this.#access = "write";
  }

  /** Something is run of which nothing is known. */
  unknown(): void {
    if (this.#access === "read") this.#access = "unknown";
  }

  /** Part of the text was not read; why, as the rest of a sentence that begins "it". */
  incomplete(why: string): void {
    this.#incomplete = true;
    this.find("code_execution", "low", `The code could not be read whole: ${why}.`);
  }

  reading(): CodeReading {
    return { access: this.#incomplete ? "unknown" : this.#access, findings: this.#findings };
  }
}

const PASSWORD =
  /\b(pass(?:word|wd)?|pwd|secret|token|api[_-]?key|identified by)(\s*[=:]\s*|\s+)("[^"]*"?|'[^']*'?|\S+)/giu;
const USER_INFO = /(\/\/[^\s/:@]*):[^\s/@]+@/gu;

/** What was found, fit for a sentence: at most 80 characters, nothing invisible, no passwords (T28). */
export function quote(text: string): string {
  const plain = text.slice(0, 1000).replace(PASSWORD, "$1$2…").replace(USER_INFO, "$1:…@");
  return `“${shown(plain, 80)}”`;
}
