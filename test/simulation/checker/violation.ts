/** Something that must never be. The run that shows it has failed. */
export class Violation extends Error {
  override readonly name = "Violation";
  /** I1–I16, or a few words. */
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

/** @throws Violation unless `holds`. */
export function must(holds: boolean, invariant: string, detail: string | (() => string)): void {
  if (holds) return;
  throw new Violation(invariant, typeof detail === "string" ? detail : detail());
}
