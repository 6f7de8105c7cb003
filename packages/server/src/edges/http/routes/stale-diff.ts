/** A review of what has changed since is told what changed (T19). */
import type { Problem, Revision } from "@haltpoint/protocol";
import type { App } from "../../../app/app.ts";
import { changesBetween } from "../../../app/changes-between.ts";
import { rosterOf } from "../../../app/facts.ts";
import { visibilityOf } from "../../../app/view-request.ts";
import type { Person } from "../access.ts";

/** The problem, with the difference where the revision that was displayed is known. */
export async function withDiff(
  app: App,
  person: Person,
  problem: Problem,
  body: unknown,
): Promise<Problem> {
  const { code, request_id: id } = problem;
  if (code !== "stale_revision" || id === undefined) return problem;
  const state = await app.store.request(id);
  if (state === null) return problem;
  if (visibilityOf(state, person, await rosterOf(app, state)) !== "full") return problem;
  const present = await committed(app, id, state.revision.number);
  for (let number = state.revision.number - 1; number >= 0; number -= 1) {
    const earlier = await committed(app, id, number);
    if (earlier === null || present === null || earlier.digest !== digestIn(body)) continue;
    return { ...problem, diff: changesBetween(earlier.content, present.content) };
  }
  return problem;
}

async function committed(
  app: App,
  id: string,
  number: number,
): Promise<{ readonly digest: string; readonly content: Revision } | null> {
  const stored = await app.store.revision(id, number);
  if (stored === null) return null;
  return { digest: stored.digest, content: JSON.parse(stored.committed) as Revision };
}

function digestIn(body: unknown): unknown {
  return typeof body === "object" && body !== null && "digest" in body ? body.digest : undefined;
}
