/** A refusal thrown, where the framework leaves no other way (hooks, parsers). */
import type { Problem } from "@haltpoint/protocol";

export class RefusedCall extends Error {
  override readonly name = "RefusedCall";
  readonly problem: Problem;
  readonly allow: string | null;

  constructor(problem: Problem, allow: string | null = null) {
    super(problem.code);
    this.problem = problem;
    this.allow = allow;
  }
}
