/** Which patterns of identities' `may` nothing matched that they asked for. */
import { namePattern } from "../../domain/policy/pattern.ts";
import { UnmatchedPatterns } from "../../domain/policy/unmatched-patterns.ts";
import type { Submission } from "../../domain/request/events.ts";
import type { Page, StoredIdentity } from "../../ports/store.ts";
import type { RequestState } from "../../domain/request/model.ts";
import { answered, type Answer } from "../answer.ts";
import type { App } from "../app.ts";
import { nextTurn } from "../next-turn.ts";
import { givenUp } from "../policy-replay/walk-record.ts";

const UNUSED_MS = 90 * 86_400_000;
/** States are small beside entries. */
const PAGE = 200;

interface Unused {
  readonly identity: string;
  readonly may: string;
}

interface Back {
  /** Where the walk over the record began. */
  readonly until: number;
  readonly signal?: AbortSignal;
}

export class UsedPatterns {
  /** What was asked for before that is long ago. */
  readonly since: number;
  readonly #unmatched: ReadonlyMap<string, UnmatchedPatterns>;

  constructor(identities: readonly StoredIdentity[], now: number) {
    this.since = now - UNUSED_MS;
    this.#unmatched = new Map(
      identities.flatMap(({ id, may, stage, createdAt }) =>
        // Who is not registered for so long has not left anything unused for so long.
        may === null || stage === "offboarded" || createdAt > this.since
          ? []
          : [[id, new UnmatchedPatterns(may.map(namePattern))] as const],
      ),
    );
  }

  saw({ scope, createdAt }: Pick<Submission, "scope" | "createdAt">): void {
    if (createdAt >= this.since) this.#unmatched.get(scope.identity)?.saw(scope.action);
  }

  /** Looks at what was asked for before `until`, too, as far as it is needed. */
  async left(app: App, back: Back): Promise<Answer<readonly Unused[]>> {
    const all: Unused[] = [];
    for (const [identity, patterns] of this.#unmatched) {
      const isDone = await this.#lookBack(app, back, { identity, patterns });
      if (!isDone) return givenUp("looking through the record");
      const left = [...patterns.names, ...patterns.prefixes];
      all.push(...left.map((may) => ({ identity, may })));
    }
    return answered(all);
  }

  /** @returns false: nobody waits for it any more */
  async #lookBack(
    app: App,
    { until, signal }: Back,
    { identity, patterns }: { readonly identity: string; readonly patterns: UnmatchedPatterns },
  ): Promise<boolean> {
    if (until <= this.since) return true;
    const order = "newest" as const;
    const query = { identity, createdSince: this.since, createdBefore: until, order };
    // A whole name is found by its index; only beginnings have to be looked for.
    for (const action of patterns.names) {
      if (signal?.aborted === true) return false;
      const { items } = await app.store.requests({ ...query, action, limit: 1 });
      if (items.length > 0) patterns.saw(action);
      await nextTurn();
    }
    let cursor: string | null = null;
    while (patterns.prefixes.length > 0) {
      if (signal?.aborted === true) return false;
      const page: Page<RequestState> = await app.store.requests({
        ...query,
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      });
      for (const { scope } of page.items) patterns.saw(scope.action);
      ({ cursor } = page);
      if (cursor === null) break;
      await nextTurn();
    }
    return true;
  }
}
