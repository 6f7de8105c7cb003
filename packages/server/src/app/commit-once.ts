/** The two things every change of the store's is made with. */
import { newId } from "@haltpoint/protocol";
import type { Commit, Write } from "../ports/store.ts";
import type { App } from "./app.ts";

/**
 * Commits, and after a fault asks whether it was committed after all. True: it is; false: stale.
 *
 * @param now for the command's id; default: read.
 */
export async function commitOnce(
  app: App,
  commit: Omit<Commit, "commandId">,
  now?: number,
): Promise<boolean> {
  const at = now ?? (await app.store.time()).now;
  const commandId = newId("cmd", at, app.random.bytes(10));
  try {
    const result = await app.store.commit({ commandId, ...commit });
    return result.kind === "committed";
  } catch (fault) {
    if ((await app.store.commandOutcome(commandId)) === "committed") return true;
    throw fault;
  }
}

/** An entry of what concerns no request. */
export function systemEntry(
  kind: string,
  at: number,
  actor: string,
  data: Readonly<Record<string, unknown>>,
): Write {
  return { kind: "entry", draft: { stream: "system", kind, at, actor, data } };
}
