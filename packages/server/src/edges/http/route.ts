/**
 * A route: declared once, with who may call it, what it takes, what it answers and how it refuses.
 * The same declaration is enforced, documented and walked by the tests.
 */
import { problem, type Problem, type ProblemCode } from "@haltpoint/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { refused, type Answer } from "../../app/answer.ts";
import type { Waiting } from "../../app/await-change.ts";
import { principalName, type Principal } from "../../app/authenticate.ts";
import type { Keyed } from "../../app/execute.ts";
import type { StoredSession } from "../../ports/sign-in-records.ts";
import type { Access } from "./access.ts";
import type { Edge } from "./edge.ts";
import { keyedFor, type Asked } from "./idempotency.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { readQuery } from "./query.ts";
import { RefusedCall } from "./refused-call.ts";
import { faultIn } from "./schema/fault-in.ts";
import type { Shape } from "./schema/shape.ts";
import { overLimit } from "./schema/text-limits.ts";
import type { NoPlace } from "./waiters.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Tag =
  "people" | "requests" | "decisions" | "halts" | "registry" | "policy" | "operations";

export interface Reply<A> {
  readonly status: number;
  readonly body: A;
  /** Default: JSON. */
  readonly contentType?: string;
  /** `Set-Cookie`. */
  readonly cookie?: string;
}

export function ok<A>(body: A): Answer<Reply<A>> {
  return { ok: true, value: { status: 200, body } };
}
export function created<A>(body: A): Answer<Reply<A>> {
  return { ok: true, value: { status: 201, body } };
}

/** One call of a route, all of it checked. */
export interface Call<P, Q, B> {
  readonly edge: Edge;
  readonly principal: P;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** Never empty where the route requires it. */
  readonly key: string;
  /** How long this caller may be kept waiting. */
  readonly waiting: Waiting;
  /** The caller as of now, for what is answered after a wait. @throws RefusedCall */
  readonly again: () => Promise<P>;
  readonly keyed: (asked: Asked) => Promise<Keyed>;
  /** The session it came by, or the one its browser has; null: none. */
  readonly session: StoredSession | null;
  /** What the caller calls itself. */
  readonly label: string;
  /** Where it called from; behind a proxy, the proxy's. */
  readonly address: string;
}

interface About {
  readonly method: Method;
  /** As the router has it: `/v1/requests/:id`. */
  readonly path: string;
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** How this route refuses, beside what follows from its declaration. */
  readonly problems?: readonly ProblemCode[];
  /** Idempotency-Key; default: required for everything but GET. */
  readonly key?: "required" | "optional" | "none";
  /** `Origin` of what anybody may call; default: required for everything but GET. */
  readonly origin?: "required" | "if_sent";
  /** It may walk through all that is on record: few at once, and none that nobody waits for. */
  readonly walks?: true;
}

interface Declared<P extends Principal | null, Q, B, A> extends About {
  readonly access: Access<P>;
  readonly query?: Shape<Q>;
  readonly body?: Shape<B>;
  readonly answers: Readonly<Record<number, Shape<A>>>;
  run(call: Call<P, Q, B>): Promise<Answer<Reply<A>>>;
}

/** A route with its types closed over. */
export interface Route extends About {
  readonly access: Access<Principal | null>;
  readonly query: Shape<unknown> | null;
  readonly body: Shape<unknown> | null;
  readonly answers: Readonly<Record<number, Shape<unknown>>>;
  readonly keyUse: "required" | "optional" | "none";
  serve(edge: Edge, call: RawCall): Promise<Answer<Reply<unknown>>>;
  /** Instead of `serve`: answers by itself, for as long as the caller listens. */
  readonly stream: ((edge: Edge, call: RawCall) => Promise<void>) | null;
}

/** What arrived, admitted but not yet validated. */
export interface RawCall {
  readonly principal: Principal | null;
  readonly session: StoredSession | null;
  readonly key: string | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Lets the same call in once more, as of now. @throws RefusedCall */
  readonly again: () => Promise<Principal | null>;
}

const LABEL_MAX = 120;
const NEVER = new AbortController().signal;

