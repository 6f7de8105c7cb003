/** A reader of server-sent events on a real connection, event by event. */

export interface Heard {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly index: number; readonly request_id: string | null };
}

export interface EventReader {
  readonly response: Response;
  /** The next event. Rejects once the stream has ended. */
  next(): Promise<Heard>;
  /** The next comment. */
  comment(): Promise<string>;
  /** Resolves when the server ends the stream. */
  ended(): Promise<void>;
  close(): void;
}

export async function readEvents(
  url: string,
  options: {
    readonly token?: string;
    readonly cookie?: string;
    readonly lastEventId?: number | string;
  },
): Promise<EventReader> {
  const abort = new AbortController();
  const { token, cookie, lastEventId } = options;
  const response = await fetch(`${url}/v1/events`, {
    signal: abort.signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) }),
    },
  });
  const blocks = blocksOf(response);
  const matching = async (wanted: (block: string) => boolean): Promise<string> => {
    for (;;) {
      const { value, done } = await blocks.next();
      if (done === true) throw new Error("the stream has ended");
      if (wanted(value)) return value;
    }
  };
  return {
    response,
    next: async () => parsed(await matching((block) => /^data:/m.test(block))),
    comment: () => matching((block) => block.startsWith(":")),
    ended: async () => {
      while ((await blocks.next()).done !== true);
    },
    close: () => abort.abort(),
  };
}

async function* blocksOf(response: Response): AsyncGenerator<string, undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    let end = text.indexOf("\n\n");
    while (end !== -1) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
      end = text.indexOf("\n\n");
    }
  }
  return undefined;
}

function parsed(block: string): Heard {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
  return {
    id: Number(field("id")),
    event: field("event"),
    data: JSON.parse(field("data")) as Heard["data"],
  };
}
