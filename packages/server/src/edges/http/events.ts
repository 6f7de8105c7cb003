/**
 * `GET /v1/events`: the log as server-sent events, each with its log index as id.
 *
 * A reader is fed from the log itself, from where it left off, so nothing is lost between two
 * connections and nothing is queued for it in memory beyond its socket's buffer. One that reads too
 * slowly is cut off and may resume.
 */
import type { ServerResponse } from "node:http";
import { problem, type EventView } from "@haltpoint/protocol";
import { authenticate, personOfSession, principalName } from "../../app/authenticate.ts";
import { nextTurn } from "../../app/next-turn.ts";
import { eventsAfter } from "../../app/read-ledger.ts";
import { PERSON, type Person } from "./access.ts";
import { bearerOf } from "./bearer.ts";
import type { Edge } from "./edge.ts";
import { Hearing } from "./hearing.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { RefusedCall } from "./refused-call.ts";
import type { RawCall } from "./route.ts";
import type { NoPlace } from "./waiters.ts";

const BATCH = 200;
/** Whoever was signed out, disabled or ran out of time hears no more within five seconds (T31). */
const ADMITTED_AGAIN_MS = 3_500;
const INDEX = /^\d{1,15}$/;

/** Streams until the reader leaves, is cut off, may no longer listen, or the server stops. */
export async function streamEvents(edge: Edge, call: RawCall): Promise<void> {
  const { request, reply, principal } = call;
  if (!PERSON.admits(principal)) throw new Error("events were asked for unadmitted");
  const response = reply.raw;
  let after = await startingAt(edge, request.headers["last-event-id"]);
  const place = edge.streams.enter(response, principalName(principal));
  if (typeof place === "string") throw tooManyReaders(edge, place);
  const checkEveryMs = Math.min(ADMITTED_AGAIN_MS, edge.limits.eventCommentMs);
  let hearing = new Hearing(edge.app, principal);
  let checkedAt = performance.now();
  let toldAt = checkedAt;
  const reader = new Reader(edge, response, place.signal);
  try {
    reply.hijack();
    reader.open(reply.getHeaders());
    for (;;) {
      reader.expectNews();
      const events = await eventsAfter(edge.app, after, BATCH);
      for (const event of events) {
        if (await hearing.mayHear(event)) reader.write(eventText(event));
        after = event.index;
      }
      if (!(await reader.drained())) return;
      if (performance.now() - checkedAt >= checkEveryMs) {
        const person = await stillAdmitted(edge, principal, request.headers.authorization);
        if (person === null) return;
        hearing = new Hearing(edge.app, person);
        checkedAt = performance.now();
      }
      if (events.length > 0) toldAt = performance.now();
      if (events.length === BATCH) {
        // A reader of the whole log must not hold up everybody else until it has caught up (T20).
        await nextTurn();
        continue;
      }
      // What is left of it: news just before, or a timer that rings early, puts nothing off.
      const untilCheck = Math.max(0, checkedAt + checkEveryMs - performance.now());
      const news = await reader.news(untilCheck);
      if (news === "over") return;
      if (news === "news" || performance.now() - toldAt < edge.limits.eventCommentMs) continue;
      reader.write(": nothing new\n\n");
      toldAt = performance.now();
    }
  } finally {
    reader.close();
    place.leave();
  }
}

/** After the event the caller saw last; without one, from now on. */
async function startingAt(edge: Edge, last: string | string[] | undefined): Promise<number> {
  const newest = await edge.app.store.lastLogIndex();
  if (last === undefined || last === "") return newest;
  if (typeof last === "string" && INDEX.test(last)) return Number(last);
  const detail = "`Last-Event-ID` must be the id of an event, a whole number";
  throw new RefusedCall(problem("invalid_request", detail, { field: "Last-Event-ID" }));
}

function tooManyReaders(edge: Edge, of: NoPlace): RefusedCall {
  const member = of === "all" ? "eventClientsMax" : "eventClientsEachMax";
  const limit = { name: HTTP_LIMITS[member].name, value: edge.limits[member] };
  const detail = "too many readers of events; close one, or try later";
  return new RefusedCall(problem("too_many_requests", detail, { limit, retry_after_ms: 5_000 }));
}

/** A token that was revoked, a session that ended, a person who was disabled: null. */
async function stillAdmitted(
  edge: Edge,
  { session }: Person,
  authorization: string | undefined,
): Promise<Person | null> {
  // By its id: the secret in the cookie may have been exchanged for another meanwhile.
  if (session !== null) return personOfSession(edge.app, session);
  const secret = bearerOf(authorization);
  if (secret === null) return null;
  const answer = await authenticate(edge.app, secret, "bearer");
  if (!answer.ok) return null;
  const { principal } = answer.value;
  return PERSON.admits(principal) ? principal : null;
}

/** Kinds are our own words; a line break in one would forge an event. */
function eventText(event: EventView): string {
  const kind = event.kind.replaceAll(/[^\w.-]/g, "_");
  return `id: ${event.index}\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** One socket, and what its reader has not yet taken. */
class Reader {
  readonly #edge: Edge;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #unwatch: () => void;
  #hasNews = false;
  #wake: () => void = () => undefined;

  constructor(edge: Edge, response: ServerResponse, signal: AbortSignal) {
    this.#edge = edge;
    this.#response = response;
    this.#signal = signal;
    this.#unwatch = edge.app.changes.onAny(() => {
      this.#hasNews = true;
      this.#wake();
    });
  }

  /** Headers go out at once, so that a reader knows it is connected before anything happens. */
  open(headers: Readonly<Record<string, number | string | string[] | undefined>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#response.setHeader(name, value);
    }
    this.#response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    this.#response.write("retry: 1000\n\n");
    this.#response.flushHeaders();
  }

  write(text: string): void {
    if (!this.#response.destroyed) this.#response.write(text);
  }

  /** From here on a commit counts as news. */
  expectNews(): void {
    this.#hasNews = false;
  }

  /** Waits for a commit, for so long, or for the end. */
  async news(ms: number): Promise<"news" | "nothing" | "over"> {
    if (!this.#hasNews && !this.#signal.aborted) {
      await this.#pause(ms, (resume) => (this.#wake = resume));
    }
    if (this.#signal.aborted) return "over";
    return this.#hasNews ? "news" : "nothing";
  }

  /** False where this reader took too long to make room, or is gone. */
  async drained(): Promise<boolean> {
    const { eventBufferBytesMax, eventStallMs } = this.#edge.limits;
    if (this.#signal.aborted) return false;
    if (this.#response.writableLength <= eventBufferBytesMax) return true;
    await this.#pause(eventStallMs, (resume) => this.#response.once("drain", resume));
    if (this.#signal.aborted) return false;
    if (this.#response.writableLength <= eventBufferBytesMax) return true;
    const limit = { event_buffer_bytes: eventBufferBytesMax, event_stall_ms: eventStallMs };
    this.#edge.log.warn({ limit }, "a reader of events was cut off: it reads too slowly");
    this.#response.destroy();
    return false;
  }

  close(): void {
    this.#unwatch();
    if (!this.#response.writableEnded) this.#response.end();
  }

  async #pause(ms: number, wakeBy: (resume: () => void) => unknown): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(finish, ms);
      const signal = this.#signal;
      signal.addEventListener("abort", finish, { once: true });
      wakeBy(finish);
      function finish(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        resolve();
      }
    });
  }
}
