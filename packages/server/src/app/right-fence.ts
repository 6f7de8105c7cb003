/** Who changes the registry or policy: they have the right when it is committed, or it is not. */
import type { Right } from "../domain/request/commands.ts";
import type { Epochs } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";

const PERSON = "person:";

/**
 * The membership a change by `by` is decided under; read before anything else it depends on, and
 * expected by its commit (T37). The host's own changes take no right.
 */
export async function fenceRight(
  app: App,
  by: string,
  right: Right,
): Promise<Answer<Pick<Epochs, "membership">>> {
  const { membership: epoch } = await app.store.epochs();
  if (!by.startsWith(PERSON)) return answered({ membership: epoch });
  const membership = await app.facts.membership(epoch);
  return membership.withRight(right).includes(by.slice(PERSON.length))
    ? answered({ membership: epoch })
    : rightRequired(right);
}

export function rightRequired(right: Right): Answer<never> {
  return refused("right_required", `this takes the right \`${right}\`; an operator can give it`);
}
