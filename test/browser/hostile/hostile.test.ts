/**
 * T18: what a card shows is all of what would run, whatever an agent sends. Many payloads go through
 * one page, as links of the inbox lead from card to card; the campaign takes many more.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat, hostsAskedFor } from "../testing/seat.ts";
import { decode, everythingIn } from "./decode.ts";
import { appearanceOf, goToCard, type Appearance } from "./on-page.ts";
import { HOSTILE_HOST, hostilePayload, type Payload } from "./payloads.ts";

const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const SHORT = isCampaign ? 10_000 : 300;
const LONG = isCampaign ? 200 : 2;
const LONG_BYTES = 65_536;
const SUBMITTED_AT_ONCE = 8;
const CARD_MS = 15_000;
/** So many are held at once, as on a bad day; a page is open for them. */
const PORTION = 500;
/** How many faulty payloads are told of; each says its seed. */
const TOLD_MAX = 5;
/** Seeds by which the campaign found something: right-to-left letters in the name of a field. */
const ONCE_FOUND = [1_809, 4_747];
const PATIENCE_MS = isCampaign ? 20 * 60_000 : 5 * 60_000;

let house: House;

beforeAll(async () => {
  const limits = {
    held_per_identity_max: 20_000,
    burst_held_max: 0,
    held_bytes_per_identity_max: 1_000_000_000,
  };
  house = await openHouse({ settings: { limits } });
});
afterAll(() => house.close(), PATIENCE_MS);

interface Submitted {
  readonly payload: Payload;
  readonly id: string;
}

async function submitAll(payloads: readonly Payload[]): Promise<readonly Submitted[]> {
  const agent = house.agent();
  const submitted: Submitted[] = [];
  const waiting = [...payloads];
  const work = async (): Promise<void> => {
    for (let payload = waiting.shift(); payload !== undefined; payload = waiting.shift()) {
      const { properties, resource, context } = payload;
      const action = { name: "hostile.act", properties };
      const { request } = await agent.submit({ action, resource, context });
      submitted.push({ payload, id: request.id });
    }
  };
  await Promise.all(Array.from({ length: SUBMITTED_AT_ONCE }, work));
  return submitted.sort((a, b) => a.payload.seed - b.payload.seed);
}

/** Everything that is wrong with how a payload is shown. */
function faultsOf({ payload, id }: Submitted, { text, faults }: Appearance): readonly string[] {
  const said = decode(text);
  const missing = everythingIn(payload).filter((part) => !said.includes(part));
  const about = `seed ${payload.seed} (${id})`;
  return [
    ...faults.map((fault) => `${about}: ${fault}`),
    ...missing.map((part) => `${about}: is not shown: ${JSON.stringify(part.slice(0, 200))}`),
  ];
}

async function look(page: Page, { payload, id }: Submitted): Promise<Appearance> {
  const where = [`/r/${id}`, `payload-${payload.seed}-`, CARD_MS] as const;
  const isThere = await page.evaluate(goToCard, where);
  expect(isThere, `the card of seed ${payload.seed} (${id}), to be approved`).toBe(true);
  return page.locator("main article.card").evaluate(appearanceOf);
}

async function expectShown(payloads: readonly Payload[], mode: "keyboard" | "touch") {
  const all = await submitAll(payloads);
  await atSeat(house, { mode, person: "ana" }, async ({ open, page, watched }) => {
    await open(`/r/${all[0]!.id}`);
    const wrong: string[] = [];
    for (const each of all) {
      wrong.push(...faultsOf(each, await look(page, each)));
      if (wrong.length >= TOLD_MAX) break;
    }
    expect(wrong, wrong.join("\n")).toEqual([]);
    watched.expectQuiet();
    expect(page.url()).toBe(`${house.url}/r/${all.at(-1)!.id}`);
  });
  const agent = house.agent();
  await Promise.all(all.map(({ id }) => agent.withdraw(id)));
  expect((await hostsAskedFor()).filter((host) => host.includes(HOSTILE_HOST))).toEqual([]);
}

const seeds = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

/** All short ones, in portions by their first and last seed. */
const portions = Array.from({ length: Math.ceil(SHORT / PORTION) }, (_, at) => {
  const from = 1 + at * PORTION;
  return [from, Math.min(SHORT, from + PORTION - 1)] as const;
});

describe("a card that is offered for approval", () => {
  it.each(portions)(
    "shows the hostile payloads %i to %i completely, and they do nothing (T18)",
    async (from, last) => {
      const found = from === 1 ? ONCE_FOUND.filter((seed) => seed > last) : [];
      const all = [...seeds(from, last - from + 1), ...found];
      await expectShown(
        all.map((seed) => hostilePayload(seed)),
        "keyboard",
      );
    },
    PATIENCE_MS,
  );

  it(
    `shows ${LONG} of 64 kB completely, on a phone (T18)`,
    async () => {
      const payloads = seeds(500_000, LONG).map((seed) =>
        hostilePayload(seed, { bytes: LONG_BYTES }),
      );
      await expectShown(payloads, "touch");
    },
    PATIENCE_MS,
  );
});

describe("lists of what was asked", () => {
  it.each(["/inbox", "/history"])("hide nothing and do nothing at %s (T18)", async (path) => {
    await submitAll(seeds(1_000_000, 20).map((seed) => hostilePayload(seed)));
    await atSeat(house, { mode: "touch", person: "ana" }, async ({ open, page }) => {
      await open(path);
      await page.getByRole("main").locator('a[href^="/r/"]').first().waitFor();
      const { faults } = await page.getByRole("main").evaluate(appearanceOf);
      // A list may be cut where nothing is approved in it.
      expect(faults.filter((fault) => !/^(cut off|ends in)/.test(fault))).toEqual([]);
    });
  });
});

describe("the decoder of these tests", () => {
  it("reads tokens and counts, and sees when something is missing", () => {
    expect(decode("a«U+202E»b")).toBe("a\u202eb");
    expect(decode("«U+200B» ×65,000!")).toBe(`${"\u200b".repeat(65_000)}!`);
    expect(decode("«U+E0041»«U+000A»")).toBe("\u{e0041}\n");
    const payload = hostilePayload(7);
    // What imitates a token has its first character made one.
    const text = everythingIn(payload).join("|").replaceAll("«U+", "«U+00AB»U+");
    const shown = { text, faults: [] };
    expect(faultsOf({ payload, id: "x" }, shown)).toEqual([]);
    const cut = { ...shown, text: shown.text.slice(0, -1) };
    expect(faultsOf({ payload, id: "x" }, cut)).not.toEqual([]);
  });

  it("is given the same payloads on every machine", () => {
    expect(JSON.stringify(hostilePayload(42))).toBe(JSON.stringify(hostilePayload(42)));
    const long = JSON.stringify(hostilePayload(500_000, { bytes: LONG_BYTES }));
    expect(long.length).toBeGreaterThan(30_000);
  });
});
