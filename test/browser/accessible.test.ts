/** axe-core finds nothing on any page, in light, dark, right-to-left and 320 px wide. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "./testing/errand.ts";
import { openHouse, type House } from "./testing/house.ts";
import { contentIsThere, drawn, goTo, headingIsThere, widerThanWindow } from "./testing/in-page.ts";
import { takeSeat, type Seat } from "./testing/seat.ts";
import { closing, endlessJob, order, payment, post, rotation } from "./tasks/asked.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let house: House;
const ids: Record<string, string> = {};

beforeAll(async () => {
  house = await openHouse();
  const agent = house.agent();
  ids["held"] = (await send(agent, payment())).id;
  ids["editable"] = (await send(agent, order())).id;
  ids["low"] = (await send(agent, post())).id;
  const alike = post();
  for (let time = 0; time < 3; time += 1) ids["alike"] = (await send(agent, alike)).id;
  ids["two"] = (await send(agent, rotation())).id;
  ids["high"] = (await send(agent, closing())).id;
  ids["running"] = (await send(agent, endlessJob())).id;
  const rejected = await send(agent, payment());
  ids["rejected"] = rejected.id;
  const { digest } = (await agent.get(rejected.id)).revision;
  await house.person("ana").review(rejected.id, { verdict: "reject", digest, reason: "No" });
  // Tools that no rule is about, one of them with a name that hides something.
  for (const action of ["tenants.delete", "tenants.\u202eexport"]) await send(agent, { action });
  await house.person("operator-1").halt({ scope: { kind: "action", id: "x" }, reason: "A drill" });
});
afterAll(() => house.close());

interface Variant {
  readonly name: string;
  readonly apply: (page: Page) => Promise<unknown>;
}

/** A card's buttons do nothing for half a second after it changed. */
const CARD_SETTLES_MS = 650;
const WIDE = { width: 1280, height: 900 };
const setDirection = (page: Page, direction: string) =>
  page.evaluate((dir) => (document.documentElement.dir = dir), direction);

/** One after the other on the same page; each takes back what the one before it changed. */
const VARIANTS: readonly Variant[] = [
  { name: "light", apply: (page) => page.emulateMedia({ colorScheme: "light" }) },
  { name: "dark", apply: (page) => page.emulateMedia({ colorScheme: "dark" }) },
  {
    name: "right-to-left",
    apply: async (page) => {
      await page.emulateMedia({ colorScheme: "light" });
      await setDirection(page, "rtl");
    },
  },
  {
    name: "320 px",
    apply: async (page) => {
      await setDirection(page, "ltr");
      await page.setViewportSize({ width: 320, height: 640 });
    },
  },
];

interface Shown {
  readonly name: string;
  readonly person?: string;
  readonly path: () => string;
  /** What to press so that it is seen, and before that. */
  readonly button?: string | RegExp;
  readonly before?: string;
  /** What it shows then; default: a dialog. */
  readonly shows?: readonly [role: "region" | "list", name: string | RegExp];
}

const card = (kind: string) => () => `/r/${ids[kind]}`;

const PAGES: readonly Shown[] = [
  { name: "sign-in", path: () => "/sign-in" },
  { name: "setup", path: () => "/setup#token=none" },
  { name: "inbox", person: "ana", path: () => "/inbox" },
  {
    name: "look-alikes",
    person: "ana",
    path: () => "/inbox",
    button: /^3 alike/,
    shows: ["list", /^Like /],
  },
  {
    name: "look-alikes to reject",
    person: "ana",
    path: () => "/inbox",
    button: "Reject all 3",
  },
  { name: "card of a look-alike", person: "ana", path: card("alike") },
  { name: "empty inbox", person: "chen", path: () => "/inbox" },
  { name: "card", person: "ana", path: card("held") },
  { name: "approve dialog", person: "ana", path: card("held"), button: "Approve" },
  { name: "reject dialog", person: "ana", path: card("held"), button: "Reject" },
  { name: "edit form", person: "ana", path: card("editable"), button: "Edit" },
  { name: "card of two", person: "dee", path: card("two") },
  { name: "card of high risk", person: "fay", path: card("high") },
  { name: "card that was rejected", person: "ana", path: card("rejected") },
  { name: "card that runs", person: "operator-1", path: card("running") },
  { name: "card that is not there", person: "ana", path: () => "/r/req_none" },
  { name: "running", person: "operator-1", path: () => "/running" },
  { name: "stop dialog", person: "operator-1", path: () => "/running", button: "STOP" },
  { name: "history", person: "ana", path: () => "/history" },
  { name: "identities", person: "operator-1", path: () => "/identities" },
  {
    name: "register dialog",
    person: "operator-1",
    path: () => "/identities",
    button: "Register an identity",
  },
  { name: "policies", person: "ana", path: () => "/policies" },
  { name: "policies to change", person: "operator-1", path: () => "/policies" },
  {
    name: "a policy that was tried",
    person: "operator-1",
    path: () => "/policies",
    before: "Start from the one in force",
    button: "Try it",
    shows: ["region", "What would be different"],
  },
  { name: "a version", person: "ana", path: () => "/policies", button: /^Show version/ },
  { name: "analytics", person: "operator-2", path: () => "/analytics" },
  { name: "you", person: "ana", path: () => "/me" },
  { name: "cli", person: "ana", path: () => "/cli" },
];

/** Seats are kept: a page is gone to as a link does, and axe is there already. */
const seats = new Map<string, Promise<Seat>>();

function seatOf(person: string | undefined): Promise<Seat> {
  const taken = seats.get(person ?? "");
  if (taken !== undefined) return taken;
  const seat = takeSeat(house, {
    mode: "keyboard",
    ...(person === undefined ? {} : { person }),
    // Some of these pages are of things that are not there.
    expected: [/status of 40[0134]/],
  }).then(async (ready) => {
    await ready.open(person === undefined ? "/sign-in" : "/me");
    await ready.page.evaluate(AXE);
    return ready;
  });
  seats.set(person ?? "", seat);
  return seat;
}

afterAll(async () => {
  for (const seat of seats.values()) await (await seat).context.close();
});

describe.each(PAGES)("$name", ({ person, path, before, button, shows }) => {
  it("has no finding", async () => {
    const { page, watched } = await seatOf(person);
    await page.setViewportSize(WIDE);
    await page.evaluate(goTo, path());
    await page.waitForFunction(headingIsThere);
    await page.evaluate(contentIsThere);
    if (button !== undefined) {
      await page.waitForTimeout(CARD_SETTLES_MS);
      for (const name of before === undefined ? [button] : [before, button]) {
        const exact = typeof name === "string";
        await page.getByRole("button", { name, exact }).first().press("Enter");
      }
      if (shows === undefined) await page.getByRole("dialog").waitFor();
      else await page.getByRole(shows[0], { name: shows[1] }).waitFor();
    }
    for (const { name, apply } of VARIANTS) {
      await apply(page);
      await page.evaluate(contentIsThere);
      // Some colours are those of the theme before until the next frame.
      await page.evaluate(drawn);
      expect(await findingsOn(page), name).toEqual([]);
      expect(await page.evaluate(widerThanWindow), `${name}: wider than the window`).toBe(0);
    }
    await setDirection(page, "ltr");
    watched.expectQuiet();
  });
});

async function findingsOn(page: Page): Promise<readonly string[]> {
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ["violations"],
    }),
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")} ${failureSummary}`,
    ),
  );
}
