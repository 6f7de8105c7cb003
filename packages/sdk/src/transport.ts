/** One HTTP call: sent, retried where that is safe, and its answer parsed or refused. */
import {
  base64url,
  DEFAULT_JSON_LIMITS,
  type JsonLimits,
  parseJsonBytes,
  type Problem,
} from "@haltpoint/protocol";
import { type Check, shaped } from "./answers.ts";
import { backoffMs, pause } from "./clock.ts";
import { BadAnswer, HaltpointProblem, Unreachable } from "./errors.ts";

export interface TransportOptions {
  /** Where the server is, e.g. `https://haltpoint.example`; may have a path. */
  readonly url: string;
  /** Null: nobody is named. */
  readonly secret: string | null;
  readonly fetch?: typeof fetch | undefined;
  /** How long one try may take, besides the wait that was asked for. Default 10 s. */
  readonly timeoutMs?: number | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /** The Idempotency-Key; random where none is given. */
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the server may hold the answer back (long poll); whole seconds, rounded down. */
  readonly waitMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** How often to try again after a fault of the network or the server. Default 3. */
  readonly retriesMax?: number | undefined;
}

export interface Call extends CallOptions {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
}

export type Transport = <T>(call: Call, check: Check<T>) => Promise<T>;

const TIMEOUT_MS = 10_000;
const RETRIES_MAX = 3;
const RETRY_AFTER_MAX_MS = 5_000;
const RANDOM_BYTES = 24;
/** Answers wrap requests, many to a page, so they may be larger than one request's body. */
const ANSWER_LIMITS: JsonLimits = { ...DEFAULT_JSON_LIMITS, textLengthMax: 67_108_864 };
/** What gateways in front of a server say when it is away, beside its own faults. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504]);

/** 192 random bits, base64url: an Idempotency-Key, or an attempt. */
export function randomToken(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

/** Whether the same call, with the same key, may well work later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (!(error instanceof HaltpointProblem)) return false;
  return PASSING.has(error.status) || (error.status === 429 && error.retryAfterMs !== undefined);
}

/**
 * Prepares calls to one server with one credential, which stays in this closure.
 *
 * @throws TypeError for a URL or credential that cannot be used. Never repeats the credential.
 */
export function createTransport(options: TransportOptions): Transport {
  const base = baseOf(options.url);
  if (options.secret !== null && !/^[\x21-\x7e]+$/.test(options.secret)) {
    throw new TypeError("the credential is empty or has characters that no header can carry");
  }
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  const authorization = options.secret === null ? null : `Bearer ${options.secret}`;

  return async (call, check) => {
    // One key for all tries of one call: what was done already is not done again.
    const key = call.method === "GET" ? undefined : (call.key ?? randomToken());
    const retriesMax = call.retriesMax ?? RETRIES_MAX;
    for (let failures = 0; ; failures += 1) {
      try {
        const timeoutMs = call.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
        return await once(send, { ...call, key, timeoutMs }, { base, authorization }, check);
      } catch (error) {
        call.signal?.throwIfAborted();
        if (failures >= retriesMax || !isPassing(error)) throw error;
        const askedMs = error instanceof HaltpointProblem ? (error.retryAfterMs ?? 0) : 0;
        await pause(
          Math.max(backoffMs(failures), Math.min(askedMs, RETRY_AFTER_MAX_MS)),
          call.signal,
        );
        call.signal?.throwIfAborted();
      }
    }
  };
}

function baseOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("the server's `url` must begin with https:// or http://");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError("the server's `url` has no user, password, query or fragment");
  }
  return url.href.replace(/\/+$/, "");
}

async function once<T>(
  send: typeof fetch,
  call: Call & { readonly timeoutMs: number },
  to: { readonly base: string; readonly authorization: string | null },
  check: Check<T>,
): Promise<T> {
  const waitS = Math.floor((call.waitMs ?? 0) / 1000);
  const timeout = AbortSignal.timeout(Math.ceil(waitS * 1000 + call.timeoutMs));
  const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...call.query, wait: waitS || undefined })) {
    if (value !== undefined) query.set(name, String(value));
  }
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await send(`${to.base}${call.path}${search}`, {
      method: call.method,
      // A redirect would carry the credential elsewhere, and could turn a POST into a GET.
      redirect: "manual",
      signal,
      headers: {
        ...(to.authorization === null ? {} : { authorization: to.authorization }),
        accept: "application/json, application/problem+json",
        ...(call.key === undefined ? {} : { "idempotency-key": call.key }),
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    call.signal?.throwIfAborted();
    const why = timeout.aborted ? `no answer within ${call.timeoutMs} ms` : faultOf(error);
    throw new Unreachable(`Haltpoint could not be reached: ${why}.`, { cause: error });
  }
  return answerOf(response, bytes, check);
}

function faultOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : "the network failed";
}

const asProblem = shaped<Partial<Problem> & { detail: string }>("problem", {
  code: "string",
  detail: "string",
});

function answerOf<T>(response: Response, bytes: Uint8Array, check: Check<T>): T {
  const { status } = response;
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const isOk = status === 200 || status === 201;
  if (type !== "application/json" && (isOk || type !== "application/problem+json")) {
    if (PASSING.has(status)) {
      throw new Unreachable(`Haltpoint could not be reached: something in between says ${status}.`);
    }
    throw new BadAnswer(
      `the answer (status ${status}) is not JSON; is \`url\` a Haltpoint server?`,
    );
  }
  const parsed = parseJsonBytes(bytes, ANSWER_LIMITS);
  if (!parsed.ok) throw new BadAnswer(`the answer cannot be read: ${parsed.problem.message}`);
  if (isOk) return check(parsed.value);
  throw new HaltpointProblem({ ...asProblem(parsed.value), status });
}
