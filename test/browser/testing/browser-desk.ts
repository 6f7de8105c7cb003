/**
 * One browser for a whole run of tests. It starts when the first test asks for it, so that runs
 * without browser tests do not pay for it. Chromium's proxy is here too, and lets nothing out: it
 * only notes who was to be spoken to.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type BrowserServer } from "playwright-core";
import type { TestProject } from "vitest/node";
import { buildInbox } from "../../../scripts/inbox/build.ts";
import { chromiumArguments, chromiumPath } from "../../../scripts/browser/chromium.ts";
import { checkout } from "../../planted/plant.ts";
import { buildPlantedPages } from "./planted-pages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `GET /browser`: where to reach it. `GET /outside`: the hosts that anything tried to reach. */
    readonly browserDesk: string;
    /** The folder of pages with a planted bug; null: those that the server serves are shown. */
    readonly plantedPages: string | null;
  }
}

export default async function openDesk(project: TestProject): Promise<() => Promise<void>> {
  // Servers serve what was built when they start.
  await buildInbox(checkout);
  const planted = await buildPlantedPages();
  project.provide("plantedPages", planted?.folder ?? null);
  let browser: Promise<BrowserServer> | null = null;
  const outside = new Set<string>();
  const proxy = createServer((request, response) => {
    outside.add(hostOf(request.url ?? ""));
    response.writeHead(403).end();
  });
  proxy.on("connect", (request, socket) => {
    outside.add(hostOf(`http://${request.url ?? ""}`));
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  const proxyUrl = await listen(proxy);
  const desk = createServer((request, response) => {
    if (request.url === "/outside") {
      response.end(JSON.stringify([...outside]));
      return;
    }
    browser ??= launch(proxyUrl);
    browser.then(
      (server) => response.end(server.wsEndpoint()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide("browserDesk", await listen(desk));
  return async () => {
    await (await browser?.catch(() => null))?.close();
    await planted?.remove();
    for (const server of [desk, proxy]) {
      server.close();
      server.closeAllConnections();
    }
  };
}

function launch(proxy: string): Promise<BrowserServer> {
  return chromium.launchServer({
    executablePath: chromiumPath(),
    args: [...chromiumArguments(proxy)],
    // Tests that take their own time do so on their own.
    handleSIGINT: false,
    host: "127.0.0.1",
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
