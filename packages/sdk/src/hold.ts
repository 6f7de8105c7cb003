/** From the submission to the redemption: everything before the effect may start. */
import type { Redemption, RequestView, SubmitAnswer, SubmitBody } from "@haltpoint/protocol";
import { checkRedemption } from "./binding.ts";
import type { Client } from "./client.ts";
import { backoffMs, pause, type Stopwatch, stopwatch } from "./clock.ts";
import {
  BadAnswer,
  Cancelled,
  Halted,
  HaltpointProblem,
  NotStarted,
  StillHeld,
  Unreachable,
} from "./errors.ts";
import { isLive, isLookAgain, refusalOf } from "./standing.ts";
import { isPassing, randomToken } from "./transport.ts";

/** One ask of a long poll. */
const POLL_MS = 25_000;
/** While a halt is in force: long enough to rest, short enough to leave most of a lease. */
const HALT_POLL_MS = 5_000;
/** How long a lost answer is asked for again: the default lease; after it none can be alive. */
const REDEEM_ASK_MS = 15_000;
/** How long past its deadline a request's server may stay away, clocks differing, before giving up. */
const DEADLINE_SLACK_MS = 60_000;
const AWAY_MAX_MS = 600_000;
const SUBMIT_TRIES_MAX = 5;
const GIVE_BACK_TRIES_MAX = 5;
/** Refused redemptions of a request that looks approved, for what no waiting cures. */
const REFUSALS_MAX = 3;
/** A server that answers a long poll at once with nothing new is not asked in a tight loop. */
const POLL_MS_MIN = 250;
const LEAVE_TIMEOUT_MS = 2_000;

export interface HoldOptions {
  readonly client: Client;
  readonly body: SubmitBody;
  /** The caller's own key: then an identical call may join what is held. Else random. */
  readonly key: string | undefined;
  readonly waitMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onHeld: ((request: RequestView) => void) | undefined;
}

/** Single-use leave to run `redemption.content`, as long as its lease lives. */
export interface Redeemed {
  readonly redemption: Redemption;
  readonly attempt: string;
  /** Since before the redemption was sent. */
  readonly since: Stopwatch;
}

interface LookOptions {
  readonly id?: string;
  readonly waitMs?: number;
  readonly version?: number | undefined;
}

export class Hold {
  readonly #options: HoldOptions;
  readonly #key: string;
  readonly #held = stopwatch();
  #view: RequestView | undefined;
  /** Since before `#view` was asked for. */
  #seen = this.#held;
  #shownVersion = -1;
  /**
   * An attempt the server may believe to be running. In memory only, one per redemption, never in a
   * URL, a log or an error: a restarted process cannot have it (I1).
   */
  #attempt: string | undefined;
  #gaveBack = false;
  #refusals = 0;
  #halts = 0;

  constructor(options: HoldOptions) {
    this.#options = options;
    this.#key = options.key ?? randomToken();
  }

