import type { HaltScope } from "@haltpoint/protocol";

/** What a halt stops, in the middle of a sentence. */
export function scopeWords(scope: HaltScope): string {
  return scope.kind === "everything" ? "everything" : `${scope.kind} ${scope.id}`;
}
