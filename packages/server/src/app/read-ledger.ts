/** Reading what is recorded. */
import type { EntryView, EventView, RequestStatus } from "@haltpoint/protocol";
import type { SealedEntry } from "../domain/ledger/entry.ts";
import type { App } from "./app.ts";

/** All entries of one request, in order. Who may see them is the caller's question. */
export async function entriesOf(app: App, requestId: string): Promise<readonly EntryView[]> {
  return (await app.store.entries(requestId)).map(entryView);
}

/** Events after a log index, without arguments: what happened to which request. */
export async function eventsAfter(
  app: App,
  after: number,
  limit: number,
): Promise<readonly EventView[]> {
  return (await app.store.entriesAfter(after, limit)).map(eventView);
}

function entryView(entry: SealedEntry): EntryView {
  const { logIndex, stream, sequence, kind, at, actor, canonical, hash } = entry;
  return { index: logIndex, stream, sequence, kind, at, actor, canonical, hash };
}

function eventView(entry: SealedEntry): EventView {
  const { logIndex, stream, sequence, kind, at, data } = entry;
  const { to } = data;
  return {
    index: logIndex,
    stream,
    sequence,
    kind,
    at,
    request_id: stream.startsWith("req_") ? stream : null,
    // `to` is a status wherever an entry has it; see `entryOf`.
    status: typeof to === "string" ? (to as RequestStatus) : null,
  };
}
