/** That a person looked. It is no evidence and no decision; notices wait for it, and time is counted. */
import type { SeenAnswer } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import type { Write } from "../ports/store.ts";
import { answered, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { commitOnce } from "./commit-once.ts";
import { electorateAt, mayDecide } from "./routing.ts";

/** A page that was left open is not being read. */
const READ_MAX_MS = 3_600_000;

/**
 * Noted of those only who may decide it: nobody else's looking must keep them from being told (T20).
 *
 * @param readMs how long the card was in front of the person in all, as the page measured it.
 */
export async function noteLook(
  app: App,
  state: RequestState,
  look: { readonly person: string; readonly readMs: number | null },
): Promise<Answer<SeenAnswer>> {
  const { person } = look;
  const standing = await app.store.standing();
  const electorate = await electorateAt(app, state, standing);
  if (electorate !== null && mayDecide(electorate, person)) {
    const write = lookWrite({ ...look, requestId: state.id }, standing.time.now);
    await commitOnce(app, { expected: {}, writes: [write] });
  }
  const noted = (await app.store.looks(state.id)).find((each) => each.person === person);
  return answered({
    first_seen_at: noted?.firstAt ?? null,
    last_seen_at: noted?.lastAt ?? null,
  });
}

export function lookWrite(
  look: { readonly requestId: string; readonly person: string; readonly readMs: number | null },
  at: number,
): Write {
  const { requestId, person } = look;
  const readMs = look.readMs === null ? null : Math.min(look.readMs, READ_MAX_MS);
  return { kind: "look", requestId, person, at, readMs };
}
