/** HTTP as bytes on a socket, so that it can be sent wrong; and the answer, whatever it is. */
import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly tookMs: number;
}

export interface RawRequest {
  /** Request line and headers, without the empty line. */
  readonly head: readonly string[];
  /** Pieces, sent one after the other. */
  readonly body?: readonly (string | Uint8Array)[];
  /** Closes the sending side after the last piece, although more was promised. */
  readonly hangsUp?: boolean;
}

/** Nothing may take longer: the longest wait that is asked for is a second. */
export const ANSWER_MS = 10_000;

/** Null where the connection ended without an answer. @throws Error when nothing ends it in time. */
export function exchange(
  at: { readonly host: string; readonly port: number },
  sent: RawRequest,
): Promise<RawAnswer | null> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ ...at, allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      const said = Buffer.concat(chunks).toString("utf8").slice(0, 200);
      reject(new Error(`no whole answer in ${ANSWER_MS} ms; so far: ${JSON.stringify(said)}`));
    }, ANSWER_MS);
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answerOf(Buffer.concat(chunks), performance.now() - startedAt));
    };
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (isStream(chunk)) finish();
    });
    socket.once("end", finish);
    // The server may close before it has read all of a body it refuses: what it said counts.
    socket.once("error", finish);
    socket.once("connect", () => {
      socket.write(Buffer.from(`${sent.head.join("\r\n")}\r\n\r\n`, "latin1"));
      for (const piece of sent.body ?? []) socket.write(piece);
      if (sent.hangsUp === true) socket.end();
    });
  });
}

function isStream(chunk: Buffer): boolean {
  return chunk.includes("content-type: text/event-stream");
}

function answerOf(bytes: Buffer, tookMs: number): RawAnswer | null {
  if (bytes.length === 0) return null;
  const end = bytes.indexOf("\r\n\r\n");
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const rest = bytes.subarray(end + 4);
  const length = headers.get("content-length");
  const body = length === undefined ? rest : rest.subarray(0, Number(length));
  return { status, headers, body: body.toString("utf8"), tookMs };
}
