/** People stop what runs, what one identity does, and everything: by keyboard, and by touch. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat } from "../testing/seat.ts";
import { endlessJob, payment } from "./asked.ts";
import { openCard } from "./cards.ts";

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const haltsInForce = async () =>
  (await house.person("operator-1").halts()).items.filter(({ active }) => active);

describe.each(MODES)("by %s", (mode) => {
  it("interrupt what runs, and the agent stops", async () => {
    const errand = await send(house.agent(), endlessJob());
    await atSeat(house, { mode, person: "operator-1" }, async (seat) => {
      await seat.open("/running");
      await seat.page.locator(`a[href="/r/${errand.id}"]`).first().waitFor();
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Interrupt", { key: "i" });
      await seat.hands.write("Reason", "The wrong database", { inDialog: true });
      await seat.hands.press("button", "Interrupt now", { inDialog: true });
      expect(await errand.end).toMatch(/^Interrupted: .*The wrong database/);
      await seat.page.getByRole("main").getByText("The wrong database").first().waitFor();
    });
    expect((await house.agent().get(errand.id)).status).toBe("interrupted");
  });

  it("halt an identity: its runs stop and nothing of it starts, until it is lifted (I10)", async () => {
    const errand = await send(house.agent(), endlessJob());
    await atSeat(house, { mode, person: "operator-1" }, async ({ open, page, hands }) => {
      await open("/inbox");
      await hands.press("button", "STOP", { key: "!" });
      await hands.tick("radio", "An identity", { inDialog: true });
      await hands.write("Identity", "dev-agent", { inDialog: true });
      await hands.write("Reason", "It orders twice", { inDialog: true });
      await hands.press("button", "Halt", { inDialog: true });
      expect(await errand.end).toMatch(/^Interrupted: /);
      expect((await haltsInForce()).map(({ scope }) => scope)).toEqual([
        { kind: "identity", id: "dev-agent" },
      ]);
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await open("/running");
      await hands.press("button", "Lift the halt of identity dev-agent");
      await hands.write("Reason", "It was fixed", { inDialog: true });
      await hands.press("button", "Lift halt", { inDialog: true });
      await expect.poll(haltsInForce).toEqual([]);
    });
    const after = await send(house.agent(), { ...endlessJob(), isEndless: false });
    expect(await after.end).toBe("done");
  });

  it("halt everything in two key presses and a reason; two people lift it (I10)", async () => {
    const running = await send(house.agent(), endlessJob());
    const held = await send(house.agent(), payment());
    await atSeat(house, { mode, person: "operator-1" }, async ({ open, page, hands }) => {
      await open("/history");
      await hands.press("button", "STOP", { key: "!" });
      await hands.tick("radio", "Everything", { inDialog: true });
      await hands.write("Reason", "We were broken into", { inDialog: true });
      await hands.press("button", "Halt everything", { inDialog: true });
      expect(await running.end).toMatch(/^Interrupted: /);
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await open("/running");
      await hands.press("button", "Lift the halt of everything");
      await hands.write("Reason", "The hole is closed", { inDialog: true });
      await hands.press("button", "Lift halt", { inDialog: true });
      await page.getByRole("main").getByText("The hole is closed").first().waitFor();
    });
    expect(await haltsInForce()).toHaveLength(1);
    await atSeat(house, { mode, person: "operator-2" }, async ({ open, hands }) => {
      await open("/running");
      await hands.press("button", "Lift the halt of everything");
      await hands.write("Reason", "I saw it too", { inDialog: true });
      await hands.press("button", "Lift halt", { inDialog: true });
      await expect.poll(haltsInForce).toEqual([]);
    });
    const after = await send(house.agent(), { ...endlessJob(), isEndless: false });
    expect(await after.end).toBe("done");
    expect(held.ran).toEqual([]);
    await house.agent().withdraw(held.id);
    await held.end;
  });
});
