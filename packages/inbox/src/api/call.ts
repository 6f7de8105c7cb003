import { CallFailed, failureOf, OFFLINE, type Failure } from "./failure.ts";

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Idempotency-Key: the same for the same intent, however often it is sent (I14). */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

const answerWithinMs = 20_000;

/** Proves that a call comes from our own pages; known once the session is. */
let csrf: string | null = null;
export function setCsrf(token: string | null): void {
  csrf = token;
}

/** One call. Refusals and silence are values; nothing is thrown but by the caller's own abort. */
export async function call<T>(ask: Ask): Promise<Answer<T>> {
  const { method, path, body, key, signal } = ask;
  const timeout = AbortSignal.timeout(answerWithinMs);
  try {
    const response = await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      headers: {
        accept: "application/json, application/problem+json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "GET" || csrf === null ? {} : { "x-haltpoint-csrf": csrf }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = text === "" ? null : parsed(text);
    if (response.ok) return { ok: true, value: read as T };
    return { ok: false, failure: failureOf(response.status, read) };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { ok: false, failure: OFFLINE };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** For `useQuery`: the value, or the failure thrown. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await call<T>({
    method: "GET",
    path,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.ok) return answer.value;
  throw new CallFailed(answer.failure);
}

/** A path with what may be left out left out: `/v1/requests?text=acme`. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const sent = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return sent.length === 0 ? path : `${path}?${new URLSearchParams(sent).toString()}`;
}
