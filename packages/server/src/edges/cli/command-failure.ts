/** How a command says that it cannot go on. */
import { EXIT, exitStatusOf, type Problem, type ProblemCode } from "@haltpoint/protocol";

/** A failure that a command found out itself. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ProblemCode;
  readonly exit: number;
  /** For `--json`, beside the code; its `detail` replaces the text for people. */
  readonly problem: Partial<Problem>;

  /** @param detail what happened; the lines after the first say what to do next. */
  constructor(
    code: ProblemCode,
    detail: string,
    more: { readonly exit?: number; readonly problem?: Partial<Problem> } = {},
  ) {
    super(detail);
    this.code = code;
    this.exit = more.exit ?? exitStatusOf(code);
    this.problem = more.problem ?? {};
  }
}

/** The command line was not right: exit status 2. */
export function usageFailure(detail: string): CommandFailure {
  return new CommandFailure("invalid_request", detail);
}

/** Somebody at the terminal said no to the question whether to go on. */
export function givenUp(detail: string): CommandFailure {
  return new CommandFailure("invalid_request", detail, { exit: EXIT.fault });
}
