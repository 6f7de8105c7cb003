/** What is known outside of the server: what was asked, what was answered, what happened. */
import type { Problem } from "@haltpoint/protocol";
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import type { StaleFact, Store } from "../../packages/server/src/ports/store.ts";
import { EnforcementPoints } from "./enforcement-point.ts";
import type { Operation } from "./operation.ts";
import type { Variant } from "./policy-variant.ts";
import type { SeenCommit } from "./stepped-store.ts";

export type Outcome =
  | { readonly kind: "value"; readonly state: RequestState | null; readonly replayed: boolean }
  | { readonly kind: "refusal"; readonly problem: Problem }
  /** A fault of the store: what was asked may have happened or not. */
  | { readonly kind: "fault"; readonly detail: string };

/** A command that was answered. */
export interface Answered {
  readonly command: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
  /** Last durable log indexes when it was asked and when it was answered. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Monotonic, when it was answered. */
  readonly answeredAtMs: number;
  /** Monotonic: when the wall clock jumped under the server that was asked; null: it did not. */
  readonly jumpedAtMs: number | null;
}

export class World {
  readonly points = new EnforcementPoints();
  /** Every policy that was written, by version. */
  readonly variants = new Map<string, Variant>();
  /** The one in force, as far as its publication was seen. */
  variant: Variant | null = null;
  /** The newest state of each request that a commit was seen to write. */
  readonly states = new Map<string, RequestState>();
  readonly commits: SeenCommit[] = [];
  readonly answers: Answered[] = [];
  /** What was asked, for asking it again; and by the number of the command. */
  readonly asked: Operation[] = [];
  readonly operations = new Map<number, Operation>();
  readonly halts: string[] = [];
  readonly stale: Record<StaleFact, number> = {
    request: 0,
    policy: 0,
    halt: 0,
    membership: 0,
    deadline: 0,
    key: 0,
    credentials: 0,
    session: 0,
    passkey: 0,
    enrolment: 0,
    ceremony: 0,
    cli_authorization: 0,
    account: 0,
    budget: 0,
    burst: 0,
  };
  /** Of the server that is up. */
  jumpedAtMs: number | null = null;
  faults = 0;
  crashes = 0;
  /** The last log index that is known to be durable. */
  durableUpTo = 0;

  /** Remembers a commit, with the state it changed. */
  sawCommit(seen: Omit<SeenCommit, "before">): void {
    this.durableUpTo = Math.max(this.durableUpTo, seen.upTo);
    let before: RequestState | null = null;
    for (const write of seen.commit.writes) {
      if (write.kind === "request") {
        before = this.states.get(write.state.id) ?? null;
        this.states.set(write.state.id, write.state);
      }
      if (write.kind === "policy") this.variant = this.variants.get(write.policy.version) ?? null;
      if (write.kind === "halt" && !this.halts.includes(write.halt.id)) {
        this.halts.push(write.halt.id);
      }
    }
    this.commits.push({ ...seen, before });
  }

  /** After a crash, for commits that nobody saw happen. */
  async lookAgain(store: Store): Promise<void> {
    this.durableUpTo = await store.lastLogIndex();
    const { items } = await store.requests({ order: "oldest", limit: 200 });
    for (const state of items) this.states.set(state.id, state);
  }
}
