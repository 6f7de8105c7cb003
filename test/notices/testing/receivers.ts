/** Who is told: a webhook's receiver, a mail server, and a stand-in for Slack's Web API. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly heard: Heard[];
  /** What the next calls are answered, in order; then 200. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: string }[];
  close(): Promise<void>;
}

/** An HTTP server that keeps what it is sent. @param usual its answer where none was set. */
export async function receiver(usual: (heard: Heard) => string = () => ""): Promise<Receiver> {
  const heard: Heard[] = [];
  const answers: Receiver["answers"] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      heard.push(one);
      const answer = answers.shift();
      response.writeHead(answer?.status ?? 200, answer?.headers);
      response.end(answer?.body ?? usual(one));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/**
 * Slack's answers to `chat.postMessage` and `chat.update`, in the shapes its documentation gives
 * (api.slack.com/methods/chat.postMessage, api.slack.com/methods/chat.update).
 */
export function slackStandIn(): Promise<Receiver> {
  let posted = 0;
  return receiver(({ path, body }) => {
    const { ts } = JSON.parse(body) as { ts?: string };
    if (path.endsWith("/chat.update")) {
      return JSON.stringify({ ok: true, channel: "C024BE91L", ts, text: "updated" });
    }
    posted += 1;
    const made = `1795000000.00000${posted}`;
    return JSON.stringify({ ok: true, channel: "C024BE91L", ts: made, message: { ts: made } });
  });
}

export interface Letter {
  readonly to: readonly string[];
  readonly raw: string;
}

export interface MailServer {
  readonly url: string;
  readonly letters: Letter[];
  /** Addresses that are refused for good. */
  readonly refused: Set<string>;
  close(): Promise<void>;
}

/** A real SMTP server on loopback. */
export async function mailServer(): Promise<MailServer> {
  const letters: Letter[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo(address, _session, done) {
      if (!refused.has(address.address)) return done();
      done(Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        letters.push({ to, raw: Buffer.concat(chunks).toString("utf8") });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    refused,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
