/** What a use case answers: a value, or a refusal with a problem code. Faults are thrown. */
import { problem, type FieldChange, type Problem, type ProblemCode } from "@haltpoint/protocol";
import type { Refusal } from "../domain/request/refusal.ts";

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function refused(
  code: ProblemCode,
  detail: string,
  extra: Omit<Partial<Problem>, "type" | "title" | "status" | "code" | "detail"> = {},
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: problem(code, detail, extra) };
}

/** A refusal of the machine as a problem. `now` turns a time into a wait. */
export function problemOf(
  refusal: Refusal,
  about: {
    readonly requestId: string;
    readonly now: number;
    readonly diff?: readonly FieldChange[];
  },
): Problem {
  const { decided, field, retryAt } = refusal;
  return problem(refusal.code, refusal.detail, {
    request_id: about.requestId,
    ...(field === undefined ? {} : { field }),
    ...(retryAt === undefined ? {} : { retry_after_ms: Math.max(0, retryAt - about.now) }),
    ...(about.diff === undefined ? {} : { diff: about.diff }),
    ...(decided === undefined
      ? {}
      : {
          decided: {
            status: decided.status,
            by: decided.by,
            at: decided.at,
            ...(decided.reason === null ? {} : { reason: decided.reason }),
          },
        }),
  });
}
