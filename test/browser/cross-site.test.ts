/** T16: a page of another origin decides nothing, in a real browser and with a real session. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, type Errand } from "./testing/errand.ts";
import { openHouse, type House } from "./testing/house.ts";
import { atSeat } from "./testing/seat.ts";
import { post } from "./tasks/asked.ts";

let house: House;
let attacker: Server;
let port = 0;
let errand: Errand;
let digest = "";

beforeAll(async () => {
  house = await openHouse();
  attacker = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Win</title>');
  });
  await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
  port = (attacker.address() as AddressInfo).port;
  errand = await send(house.agent(), post());
  digest = (await house.agent().get(errand.id)).revision.digest;
});
afterAll(async () => {
  attacker.close();
  await house.close();
});

/** What somebody else's page would like to do as whoever looks at it. */
const wishes = (): readonly (readonly [path: string, body: object])[] => [
  [`/v1/requests/${errand.id}/reviews`, { verdict: "approve", digest }],
  [`/v1/requests/${errand.id}/interrupt`, { reason: "because" }],
  ["/v1/reviews", { verdict: "approve", items: [{ id: errand.id, digest }] }],
  ["/v1/me/passkeys/options", {}],
  ["/v1/halts", { scope: { kind: "everything" }, reason: "because" }],
  ["/v1/sign-out", {}],
  ["/v1/me/sign-out-everywhere", {}],
  ["/v1/sign-in/development", { person: "operator-1" }],
];

/** By form: what is posted is text that happens to be JSON; the browser shows the answer. */
async function byForm(page: Page, url: string, body: object): Promise<string> {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
  const left = page.waitForURL(url, { waitUntil: "commit" });
  await page.evaluate(
    ([action, text]) => {
      const form = document.createElement("form");
      form.method = "POST";
      form.action = action!;
      form.enctype = "text/plain";
      const field = document.createElement("input");
      field.name = `${text!.slice(0, -1)}${text === "{}" ? "" : ","}"x":"`;
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      form.submit();
    },
    [url, JSON.stringify(body)],
  );
  await left;
  return `${(await answered).status()} ${await page.locator("body").innerText()}`;
}

/** By script: the answer stays hidden from it, but it was sent, with the cookie. */
async function byFetch(page: Page, url: string, body: object): Promise<void> {
  await page.evaluate(
    async ([to, text]) => {
      for (const mode of ["no-cors", "cors"] as const) {
        const sent = { method: "POST", mode, credentials: "include", body: text! } as const;
        await fetch(to!, { ...sent, headers: { "content-type": "text/plain" } }).catch(() => null);
        await fetch(to!, { ...sent, headers: { "content-type": "application/json" } }).catch(
          () => null,
        );
      }
    },
    [url, JSON.stringify(body)],
  );
}

async function bySendBeacon(page: Page, url: string, body: object): Promise<void> {
  await page.evaluate(
    ([to, text]) => navigator.sendBeacon(to!, text!),
    [url, JSON.stringify(body)],
  );
}

// The other port of `localhost` is the same site: the browser sends a SameSite=Strict cookie along.
describe.each([
  ["localhost", /^403 .*"cross_site"/],
  ["127.0.0.1", /^(401 .*"unauthenticated"|403 .*"cross_site")/],
])("a page on another port of %s", (host, refusal) => {
  it("decides nothing by form, fetch or beacon", async () => {
    const origin = `http://${host}:${port}`;
    await atSeat({ url: origin }, { mode: "keyboard", expected: [/./] }, async (seat) => {
      const { context, page } = seat;
      const signedIn = await context.request.post(`${house.url}/v1/sign-in/development`, {
        data: { person: "ana" },
        headers: { origin: house.url },
      });
      expect(signedIn.status()).toBe(200);
      const before = withoutTimes(house.everything());
      for (const [path, body] of wishes()) {
        const url = `${house.url}${path}`;
        await page.goto(`${origin}/`);
        await bySendBeacon(page, url, body);
        await byFetch(page, url, body);
        // Refused for where it comes from, before anything else of it is looked at.
        expect.soft(await byForm(page, url, body), path).toMatch(refusal);
      }
      expect(withoutTimes(house.everything())).toBe(before);
      const me = await context.request.get(`${house.url}/v1/me`);
      expect(me.status()).toBe(200);
      expect((await house.agent().get(errand.id)).status).toBe("held");
      seat.watched.forget();
    });
  });
});

describe("a page of ours", () => {
  it("is shown in no frame of somebody else's", async () => {
    const origin = `http://localhost:${port}`;
    await atSeat(
      { url: origin },
      { mode: "keyboard", expected: [/./] },
      async ({ page, watched }) => {
        await page.goto(`${origin}/`);
        await page.evaluate((src) => {
          const frame = document.createElement("iframe");
          frame.src = src;
          document.body.append(frame);
        }, `${house.url}/inbox`);
        await page.waitForTimeout(500);
        const shown = await page
          .frames()
          .at(-1)!
          .evaluate(() => document.body.innerText);
        expect(shown).not.toMatch(/Inbox/);
        watched.forget();
      },
    );
  });
});

/** Looking is noted at the session; what is compared is what was decided. */
function withoutTimes(everything: string): string {
  return everything.replaceAll(/"last_seen_at":\d+/g, "");
}
