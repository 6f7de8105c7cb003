/** An operator registers an identity and gives it a key, and the key works. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat } from "../testing/seat.ts";

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

describe.each(MODES)("by %s", (mode) => {
  it("register an identity and its key, which is shown once", async () => {
    const id = `buyer-${mode}`;
    await atSeat(house, { mode, person: "operator-1" }, async ({ open, page, hands }) => {
      await open("/identities");
      await hands.press("button", "Register an identity");
      await hands.write("Id", id, { inDialog: true });
      await hands.write("Type", "agent", { inDialog: true });
      await hands.write("Owner", "chen", { inDialog: true });
      await hands.press("button", "Register", { inDialog: true });
      await hands.press("button", "Issue a key", {
        within: page
          .getByRole("main")
          .locator("section, article, li, tr")
          .filter({ hasText: id })
          .last(),
      });
      await hands.press("button", "Issue", { inDialog: true });
      const shown = page.getByText(/hpk_[\w-]{40,}/).first();
      await shown.waitFor();
      const key = /hpk_[\w-]{40,}/.exec((await shown.textContent()) ?? "")?.[0] ?? "";
      const errand = await send(house.agent(key), { action: "jobs.run" });
      expect(await errand.end).toBe("done");
      await page.reload();
      await page.getByText(id).first().waitFor();
      expect(await page.content()).not.toContain(key);
    });
    const identity = await house.person("operator-1").identities.get(id);
    expect(identity).toMatchObject({ id, type: "agent", owner: "chen" });
    expect(identity.keys).toHaveLength(1);
  });
});
