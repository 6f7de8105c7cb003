/** Where a contract test keeps its database, whatever the adapter. */
import { onTestFinished } from "vitest";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import { ManualClock } from "./manual-clock.ts";
import { random } from "./random-bytes.ts";

/** An empty place for one store, that keeps what was stored between openings. */
export interface Place {
  open(options: { readonly clock: Clock; readonly random: Random }): Promise<Store>;
  remove(): Promise<void>;
}

export type MakePlace = () => Promise<Place>;

export interface OpenedStore {
  readonly store: Store;
  readonly clock: ManualClock;
  /** Closes the store and opens the same place again, as after a restart. */
  readonly reopen: () => Promise<Store>;
}

/** A store for one test, closed and removed after it. */
export async function openedStore(makePlace: MakePlace): Promise<OpenedStore> {
  const place = await makePlace();
  const clock = new ManualClock();
  let store = await place.open({ clock, random });
  onTestFinished(async () => {
    await store.close();
    await place.remove();
  });
  const reopen = async () => {
    await store.close();
    store = await place.open({ clock, random });
    return store;
  };
  return { store, clock, reopen };
}
