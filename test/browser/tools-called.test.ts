/** The page of policies says what agents call, what no rule is about first. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "../http/testing/until.ts";
import { payment, post } from "./tasks/asked.ts";
import { send } from "./testing/errand.ts";
import { HOUSE_POLICY } from "./testing/house-policy.ts";
import { openHouse, type House } from "./testing/house.ts";
import { contentIsThere, widerThanWindow } from "./testing/in-page.ts";
import { atSeat } from "./testing/seat.ts";

const HOSTILE = "tenants.\u202eexport";
const RULE = `
  - id: tenants
    why: No agent deletes a tenant
    match: { action: tenants.delete }
    decision: deny
`;

let house: House;
beforeAll(async () => {
  house = await openHouse();
  const agent = house.agent();
  const args = { tenant: "globex", note: "pat@evil.example" };
  await send(agent, { action: "tenants.delete", args });
  await send(agent, { action: HOSTILE, args });
  await send(agent, payment());
  await send(agent, post());
});
afterAll(() => house.close());

it("lists what agents call, what no rule is about first, and nothing of the arguments (T21, T28)", async () => {
  await atSeat(house, { mode: "keyboard", person: "ana" }, async ({ open, page }) => {
    await open("/policies");
    const table = page.getByRole("region", { name: "Tools that agents call" }).getByRole("table");
    const rows = table.getByRole("row");
    await rows.nth(1).waitFor();
    const names = await table.getByRole("rowheader").allInnerTexts();
    expect(names.slice(0, 2).sort()).toEqual(["tenants.delete", "tenants.«U+202E»export"]);
    expect(await rows.nth(1).innerText()).toContain("only the default");
    const deletion = rows.filter({ hasText: "tenants.delete" });
    expect(await deletion.innerText()).toMatch(/destruction[^]*cooperative/);
    const transfer = rows.filter({ hasText: "payments.transfer" });
    expect(await transfer.innerText()).toMatch(/spend[^]*\bpayments\b/);
    for (const hidden of ["globex", "evil.example", "48200"]) {
      expect(await table.innerText()).not.toContain(hidden);
    }
    // Once a rule is about it, it is no longer first.
    await house.person("operator-1").policies.publish(HOUSE_POLICY + RULE, { live: true });
    await open("/policies");
    await until(async () => (await deletion.innerText()).includes("only the default")).toBe(false);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.evaluate(contentIsThere);
    expect(await page.evaluate(widerThanWindow)).toBe(0);
  });
});