  /** Submits, waits for people, and redeems. @throws Refusal, or a fault; then nothing may run. */
  async redeem(): Promise<Redeemed> {
    if (this.#view === undefined) {
      const redeemed = await this.#submit();
      if (redeemed !== undefined) return redeemed;
    }
    for (;;) {
      const view = this.#current();
      this.throwIfAborted();
      if (view.status === "held") await this.#wait(view);
      else if (view.status === "approved") {
        const redeemed = await this.#tryRedeem(view);
        if (redeemed !== undefined) return redeemed;
      } else if (this.#attempt !== undefined && isLive(view)) await this.giveBack();
      else if (this.#gaveBack && view.status === "failed") {
        // The lease had lapsed before it was given back: nothing ran, and nothing will.
        throw new NotStarted({ requestId: view.id });
      } else throw refusalOf(view);
    }
  }

  /** Reports an attempt on which nothing was started. @throws where that cannot be delivered. */
  async giveBack(): Promise<void> {
    const { client } = this.#options;
    const { id } = this.#current();
    const body = { attempt: this.#attempt ?? "", result: "not_started" } as const;
    try {
      const send = () => client.outcome(id, body, { retriesMax: 0 });
      this.#view = await this.#persist(send, (tries) => tries >= GIVE_BACK_TRIES_MAX);
      this.#gaveBack = true;
    } catch (error) {
      // Not its run, or over: it did not redeem. How the request stands is asked next.
      if (!(error instanceof HaltpointProblem) || isPassing(error)) throw error;
      await this.#look({});
    }
    this.#attempt = undefined;
  }

  /**
   * Leaves after a failure, as tidily as the network allows: gives back what was redeemed, and
   * withdraws what nobody will come back for, so that no person decides an action without a caller.
   */
  async leave(): Promise<void> {
    const { client, key, signal } = this.#options;
    const view = this.#view;
    if (view === undefined) return;
    const call = { retriesMax: 0, timeoutMs: LEAVE_TIMEOUT_MS };
    const attempt = this.#attempt;
    try {
      if (attempt !== undefined) {
        this.#view = await client.outcome(view.id, { attempt, result: "not_started" }, call);
      }
    } catch {
      // The lease runs out by itself; nothing was started on it.
    }
    const isWaiting = ["held", "approved"].includes(this.#current().status);
    if (!isWaiting || (key !== undefined && signal?.aborted !== true)) return;
    try {
      await client.withdraw(view.id, { reason: "its caller gave up" }, call);
    } catch {
      // It expires by itself, and nobody holds what it takes to run it.
    }
  }

  async #submit(): Promise<Redeemed | undefined> {
    const { client, body } = this.#options;
    const attempt = this.#newAttempt();
    const since = stopwatch();
    // Not ended by the caller's signal: without the answer there is no id by which to withdraw.
    const send = () =>
      client.submit({ ...body, attempt }, { redeem: true, key: this.#key, retriesMax: 0 });
    try {
      const answer = await this.#persist(send, (tries) => tries >= SUBMIT_TRIES_MAX);
      return this.#accept(answer, attempt, since);
    } catch (error) {
      if (!isLookAgain(error)) throw error;
      const id = error.requestId;
      if (id === undefined) {
        // Refused before there was a request: after a burst nothing more joins the queue.
        if (error.code === "halted") throw new Halted({ reason: error.detail });
        throw error;
      }
      await this.#look({ id });
      return undefined;
    }
  }

  /** Undefined where the request has to be looked at again. */
  async #tryRedeem(view: RequestView): Promise<Redeemed | undefined> {
    const { client } = this.#options;
    // An attempt whose answers were lost is still good: `view`, asked for since, says that nobody
    // had redeemed, so that its lease cannot have begun before. Any other attempt is new.
    const since = this.#attempt === undefined ? stopwatch() : this.#seen;
    const attempt = this.#attempt ?? this.#newAttempt();
    const waitMs = this.#halts === 0 ? 0 : HALT_POLL_MS;
    const send = () => client.redeem(view.id, { attempt }, { waitMs, retriesMax: 0 });
    try {
      // One attempt asks for one answer, lost or not: the server gives it the same one again.
      const answer = await this.#persist(send, () => since() > REDEEM_ASK_MS);
      const redeemed = this.#accept(answer, attempt, since);
      // Approved, and not redeemed: not effective yet.
      if (redeemed === undefined && answer.request.status === "approved") await this.#waitMore();
      return redeemed;
    } catch (error) {
      if (isPassing(error) && !this.#isOver()) await this.#look({});
      else if (isLookAgain(error)) await this.#refused(error);
      else throw error;
      return undefined;
    }
  }

  async #refused(problem: HaltpointProblem): Promise<void> {
    const { code, detail } = problem;
    if (code === "not_yet") return this.#waitMore();
    if (code === "halted") this.#halts += 1;
    else this.#refusals += 1;
    await pause(backoffMs(this.#halts + this.#refusals), this.#options.signal);
    await this.#look({});
    const view = this.#current();
    if (!isLive(view)) this.#attempt = undefined;
    if (view.status !== "approved") return;
    if (this.#refusals > REFUSALS_MAX) throw problem;
    if (code === "halted" && this.#isOver()) {
      throw new Halted({ requestId: view.id, reason: detail });
    }
  }

  #accept(answer: SubmitAnswer, attempt: string, since: Stopwatch): Redeemed | undefined {
    const { request, redemption } = answer;
    this.#mustBe(this.#view?.id ?? request.id, request);
    this.#view = request;
    if (redemption === null) {
      if (!isLive(request)) this.#attempt = undefined;
      return undefined;
    }
    checkRedemption(redemption, request, this.#options.body);
    return { redemption, attempt, since };
  }

  async #wait(view: RequestView): Promise<void> {
    if (view.version !== this.#shownVersion) this.#options.onHeld?.(view);
    this.#shownVersion = view.version;
    await this.#waitMore(view.version);
  }

  /** Until there is another version; without one, until it is decided and effective. */
  async #waitMore(version?: number): Promise<void> {
    const { key } = this.#options;
    const requestId = this.#current().id;
    this.#attempt = undefined;
    if (this.#isOver()) throw new StillHeld({ requestId, joinable: key !== undefined });
    await this.#look({ waitMs: this.#pollMs(), version });
  }

  /** Reads the request; outlasts restarts of the server and losses of the network. */
  async #look(how: LookOptions): Promise<void> {
    const { client, signal } = this.#options;
    const { id = this.#current().id, waitMs, version } = how;
    const asked = stopwatch();
    const isHopeless = (): boolean => {
      if (this.#isOver()) return true;
      const deadline = this.#view?.deadline ?? null;
      return deadline === null ? asked() > AWAY_MAX_MS : Date.now() > deadline + DEADLINE_SLACK_MS;
    };
    const send = () => {
      this.#seen = stopwatch();
      return client.get(id, { waitMs, version, signal, retriesMax: 0 });
    };
    const view = await this.#persist(send, isHopeless);
    this.#mustBe(id, view);
    const isNews = view.version !== this.#view?.version;
    this.#view = view;
    if (!isNews && waitMs !== undefined) await pause(POLL_MS_MIN - asked(), signal);
  }

  /** Sends until there is an answer that is not passing, or `isHopeless`. */
  async #persist<T>(send: () => Promise<T>, isHopeless: (tries: number) => boolean): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await send();
      } catch (error) {
        this.throwIfAborted();
        if (!isPassing(error) || isHopeless(tries)) throw error;
        await pause(backoffMs(tries - 1), this.#options.signal);
        this.throwIfAborted();
      }
    }
  }

  #mustBe(id: string, view: RequestView): void {
    if (view.id === id) return;
    throw new BadAnswer("the answer is about another request. Nothing was run.");
  }

  #newAttempt(): string {
    this.#attempt = randomToken();
    return this.#attempt;
  }

  #current(): RequestView {
    if (this.#view === undefined) throw new Unreachable("Haltpoint could not be reached.");
    return this.#view;
  }

  /** At least a second, which is the least a server can be asked to wait. */
  #pollMs(): number {
    const { waitMs } = this.#options;
    if (waitMs === undefined) return POLL_MS;
    return Math.min(POLL_MS, Math.max(1_000, waitMs - this.#held()));
  }

  #isOver(): boolean {
    const { waitMs } = this.#options;
    return waitMs !== undefined && this.#held() >= waitMs;
  }

  /** @throws Cancelled once the caller is gone. */
  throwIfAborted(): void {
    const { signal } = this.#options;
    if (signal?.aborted !== true) return;
    const reason = "its caller gave up";
    throw new Cancelled({ requestId: this.#view?.id, reason, cause: signal.reason });
  }
}
