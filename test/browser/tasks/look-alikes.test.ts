/** What would do the same is read once and said no to once, and each is decided by itself (T20). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, type Errand } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat } from "../testing/seat.ts";
import { post } from "./asked.ts";
import { linkTo, openCard } from "./cards.ts";

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const statusOf = async (id: string): Promise<string> => (await house.agent().get(id)).status;

async function sendAlike(count: number): Promise<readonly Errand[]> {
  const wanted = post();
  const errands: Errand[] = [];
  for (let time = 1; time <= count; time += 1) {
    const context = { justification: `try ${time}`, session: `s-${time}` };
    errands.push(await send(house.agent(), { ...wanted, context }));
  }
  return errands;
}

async function withdraw(errands: readonly Errand[]): Promise<void> {
  for (const { id, end } of errands) {
    await house.agent().withdraw(id);
    await end;
  }
}

describe.each(MODES)("by %s", (mode) => {
  it("reject all that are alike with one reason (T20, T35)", async () => {
    const errands = await sendAlike(3);
    await atSeat(house, { mode, person: "bo" }, async ({ open, page, hands }) => {
      await open("/inbox");
      await hands.press("button", "Reject all 3");
      await hands.write("Reason", "The agent loops", { inDialog: true });
      await hands.press("button", "Reject these", { inDialog: true });
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
    for (const { id, end, ran } of errands) {
      expect(await end).toMatch(/^Rejected: .*The agent loops/);
      expect(await statusOf(id)).toBe("rejected");
      expect(ran).toEqual([]);
    }
  });

  it("open them, and approve one: only that one happens", async () => {
    const [first, second, third] = await sendAlike(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("few");
    await atSeat(house, { mode, person: "bo" }, async (seat) => {
      await seat.open("/inbox");
      await seat.hands.press("button", /^3 alike/);
      const list = seat.page.getByRole("list", { name: /^Like / });
      expect(await list.getByRole("listitem").count()).toBe(3);
      await list.locator(linkTo(seat.page, second.id)).waitFor();
      await openCard(seat, second.id);
      await seat.page.getByText(/2 more like this wait from the same agent/).waitFor();
      await linkTo(seat.page, third.id).first().waitFor();
      await seat.hands.press("button", "Approve", { key: "a" });
      await expect(second.end).resolves.toBe("done");
    });
    expect([await statusOf(first.id), await statusOf(third.id)]).toEqual(["held", "held"]);
    expect([...first.ran, ...third.ran]).toEqual([]);
    await withdraw([first, third]);
  });
});

it("what arrives meanwhile moves nothing and joins no row until it is asked for (invariant 7)", async () => {
  const wanted = post();
  const errands = [await send(house.agent(), wanted), await send(house.agent(), wanted)];
  await atSeat(house, { mode: "keyboard", person: "bo" }, async ({ open, page }) => {
    await open("/inbox");
    const turn = page.getByRole("button", { name: /^2 alike/ });
    await turn.press("Enter");
    const list = page.getByRole("list", { name: /^Like / });
    const link = list.locator(linkTo(page, errands[1]?.id ?? ""));
    await link.focus();
    const before = await link.boundingBox();
    errands.push(await send(house.agent(), wanted));
    await page.getByRole("button", { name: /^1 new/ }).waitFor();
    expect(await link.boundingBox()).toEqual(before);
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await turn.count()).toBe(1);
    await page.keyboard.press("n");
    await page.getByRole("button", { name: /^3 alike/ }).waitFor();
  });
  await withdraw(errands);
});
