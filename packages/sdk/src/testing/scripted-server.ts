/**
 * A server for tests: real HTTP on loopback, the protocol's states for one request in their simplest
 * form, and a script by which a test lets any call go wrong. It decides nothing by itself: people's
 * part is played by the test (`approve`, `reject`, …). The suites that use it also say what any
 * other server of the protocol must do.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  problem,
  type FieldChange,
  type HeartbeatAnswer,
  type OutcomeBody,
  type ProblemCode,
  type Redemption,
  type RequestStatus,
  type RequestView,
  type Revision,
  revisionDigest,
  type SubmitAnswer,
  type SubmitBody,
} from "@haltpoint/protocol";

export type Verb = "submit" | "get" | "redeem" | "heartbeat" | "outcome" | "withdraw" | "other";

/** One call as it arrived. */
export interface Heard {
  readonly verb: Verb;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What goes back; `reset` breaks the connection instead, after the server has done its part. */
export type Reply =
  | { readonly status?: number; readonly json: unknown; readonly type?: string }
  | { readonly status?: number; readonly text: string; readonly type?: string }
  | "reset";

/** Plays one call: `proceed` is what the server would do and answer by itself. */
export type Play = (call: Heard, proceed: () => Promise<Reply>) => Reply | Promise<Reply>;

export const REQUEST_ID = "req_01KAN0000000000000000TEST1";

export function refusal(code: ProblemCode, extra: Parameters<typeof problem>[2] = {}): Reply {
  const json = problem(code, `detail of ${code}`, extra);
  return { status: json.status, json, type: "application/problem+json" };
}

/** A promise to be resolved by hand. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export class ScriptedServer {
  /** What the first submission becomes: `held`, or `approved` as by policy. */
  initial: RequestStatus = "held";
  leaseMs = 15_000;
  heartbeatMs = 5_000;
  /** Plays over what the server does by itself, one per verb, used until taken away. */
  readonly script: { [verb in Verb]?: Play } = {};
  readonly heard: Heard[] = [];
  readonly outcomes: OutcomeBody[] = [];

