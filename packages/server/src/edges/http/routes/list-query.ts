/** A list's query parameters to a query of the store, and pages of what is small enough to hold. */
import type { PageView, RequestStatus } from "@haltpoint/protocol";
import { answered, refused, type Answer } from "../../../app/answer.ts";
import type { App } from "../../../app/app.ts";
import type { RequestQuery } from "../../../ports/store.ts";
import { STATUSES } from "../schema/view-shapes.ts";

const PAGE_DEFAULT = 50;

interface Sent {
  readonly status?: string;
  readonly identity?: string;
  readonly action?: string;
  readonly text?: string;
  readonly decided_by?: string;
  readonly decided_since?: number;
  readonly decided_before?: number;
  readonly since?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly cursor?: string;
}

export function listQueryOf(app: App, sent: Sent): Answer<RequestQuery> {
  const { status, identity, action, text, since, before, cursor } = sent;
  const statuses = status === undefined ? undefined : status.split(",").map((each) => each.trim());
  const unknown = statuses?.find((each) => !isStatus(each));
  if (unknown !== undefined) {
    const detail = `\`status\` holds a word that is none; known: ${STATUSES.join(", ")}`;
    return refused("invalid_request", detail, { field: "status" });
  }
  return answered({
    order: "newest",
    limit: pageLimit(app, sent.limit),
    ...(statuses === undefined ? {} : { statuses: statuses.filter(isStatus) }),
    ...(identity === undefined ? {} : { identity }),
    ...(action === undefined ? {} : { action }),
    ...(text === undefined ? {} : { text }),
    ...decidedOf(sent),
    ...(since === undefined ? {} : { createdSince: since }),
    ...(before === undefined ? {} : { createdBefore: before }),
    ...(cursor === undefined ? {} : { cursor }),
  });
}

function decidedOf(sent: Sent): Pick<RequestQuery, "decided"> {
  const { decided_by: by, decided_since: since, decided_before: before } = sent;
  if (by === undefined && since === undefined && before === undefined) return {};
  return {
    decided: {
      ...(by === undefined ? {} : { by }),
      ...(since === undefined ? {} : { since }),
      ...(before === undefined ? {} : { before }),
    },
  };
}

function isStatus(text: string): text is RequestStatus {
  return (STATUSES as readonly string[]).includes(text);
}

export function pageLimit(app: App, asked: number | undefined): number {
  return Math.min(asked ?? PAGE_DEFAULT, app.limits.pageMax);
}

/**
 * A page of a list that is read whole: the registry, halts, one request's entries. The cursor is the
 * key of the last item, so that what is added meanwhile neither repeats nor hides an item.
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  sent: { readonly limit?: number; readonly cursor?: string },
  app: App,
): Answer<PageView<T>> {
  const limit = pageLimit(app, sent.limit);
  let start = 0;
  if (sent.cursor !== undefined) {
    const last = all.findIndex((item) => keyOf(item) === sent.cursor);
    if (last === -1) {
      const detail = "`cursor` is not one that a page gave; start without it";
      return refused("invalid_request", detail, { field: "cursor" });
    }
    start = last + 1;
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const isLast = last === undefined || start + limit >= all.length;
  return answered({ items, cursor: isLast ? null : keyOf(last) });
}
