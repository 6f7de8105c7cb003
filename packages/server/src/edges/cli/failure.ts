/**
 * How a command fails: one line for what happened, further lines for what to do next, an exit
 * status from the pinned table, and the same as JSON. Never a stack trace.
 */
import {
  EXIT,
  exitStatusOf,
  visibleText,
  type Problem,
  type ProblemCode,
} from "@haltpoint/protocol";
import { BadAnswer, HaltpointProblem, Unreachable } from "@haltpoint/sdk";
import { StoreFault, type StoreFaultCode } from "../../ports/store-fault.ts";
import { CommandFailure } from "./command-failure.ts";
import { changeText, lostText } from "./decided-words.ts";
import { jsonText } from "./screen.ts";

/** What is told of a failure. `detail` is one or more lines of text for people. */
export interface Failure {
  readonly code: ProblemCode | (string & {});
  readonly detail: string;
  readonly exit: number;
  /** What the server said, for `--json`. */
  readonly problem?: Partial<Problem>;
}

/** What to tell of anything that was thrown. `url` is the server that was asked. */
export function failureOf(
  error: unknown,
  about: { readonly url: string | null; readonly isSignedIn: boolean },
): Failure {
  if (error instanceof CommandFailure) {
    const { code, exit, problem } = error;
    return { code, detail: error.message, exit, problem };
  }
  if (error instanceof HaltpointProblem) return failureOfProblem(error, about);
  const url = about.url ?? "the server";
  if (error instanceof Unreachable) {
    const detail = [
      `no Haltpoint server answers at ${url} (${causeOf(error)}).`,
      "Start one with `haltpoint dev` (to try it out) or `haltpoint serve`,",
      "or name another one with --url or HALTPOINT_URL.",
    ].join("\n");
    return { code: "unavailable", detail, exit: EXIT.unavailable };
  }
  if (error instanceof BadAnswer) {
    const detail = `what answers at ${url} does not speak as a Haltpoint server: ${error.message}`;
    return { code: "internal", detail, exit: EXIT.fault };
  }
  if (error instanceof StoreFault) return failureOfStore(error);
  const message = error instanceof Error ? error.message : String(error);
  // Of compose.ts, which an edge cannot import: the configuration cannot be served.
  if (error instanceof Error && error.name === "StartRefused") {
    return { code: "invalid_request", detail: message, exit: EXIT.usage };
  }
  const detail = `this failed and should not have: ${message}\nRun it again with HALTPOINT_DEBUG=1 for details.`;
  return { code: "internal", detail, exit: EXIT.fault };
}

/** As it is written to standard error. */
export function failureText(failure: Failure, options: { readonly isJson: boolean }): string {
  const { code, exit, problem } = failure;
  if (options.isJson) {
    const { detail } = failure;
    return `${jsonText({ code, detail, ...problem, exit_status: exit })}\n`;
  }
  const detail = visibleText(failure.detail, { keepLines: true });
  return `haltpoint: ${detail.replaceAll("\n", "\n  ")}\n`;
}

/** Fields of a person's command, by the option that sets them. */
const OPTIONS: Readonly<Record<string, string>> = {
  confirmed: "Confirm it with --confirm and its id, if it is so.",
};

function failureOfProblem(
  problem: HaltpointProblem,
  about: { readonly url: string | null; readonly isSignedIn: boolean },
): Failure {
  const { code, detail, title, status, field, limit, decided, diff, candidates } = problem;
  const told = decided === undefined ? null : lostText(decided);
  const lines = [told ?? (title === undefined ? detail : `${title}: ${detail}`)];
  if (field !== undefined && told === null) lines.push(OPTIONS[field] ?? `At: ${field}`);
  if (code === "unauthenticated") {
    lines.splice(0, lines.length, ...unknownHere(about));
  }
  if (diff !== undefined && diff.length > 0) {
    lines.push(
      "What changed since you looked:",
      ...diff.map((change) => `  ${changeText(change)}`),
    );
  }
  if (candidates !== undefined) {
    lines.push("It could be:", ...candidates.map((candidate) => `  ${candidate}`));
  }
  if (problem.requestId !== undefined && code === "internal") {
    lines.push(`The server's log has it under ${problem.requestId}.`);
  }
  const known = { title, status, field, limit, decided, diff, candidates };
  const more = { request_id: problem.requestId, retry_after_ms: problem.retryAfterMs };
  const exit = exitStatusOf(code);
  return {
    code,
    detail: lines.join("\n"),
    exit,
    problem: { ...defined({ ...known, ...more }), detail },
  };
}

function unknownHere({
  url,
  isSignedIn,
}: {
  readonly url: string | null;
  readonly isSignedIn: boolean;
}): readonly string[] {
  if (isSignedIn) {
    const at = url === null ? "" : ` --url ${url}`;
    return [
      "you are not signed in any more: the session has expired or was ended.",
      `Sign in again: run \`haltpoint login${at}\`.`,
    ];
  }
  return [
    "the server does not know this token or key: it is mistyped, revoked or expired.",
    "Sign in with `haltpoint login`, or say who you are with --as NAME (development).",
  ];
}

/** Store faults whose cause the operator can do something about; the message says what. */
const STORE_EXITS: Readonly<Partial<Record<StoreFaultCode, ProblemCode>>> = {
  busy: "store_busy",
  locked: "unavailable",
  backup_exists: "already_exists",
  directory_missing: "invalid_request",
  not_writable: "forbidden",
};

function failureOfStore({ code, message }: StoreFault): Failure {
  const problemCode = STORE_EXITS[code] ?? "internal";
  const next =
    code === "locked"
      ? "\nA server runs on this store: stop it, or run the command against it, without --host."
      : "";
  return { code: problemCode, detail: `${message}${next}`, exit: exitStatusOf(problemCode) };
}

function causeOf(error: Unreachable): string {
  const text = error.message.replace(/^Haltpoint could not be reached: /, "").replace(/\.$/, "");
  return text === "" ? "no connection" : text;
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
