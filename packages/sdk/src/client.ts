/** The calls of an identity: what an enforcement point asks of a Haltpoint server. */
import type {
  AnswerBody,
  HeartbeatBody,
  OutcomeBody,
  PageView,
  RedeemBody,
  RequestView,
  SubmitBody,
  WithdrawBody,
} from "@haltpoint/protocol";
import { asHeartbeatAnswer, asRequestView, asSubmitAnswer, pageOf } from "./answers.ts";
import { type Call, type CallOptions, createTransport } from "./transport.ts";

export interface ClientOptions {
  readonly url: string;
  /** `hpk_…`, the identity's. */
  readonly apiKey: string;
  readonly fetch?: typeof fetch;
  /** How long one try may take, besides the wait that was asked for. Default 10 s. */
  readonly timeoutMs?: number;
}

export interface SubmitOptions extends CallOptions {
  /** Redeem with the body's `attempt` as soon as it is approved. */
  readonly redeem?: boolean;
}

export interface GetOptions extends CallOptions {
  /** With `waitMs`: answer as soon as the version is past this one. */
  readonly version?: number | undefined;
}

/** Which requests to list; several statuses are joined by commas. Times in ms since the epoch. */
export interface ListQuery {
  readonly status?: string;
  readonly identity?: string;
  readonly action?: string;
  readonly text?: string;
  readonly since?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly cursor?: string;
}

export type Client = ReturnType<typeof createClient>;

/**
 * Every call may throw `HaltpointProblem`, `Unreachable`, `BadAnswer`, or the reason of its signal.
 * Faults of the network are retried with the same Idempotency-Key.
 */
export function createClient({ apiKey, ...options }: ClientOptions) {
  const call = createTransport({ ...options, secret: apiKey });
  const post = (id: string, verb: string, body: object, options: CallOptions): Call => ({
    ...options,
    method: "POST",
    path: `${pathOf(id)}/${verb}`,
    body,
  });
  return {
    submit: (body: SubmitBody, { redeem, ...options }: SubmitOptions = {}) => {
      const query = { redeem: redeem === true ? true : undefined };
      return call(
        { ...options, method: "POST", path: "/v1/requests", query, body },
        asSubmitAnswer,
      );
    },
    get: (id: string, { version, ...options }: GetOptions = {}) =>
      call({ ...options, method: "GET", path: pathOf(id), query: { version } }, asRequestView),
    /** The identity's own requests. */
    list: (query: ListQuery = {}, options: CallOptions = {}): Promise<PageView<RequestView>> =>
      call(
        { ...options, method: "GET", path: "/v1/requests", query: { ...query } },
        pageOf(asRequestView),
      ),
    redeem: (id: string, body: RedeemBody, options: CallOptions = {}) =>
      call(post(id, "redeem", body, options), asSubmitAnswer),
    heartbeat: (id: string, body: HeartbeatBody, options: CallOptions = {}) =>
      call(post(id, "heartbeat", body, options), asHeartbeatAnswer),
    outcome: (id: string, body: OutcomeBody, options: CallOptions = {}) =>
      call(post(id, "outcome", body, options), asRequestView),
    withdraw: (id: string, body: WithdrawBody = {}, options: CallOptions = {}) =>
      call(post(id, "withdraw", body, options), asRequestView),
    /** Answers a reviewer's question. */
    answer: (id: string, body: AnswerBody, options: CallOptions = {}) =>
      call(post(id, "answers", body, options), asRequestView),
  };
}

export function pathOf(id: string): string {
  return `/v1/requests/${encodeURIComponent(id)}`;
}
