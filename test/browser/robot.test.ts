/** T16: whoever follows every link that the server gives anybody, signed in as a reviewer, changes nothing. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import { runBinary } from "../cli/testing/binary.ts";
import { until } from "../http/testing/until.ts";
import { send } from "./testing/errand.ts";
import { childEnvironment, openHouse, type House } from "./testing/house.ts";
import { contentIsThere } from "./testing/in-page.ts";
import { atSeat } from "./testing/seat.ts";
import { closing, endlessJob, payment, post, rotation } from "./tasks/asked.ts";

let house: House;
/** Where the server tells of what is new: the bodies of its messages. */
let messages: string[];
let listener: Server;
const ids: string[] = [];

beforeAll(async () => {
  messages = [];
  listener = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      messages.push(text);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  house = await openHouse({ settings: notifyBy(`http://127.0.0.1:${port}/`) });
  const agent = house.agent();
  for (const wanted of [payment(), post(), rotation(), closing(), endlessJob()]) {
    ids.push((await send(agent, wanted)).id);
  }
  const rejected = await send(agent, payment());
  ids.push(rejected.id);
  const { digest } = (await agent.get(rejected.id)).revision;
  await house.person("ana").review(rejected.id, { verdict: "reject", digest, reason: "No" });
  await house.person("operator-1").halt({ scope: { kind: "action", id: "x" }, reason: "A drill" });
});
afterAll(async () => {
  await house.close();
  listener.close();
});

const notifyBy = (webhookUrl: string) => ({
  // What the agent that runs sends by itself must not be taken for what looking did.
  limits: { lease: "20m", heartbeat: "10m" },
  notify: {
    webhook_url: webhookUrl,
    webhook_secret: "whsec_bm90aGluZy1idXQtYS10ZXN0cy1zZWNyZXQtMTIz",
  },
});

const QUIET_MS = 1_000;
const PAGES = [
  "/",
  "/inbox",
  "/running",
  "/history",
  "/identities",
  "/policies",
  "/analytics",
  "/me",
  "/sign-in",
  "/setup",
  "/cli",
];

/** Everything that somebody could take for an address of this server. */
function addressesIn(text: string): readonly string[] {
  const absolute = text.match(/https?:\/\/(?:localhost|127\.0\.0\.1):\d+[^\s"'<>\\)\]}`]*/g) ?? [];
  const relative = text.match(/(?<=["'(\s=])\/(?:v1|r|auth|assets)\/[^\s"'<>\\)\]}`]*/g) ?? [];
  const ours = absolute.filter((url) => new URL(url).port === new URL(house.url).port);
  return [...ours.map((url) => url.replace(/^https?:\/\/[^/]+/, "") || "/"), ...relative];
}

describe("a robot with a reviewer's cookie", () => {
  it("follows every link by GET and HEAD, and nothing changes", async () => {
    await atSeat(
      house,
      { mode: "keyboard", person: "ana", expected: [/status of 40[034]/] },
      async ({ open, page, context }) => {
        const links = new Set<string>(PAGES);
        const note = (text: string): void => addressesIn(text).forEach((link) => links.add(link));

        // What pages show.
        for (const path of [...PAGES, ...ids.map((id) => `/r/${id}`)]) {
          await open(path);
          await page.evaluate(contentIsThere);
          const shown = await page.evaluate(() =>
            [...document.querySelectorAll("[href], [src], [action], [formaction]")].flatMap(
              (each) =>
                ["href", "src", "action", "formaction"].flatMap(
                  (name) => each.getAttribute(name) ?? [],
                ),
            ),
          );
          shown.forEach((link) => note(` ${link} `));
          shown.filter((link) => link.startsWith("/")).forEach((link) => links.add(link));
          note(await page.content());
        }
        // What the server answers, wherever it answers anything.
        const cookie = (await context.cookies())
          .map(({ name, value }) => `${name}=${value}`)
          .join("; ");
        const ask = (method: string, path: string): Promise<Response> =>
          fetch(`${house.url}${path}`, { method, headers: { cookie }, redirect: "manual" });
        for (const path of addressesOfRoutes()) {
          links.add(path);
          note(await (await ask("GET", path)).text());
        }
        // What it tells: on the command line, by message, and what it keeps to tell.
        note(house.process.text());
        for (const command of [["inbox"], ["show", ids[0]!], ["show", ids.at(-1)!], ["halts"]]) {
          const args = [...command, "--as", "ana", "--data", house.folder];
          const { out, err } = await runBinary(args, {
            cwd: house.folder,
            env: childEnvironment(),
          });
          note(out + err);
        }
        messages.forEach(note);
        note(house.everything());
        await until(() => messages.join()).toContain(`/r/${ids[0]}`);

        await settled();
        const before = whatWasDecided();
        const paths = [...links].map((link) => link.split("#", 1)[0] ?? "/");
        const failed: string[] = [];
        for (const path of new Set(paths)) {
          for (const method of ["GET", "HEAD"]) {
            const answer = await ask(method, path);
            // A stream has no end to wait for.
            await (path.startsWith("/v1/events") ? answer.body?.cancel() : answer.text());
            if (answer.status >= 500) failed.push(`${method} ${path}: ${answer.status}`);
          }
        }
        expect(failed).toEqual([]);
        for (const id of ids) expect(paths.filter((path) => path.includes(id))).not.toEqual([]);
        expect(links.size).toBeGreaterThan(60);
        expect(whatWasDecided()).toBe(before);
      },
    );
  }, 120_000);
});

/** Every address that answers to GET, with ids that exist; but the stream, which does not end. */
function addressesOfRoutes(): readonly string[] {
  const looked = ROUTES.filter(({ method, stream }) => method === "GET" && stream === null);
  const paths = looked.flatMap(({ path }) =>
    ids.map((id) =>
      path
        .replace("/v1/requests/:id", `/v1/requests/${id}`)
        .replace("/v1/identities/:id", "/v1/identities/dev-agent")
        .replaceAll(/:\w+/g, "x"),
    ),
  );
  return [...new Set(paths)];
}

/** Whoever looks is noted as having been there; nothing else may differ by one byte. */
function whatWasDecided(): string {
  return house.everything().replaceAll(/"last_seen_at":\d+/g, "");
}

/** What pages noted when they were looked at, and what was told of it, is written by now. */
async function settled(): Promise<void> {
  let last = "";
  let sameSince = performance.now();
  await until(() => {
    const now = whatWasDecided();
    if (now !== last) sameSince = performance.now();
    last = now;
    return performance.now() - sameSince;
  }).toBeGreaterThan(QUIET_MS);
}
