/**
 * Regular expressions in time linear in the text, by RE2: the text is the agent's, and the engines
 * of JavaScript and of the CEL package backtrack (2.9 s for 26 characters, T29).
 */
import { RE2JS } from "re2js";

/** Instructions a pattern may compile to; `x{1000}` is a thousand. */
const PROGRAM_SIZE_MAX = 2_500;
/** Instructions times characters that are one step: at worst 30 ns each, where no DFA fits. */
const WORK_PER_STEP = 4;

export interface LinearPattern {
  /** Whether the pattern occurs anywhere in the text. */
  occursIn(text: string): boolean;
  /** The steps that looking through a text of this length may take. */
  steps(length: number): number;
}

export type PatternResult =
  | { readonly kind: "pattern"; readonly pattern: LinearPattern }
  | { readonly kind: "refused"; readonly reason: string };

/** Compiles a pattern in RE2 syntax: no look-around and no back-references. */
export function linearPattern(source: string): PatternResult {
  let program: RE2JS;
  try {
    program = RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "not a pattern";
    return { kind: "refused", reason: reason.replace(/^error parsing regexp: /, "") };
  }
  const size = program.programSize();
  if (size > PROGRAM_SIZE_MAX) return { kind: "refused", reason: "its repetitions are too large" };
  return {
    kind: "pattern",
    pattern: {
      occursIn: (text) => program.test(text),
      steps: (length) => 1 + Math.ceil((size * length) / WORK_PER_STEP),
    },
  };
}
