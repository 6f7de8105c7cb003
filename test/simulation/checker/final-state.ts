/** When nothing happens any more: what is stored is what the log says, and nothing is left live. */
import { canonicalJson } from "@haltpoint/protocol";
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import { replay } from "../../../packages/server/src/domain/request/decide.ts";
import type { RequestEvent } from "../../../packages/server/src/domain/request/events.ts";
import type { Actor, RequestState } from "../../../packages/server/src/domain/request/model.ts";
import type { Store } from "../../../packages/server/src/ports/store.ts";
import type { Walked } from "./ledger-walk.ts";
import { must } from "./violation.ts";

const LIVE = ["held", "approved", "running", "interrupting"];
const PAGE = 200;

/** @throws Violation. */
export async function checkFinalState(store: Store, walked: Walked): Promise<void> {
  const { items } = await store.requests({ order: "oldest", limit: PAGE });
  const ids = items.map(({ id }) => id).sort();
  must(ids.join() === [...walked.requests.keys()].sort().join(), "I8", "requests without entries");
  for (const state of items) {
    const known = walked.requests.get(state.id);
    const isSame =
      state.status === known?.status &&
      state.revision.number === known.revision &&
      state.revision.digest === known.digest;
    must(isSame, "I8", `${state.id} is stored ${state.status}, recorded ${known?.status}`);
    must(!LIVE.includes(state.status), "I15", `${state.id} is ${state.status} for ever`);
    checkReplay(state, await store.entries(state.id));
  }
}

/** INVARIANT: I8. The state is what its entries make it: nothing changed without one. */
function checkReplay(state: RequestState, entries: readonly SealedEntry[]): void {
  const events = entries.filter(({ kind }) => kind !== "refused").map(eventOf);
  const replayed = replay(null, events);
  const same = canonicalJson(provable(replayed)) === canonicalJson(provable(state));
  must(same, "I8", () => {
    const pair = [replayed, state].map((each) => canonicalJson(provable(each)));
    return `${state.id} is not what its entries make it:\n${pair.join("\n")}`;
  });
}

/** A renewed lease has no entry: it counts in the version and moves the lease, and no more. */
function provable(state: RequestState | null): Record<string, unknown> {
  if (state === null) return {};
  const { version: _version, updatedAt: _updatedAt, run, ...rest } = state;
  const { leaseUntil: _leaseUntil, ...runRest } = run ?? { leaseUntil: 0 };
  return JSON.parse(JSON.stringify({ ...rest, run: run === null ? null : runRest })) as Record<
    string,
    unknown
  >;
}

function eventOf({ kind, at, actor, data }: SealedEntry): RequestEvent {
  return { ...data, kind, at, actor: actorIn(actor, data) } as unknown as RequestEvent;
}

function actorIn(name: string, data: SealedEntry["data"]): Actor {
  const [kind, id = ""] = name.split(":");
  if (kind === "identity") return { kind, id };
  if (kind !== "person") return { kind: "clock" };
  const said = data["authenticated"] as { via: string; step_up: "none" | "passkey" };
  return { kind, id, stepUp: said.step_up, via: said.via };
}
