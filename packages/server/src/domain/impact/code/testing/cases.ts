import type { CodeReading } from "../inspect.ts";

/** What a useful default policy would hold: anything sure, and grave things that may be. */
export function wouldHold({ findings }: CodeReading): boolean {
  return findings.some(
    ({ impact, confidence }) =>
      confidence === "high" ||
      impact === "destruction" ||
      impact === "privilege_change" ||
      impact === "secret_access" ||
      impact === "data_release",
  );
}