  status: RequestStatus = "held";
  version = 0;
  content: Revision | undefined;
  /** What is shown where it differs from `content`: sensitive fields as commitments. */
  committed: Revision | undefined;
  changes: readonly FieldChange[] = [];
  editReason: string | null = null;
  attempt: string | undefined;
  readonly #attempts = new Set<string>();
  #revision = 0;
  #reason: string | null = null;
  #by = "person:ana";
  #submitKey: string | undefined;
  #server: Server = this.#create();
  #port = 0;
  readonly #wakers = new Set<() => void>();

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, also those that wait, and listens no more. What happened is kept. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#server = this.#create();
  }

  calls(verb: Verb): readonly Heard[] {
    return this.heard.filter((call) => call.verb === verb);
  }

  /** Resolves once the n-th call of this verb has arrived. */
  async called(verb: Verb, count = 1): Promise<void> {
    while (this.calls(verb).length < count) await this.#changed();
  }

  /** Resolves once the condition holds after some call or change. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#changed();
  }

  approve(): void {
    this.become("approved");
  }

  reject(reason: string): void {
    this.become("rejected", reason);
  }

  /** A person edits arguments; the request stays held. */
  edit(properties: Readonly<Record<string, unknown>>, reason: string): void {
    const content = this.content!;
    const before = content.action.properties ?? {};
    this.changes = Object.entries(properties).map(([name, to]) => ({
      path: `action.properties.${name}`,
      from: before[name],
      to,
    }));
    const action = { ...content.action, properties: { ...before, ...properties } };
    this.content = { ...content, action };
    this.#revision += 1;
    this.editReason = reason;
    this.become("held");
  }

  become(status: RequestStatus, reason: string | null = null, by = "person:ana"): void {
    this.status = status;
    this.version += 1;
    this.#reason = reason;
    this.#by = by;
    this.#wake();
  }

  view(): RequestView {
    const content = this.committed ?? this.content!;
    const view = {
      id: REQUEST_ID,
      short_id: "EST1",
      version: this.version,
      status: this.status,
      title: "Submit purchase order",
      message: "scripted",
      deadline: Date.now() + 3_600_000,
      not_before: null,
      reasons: ["over the threshold"],
      changes: this.changes,
      revision: { number: this.#revision, digest: revisionDigest(content), content },
      decided:
        this.#reason === null
          ? null
          : { status: this.status, by: this.#by, at: 1, reason: this.#reason },
    };
    return view as Partial<RequestView> as RequestView;
  }

  redemption(): Redemption {
    return {
      request_id: REQUEST_ID,
      digest: revisionDigest(this.committed ?? this.content!),
      revision: this.#revision,
      content: this.content!,
      changes: this.changes,
      edit_reason: this.editReason,
      lease_ms: this.leaseMs,
      heartbeat_ms: this.heartbeatMs,
      run_max_ms: 3_600_000,
      released: false,
    };
  }

  answer(): SubmitAnswer {
    const isRunning = this.status === "running";
    return {
      request: this.view(),
      redemption: isRunning ? this.redemption() : null,
      replayed: false,
    };
  }

  #create(): Server {
    return createServer((message, response) => void this.#serve(message, response));
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const url = new URL(message.url ?? "/", this.url);
    const text = Buffer.concat(chunks).toString("utf8");
    const call: Heard = {
      verb: verbOf(message.method ?? "", url.pathname),
      method: message.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      key: message.headers["idempotency-key"] as string | undefined,
      headers: message.headers,
      body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    this.heard.push(call);
    this.#wake();
    const proceed = (): Promise<Reply> => this.#proceed(call);
    const reply = await (this.script[call.verb]?.(call, proceed) ?? proceed());
    if (reply === "reset") {
      message.socket.resetAndDestroy();
      return;
    }
    const type = reply.type ?? "application/json";
    response.writeHead(reply.status ?? 200, { "content-type": type });
    response.end("text" in reply ? reply.text : JSON.stringify(reply.json));
  }

  async #proceed(call: Heard): Promise<Reply> {
    const waitMs = Number(call.query.get("wait") ?? 0) * 1000;
    const attempt = call.body["attempt"] as string;
    switch (call.verb) {
      case "submit":
        return this.#submit(call);
      case "get": {
        const version = Number(call.query.get("version") ?? Infinity);
        await this.#wait(waitMs, () => this.version > version || this.status !== "held");
        return { json: this.view() };
      }
      case "redeem":
        return this.redeem(attempt);
      case "heartbeat": {
        if (attempt !== this.attempt) return refusal("not_your_attempt");
        await this.#wait(waitMs, () => this.status !== "running");
        return { json: this.#beat() };
      }
      case "outcome":
        return this.#outcome(call.body as unknown as OutcomeBody);
      case "withdraw":
        this.become("cancelled", "withdrawn", "identity:agent-1");
        return { json: this.view() };
      case "other":
        return refusal("not_found");
    }
  }

  #submit(call: Heard): Reply {
    const body = call.body as unknown as SubmitBody;
    if (this.#submitKey === undefined) {
      this.#submitKey = call.key;
      const { action, resource, context } = body;
      const subject = { type: "agent", id: "agent-1" };
      this.content = { subject, action, resource, ...(context === undefined ? {} : { context }) };
      this.become(this.initial);
    }
    if (this.#submitKey !== call.key) return refusal("idempotency_conflict");
    if (this.status === "approved" && call.query.get("redeem") === "true") {
      return this.redeem(body.attempt ?? "");
    }
    if (this.attempt !== body.attempt) {
      return { json: { ...this.answer(), redemption: null, replayed: this.version > 1 } };
    }
    return { json: this.answer() };
  }

  /** Does what a redemption by this attempt does, as if it had arrived now. */
  redeem(attempt: string): Reply {
    if (this.status === "approved") {
      if (this.#attempts.has(attempt)) return refusal("attempt_reused");
      this.#attempts.add(attempt);
      this.attempt = attempt;
      this.become("running");
    }
    if (this.status === "running" && this.attempt === attempt) return { json: this.answer() };
    if (this.status === "held") return refusal("not_approved");
    if (this.attempt !== undefined) return refusal("already_redeemed");
    return refusal(this.status as ProblemCode);
  }

  #beat(): HeartbeatAnswer {
    const interrupt = this.status !== "running";
    const reason = interrupt ? this.#reason : null;
    return { status: this.status, interrupt, reason, lease_ms: interrupt ? 0 : this.leaseMs };
  }

  #outcome(body: OutcomeBody): Reply {
    if (body.attempt !== this.attempt) return refusal("not_your_attempt");
    this.outcomes.push(body);
    if (body.result !== "not_started") this.become(body.result, this.#reason);
    else if (this.status === "running") this.become("approved");
    else this.become(this.status === "interrupting" ? "interrupted" : "failed", this.#reason);
    return { json: this.view() };
  }

  async #wait(waitMs: number, isDone: () => boolean): Promise<void> {
    const until = performance.now() + waitMs;
    while (!isDone() && performance.now() < until) {
      await Promise.race([
        this.#changed(),
        new Promise((resolve) => setTimeout(resolve, until - performance.now()).unref()),
      ]);
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wakers.add(resolve));
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}

function verbOf(method: string, path: string): Verb {
  const [, , collection, id, verb] = path.split("/");
  if (collection !== "requests") return "other";
  if (id === undefined) return method === "POST" ? "submit" : "other";
  if (verb === undefined) return "get";
  const isOurs = verb === "redeem" || verb === "heartbeat" || verb === "outcome";
  return isOurs || verb === "withdraw" ? verb : "other";
}