export function route<P extends Principal | null, Q = undefined, B = undefined, A = unknown>(
  declared: Declared<P, Q, B, A>,
): Route {
  const { access, query, body } = declared;
  return {
    ...declared,
    access,
    query: query ?? null,
    body: body ?? null,
    keyUse: declared.method === "GET" ? "none" : (declared.key ?? "required"),
    stream: null,
    async serve(edge, raw) {
      const { principal, request } = raw;
      if (!access.admits(principal)) throw new Error(`${declared.id} was served unadmitted`);
      const read = {
        query: readQuery(query ?? null, request.query),
        body: readBody(body, raw, edge),
      };
      const call = {
        edge,
        principal,
        params: request.params as Readonly<Record<string, string>>,
        query: read.query as Q,
        body: read.body as B,
        key: raw.key ?? "",
        session: raw.session,
        label: labelOf(request.headers["user-agent"]),
        address: request.ip,
        again: async () => {
          const now = await raw.again();
          if (!access.admits(now)) throw new Error(`${declared.id} let somebody in unadmitted`);
          return now;
        },
        keyed: (asked: Asked) => keyedAs(edge, raw, asked),
      };
      const waitMs = declared.walks === true ? 0 : waitMsOf(read.query);
      const stillAdmitted = (): Promise<Problem | null> => refusalOf(raw.again());
      const atOnce = { ...call, waiting: { waitMs: 0, signal: NEVER, stillAdmitted } };
      if (waitMs === 0 && declared.walks !== true) return declared.run(atOnce);
      const caller = principal === null ? "anyone" : principalName(principal);
      const places = declared.walks === true ? edge.walks : edge.waiters;
      const place = places.enter(raw.reply.raw, caller);
      if (typeof place === "string" && declared.walks === true) return tooManyWalk(edge, place);
      // What is to be done is done all the same, and answered at once: a lease must not lapse
      // because others wait. Who only looks is told to come again.
      if (typeof place === "string") {
        return declared.method === "GET" ? tooManyWait(edge, place) : declared.run(atOnce);
      }
      try {
        const waiting = { waitMs, signal: place.signal, stillAdmitted };
        return await declared.run({ ...call, waiting });
      } finally {
        place.leave();
      }
    },
  };
}

/** A route that streams. */
export function streamRoute(
  declared: Omit<Declared<Principal, undefined, undefined, unknown>, "run"> & {
    readonly stream: (edge: Edge, call: RawCall) => Promise<void>;
  },
): Route {
  const { stream, ...rest } = declared;
  const serve = (): Promise<never> => Promise.reject(new Error(`${rest.id} streams`));
  return { ...rest, query: null, body: null, keyUse: "none", serve, stream };
}

/** As sent, without what would not be seen. */
export function labelOf(userAgent: string | undefined): string {
  const text = (userAgent ?? "").replaceAll(/[^\x20-\x7e]/g, "").trim();
  return text === "" ? "unnamed" : text.slice(0, LABEL_MAX);
}

async function refusalOf(admission: Promise<unknown>): Promise<Problem | null> {
  try {
    await admission;
    return null;
  } catch (thrown) {
    if (thrown instanceof RefusedCall) return thrown.problem;
    throw thrown;
  }
}

/** A body that fits, or a refusal in plain words. */
function readBody<B>(shape: Shape<B> | undefined, raw: RawCall, edge: Edge): B | undefined {
  const { body } = raw.request;
  if (shape === undefined) {
    if (body === undefined || isEmptyObject(body)) return undefined;
    throw new RefusedCall(problem("invalid_request", "this takes no body; leave it out"));
  }
  if (body === undefined) {
    throw new RefusedCall(
      problem("invalid_json", "the body is empty; send a JSON object as application/json"),
    );
  }
  if (!shape.fits(body)) {
    const fault = faultIn(shape.schema, body);
    const detail =
      fault?.detail ?? `the body is not what this takes; see ${shape.name} in /openapi.json`;
    const field = fault === null || fault.field === "" ? {} : { field: fault.field };
    throw new RefusedCall(problem("invalid_request", detail, field));
  }
  const over = overLimit(shape.schema, body, edge.app.limits.textMax);
  if (over !== null) throw new RefusedCall(over);
  return body;
}

function isEmptyObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === 0;
}

function waitMsOf(query: unknown): number {
  if (typeof query !== "object" || query === null || !("wait" in query)) return 0;
  return typeof query.wait === "number" ? query.wait * 1_000 : 0;
}

function tooManyWait(edge: Edge, of: NoPlace): Answer<never> {
  const member = of === "all" ? "waitingCallersMax" : "waitingCallersEachMax";
  const limit = { name: HTTP_LIMITS[member].name, value: edge.limits[member] };
  const detail = "too many callers wait already; ask without `wait`, or later";
  return refused("too_many_requests", detail, { limit, retry_after_ms: 1_000 });
}

function tooManyWalk(edge: Edge, of: NoPlace): Answer<never> {
  const member = of === "all" ? "walksMax" : "walksEachMax";
  const limit = { name: HTTP_LIMITS[member].name, value: edge.limits[member] };
  const detail = "too many look through the record already; ask again when they are done";
  return refused("too_many_requests", detail, { limit, retry_after_ms: 1_000 });
}

function keyedAs(edge: Edge, raw: RawCall, asked: Asked): Promise<Keyed> {
  const { principal, key } = raw;
  if (principal === null || key === null) throw new Error("a keyed command without its key");
  return keyedFor(edge.app, principal, key, asked);
}
