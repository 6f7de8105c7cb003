/** Calls of an HTTP API over kept connections, as cheap as a client can be: undici without fetch. */
import { Pool } from "undici";

export interface HttpCaller {
  /** POSTs JSON and gives the body of the answer; anything but 2xx throws. */
  post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

export function httpCaller(url: string, connections: number): HttpCaller {
  const pool = new Pool(url, { connections, pipelining: 1 });
  return {
    async post(path, body, headers) {
      const answer = await pool.request({
        method: "POST",
        path,
        body,
        headers: { "content-type": "application/json", ...headers },
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
      return text;
    },
    close: () => pool.close(),
  };
}
