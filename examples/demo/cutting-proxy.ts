/**
 * A network that loses one answer: passes everything on, and hangs up on the caller instead of
 * handing over the server's first answer to a redemption. The server has committed it by then.
 */
import { createServer, request as call, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface CuttingProxy {
  readonly url: string;
  /** How many answers were lost, and how many redemptions came through. */
  readonly lost: () => number;
  readonly redemptions: () => number;
  readonly close: () => void;
}

export async function cuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(serverUrl);
  let lost = 0;
  let redemptions = 0;
  const server: Server = createServer((request, response) => {
    const { method, url: path = "", headers } = request;
    const isRedemption = method === "POST" && /\/redeem(\?|$)/.test(path);
    const upstream = call({ hostname, port, method, path, headers }, (answer) => {
      if (isRedemption) redemptions += 1;
      if (isRedemption && lost === 0) {
        lost += 1;
        answer.resume();
        answer.once("end", () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.once("error", () => request.socket.destroy());
    response.once("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    redemptions: () => redemptions,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
