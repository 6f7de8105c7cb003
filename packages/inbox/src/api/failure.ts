import type { Problem, ProblemCode } from "@haltpoint/protocol";

/**
 * Why a call did not do what was asked, as a value: what the server said (RFC 9457), or that nothing
 * was heard from it. `offline`: no answer came, so whether it was done is not known; the same call
 * with the same key finds out.
 */
export interface Failure extends Partial<Omit<Problem, "code">> {
  readonly code: ProblemCode | OwnCode;
  readonly detail: string;
}
type OwnCode = "offline" | "not_understood";

/** Thrown by queries only, where the library knows no other way to fail. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

export const OFFLINE: Failure = {
  code: "offline",
  detail: "no answer from the server; check the connection and try again",
};

/** A code this build does not know yet is passed through: its detail still says what to do. */
export function failureOf(status: number, body: unknown): Failure {
  if (isProblem(body)) return body;
  return {
    code: "not_understood",
    status,
    detail: `the server answered ${status} in a way this page does not understand; reload it`,
  };
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}

/** Worth sending again by itself: nothing was changed, or nobody knows, and the key is the same. */
export function isPassing({ code }: Failure): boolean {
  return code === "offline" || code === "store_busy" || code === "unavailable";
}
