/** What an answer to hostile input may be, judged without the code that made it. */
import { PROBLEMS, type Problem } from "../../../packages/protocol/src/problem.ts";
import { ProblemShape } from "../../../packages/server/src/edges/http/schema/answer-shapes.ts";
import type { RawAnswer } from "./raw-http.ts";

/** In every value that is sent: what the log must never hold, nor a refusal repeat. */
export const CANARY = "cnry7f3a";

/** What would tell a stranger how the server is built. */
const INSIDES =
  /\bat .{1,200}:\d+:\d+|node_modules|\.ts\b|\.js\b|file:\/\/|\/work\/|\/home\/|\/tmp\/|TypeError|RangeError|SyntaxError|SQLITE|undefined|\[object /;
/** A sentence says what is wrong and is not one word. */
const SENTENCE = /\S+ \S+ \S+/;
/** Codes that are always about one member, parameter or header; of the rest some are. */
const ABOUT_FIELD = new Set(["idempotency_key_required"]);

export interface Expected {
  /** Refuses whatever is right beside it. */
  readonly mustRefuse: boolean;
  /** The member at fault, where there can be only one. */
  readonly field?: string;
  /** The connection may end without an answer. */
  readonly mayBeSilent?: boolean;
  /** The refusal quotes what was sent on purpose (a policy's excerpt). */
  readonly mayQuote?: boolean;
}

/** Why an answer is wrong, or null. */
export function faultOf(answer: RawAnswer | null, expected: Expected): string | null {
  if (answer === null) return expected.mayBeSilent === true ? null : "no answer";
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return expected.mustRefuse ? "taken, and it is wrong" : null;
  if (status < 400 || status >= 500) return `answered with ${status}`;
  if (headers.get("content-type") !== "application/problem+json") return "not a problem";
  if (body === "") return null; // HEAD
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return "a problem that is not JSON";
  }
  return problemFault(said, status, expected);
}

function problemFault(said: unknown, status: number, expected: Expected): string | null {
  if (!ProblemShape.fits(said)) return "not the problem that is documented";
  const { code, detail, field, limit, title, decided } = said as Problem;
  if (PROBLEMS[code].status !== status) return `\`${code}\` with ${status}`;
  if (!SENTENCE.test(detail) || title === "") return "no sentence says what to do";
  if (expected.mayQuote !== true) {
    if (INSIDES.test(detail)) return "it tells of the server's insides";
    // Who decided before says why; that is part of the record.
    if (decided === undefined && detail.includes(CANARY)) return "it repeats what was sent";
  }
  if (ABOUT_FIELD.has(code) && field === undefined) return "it names no field";
  if (code === "payload_too_large" && limit === undefined) return "it names no limit";
  if (expected.field !== undefined && code === "invalid_request" && field !== expected.field) {
    return `it names \`${field ?? "no field"}\` and not \`${expected.field}\``;
  }
  return null;
}
