/** How a command says that it cannot go on. */
import { EXIT, exitStatusOf, type ProblemCode } from "@haltpoint/protocol";

/** A failure that a command found out itself. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ProblemCode;
  readonly exit: number;

  /** @param detail what happened; the lines after the first say what to do next. */
  constructor(code: ProblemCode, detail: string, exit = exitStatusOf(code)) {
    super(detail);
    this.code = code;
    this.exit = exit;
  }
}

/** The command line was not right: exit status 2. */
export function usageFailure(detail: string): CommandFailure {
  return new CommandFailure("invalid_request", detail);
}

/** Somebody at the terminal said no to the question whether to go on. */
export function givenUp(detail: string): CommandFailure {
  return new CommandFailure("invalid_request", detail, EXIT.fault);
}
