/** Everything that must hold of a history, once it is over. */
import type { SealedEntry } from "../../packages/server/src/domain/ledger/entry.ts";
import type { Store } from "../../packages/server/src/ports/store.ts";
import { checkAnswers } from "./checker/answers.ts";
import { checkEffects } from "./checker/effects.ts";
import { checkFinalState } from "./checker/final-state.ts";
import { walkLedger } from "./checker/ledger-walk.ts";
import type { World } from "./world.ts";

const PAGE = 5_000;

/** @throws Violation. @returns all entries of the log. */
export async function checkHistory(store: Store, world: World): Promise<readonly SealedEntry[]> {
  const entries: SealedEntry[] = [];
  for (let page = await store.entriesAfter(0, PAGE); page.length > 0;) {
    entries.push(...page);
    page = await store.entriesAfter(entries.at(-1)?.logIndex ?? 0, PAGE);
  }
  const walked = walkLedger(entries, world.variants);
  checkEffects(world.points.effects, walked);
  checkAnswers(world, walked, entries);
  await checkFinalState(store, walked);
  return entries;
}
