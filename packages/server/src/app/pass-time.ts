/**
 * Background work: makes visible what the guards already hold (deadlines, lapsed leases, nobody
 * left to decide). Safe to run twice and in several servers at once; nothing depends on it (T15).
 */
import type { Actor } from "../domain/request/model.ts";
import type { App } from "./app.ts";
import { countEarlier } from "./count-earlier.ts";
import { execute } from "./execute.ts";
import { nextTurn } from "./next-turn.ts";
import { sweepHalts } from "./place-halt.ts";
import { withdrawStale } from "./server-acts.ts";

const BATCH = 100;
/** How long at most until the store is looked at again, whatever it said was due next. */
const LOOK_AGAIN_MS = 1_000;
const CLOCK: Actor = { kind: "clock" };

export interface Background {
  /** Resolves when no work is under way any more. */
  stop(): Promise<void>;
}

/** Starts the jobs; `onFault` hears of every fault, and the job goes on. */
export function passTime(app: App, onFault: (fault: unknown) => void): Background {
  let stopped = false;
  let epochsMoved = true; // at start: halts may have been placed by a process that died right after
  /** Whether what the epochs moved has all been done; what failed is tried again after a pause. */
  let isCaughtUp = true;
  let wake: () => void = () => undefined;
  const offEpochs = app.changes.onEpochs(() => {
    epochsMoved = true;
    wake();
  });
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        if (epochsMoved) {
          epochsMoved = false;
          isCaughtUp = false;
          const allSwept = await sweepHalts(app);
          await recheckHeld(app);
          await countEarlier(app);
          isCaughtUp = allSwept;
        }
        const more = await expireDue(app);
        if (more) continue;
      } catch (fault) {
        onFault(fault);
      }
      await pause();
      if (!isCaughtUp) epochsMoved = true;
    }
  };
  const pause = async (): Promise<void> => {
    const pauseMs = await untilNextDue(app).catch(() => LOOK_AGAIN_MS);
    if (stopped || epochsMoved) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  const running = loop();
  return {
    stop: async () => {
      stopped = true;
      offEpochs();
      wake();
      await running;
    },
  };
}

/** Lets time do what is due; true when a full batch was there and more may be. */
export async function expireDue(app: App): Promise<boolean> {
  const { now } = await app.store.time();
  const ids = await app.store.due(now, BATCH);
  for (const id of ids) await execute(app, id, { kind: "tick", actor: CLOCK });
  return ids.length === BATCH;
}

async function untilNextDue(app: App): Promise<number> {
  const next = await app.store.nextDue();
  if (next === null) return LOOK_AGAIN_MS;
  const { now } = await app.store.time();
  return Math.min(Math.max(next - now, 1), LOOK_AGAIN_MS);
}

/** Whether somebody could still decide each held request; its rule's owner hears where not. */
async function recheckHeld(app: App): Promise<void> {
  let cursor: string | null = null;
  do {
    const page = await app.store.requests({
      statuses: ["held"],
      order: "oldest",
      limit: app.limits.pageMax,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const state of page.items) {
      await execute(app, state.id, { kind: "recheck", actor: CLOCK });
      await withdrawStale(app, state);
      // What changes nothing commits nothing, and so would never leave this turn.
      await nextTurn();
    }
    ({ cursor } = page);
  } while (cursor !== null);
}
