/** A policy is published with its replay: one person proposes it, another one puts it in force. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../http/testing/until.ts";
import { send } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { HOUSE_POLICY } from "../testing/house-policy.ts";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat } from "../testing/seat.ts";
import { linkTo } from "./cards.ts";

/** Holds everything; JSON is YAML, and short enough to be typed. */
const NEXT = JSON.stringify({
  version: 1,
  default: { decision: "hold", approvers: "group:finance", owner: "chen", deadline: "4h" },
  groups: { finance: ["ana", "bo"] },
});

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const inForce = async (): Promise<string> =>
  (await house.person("operator-1").policies.current()).text;

describe.each(MODES)("by %s", (mode) => {
  it("publish a policy with replay: proposed by one person, put in force by another (T40)", async () => {
    const job = await send(house.agent(), { action: "jobs.run" });
    expect(await job.end).toBe("done");
    let link = "";
    await atSeat(
      house,
      { mode, person: "operator-1", expected: [/status of 422/] },
      async ({ open, page, hands }) => {
        await open("/policies");
        await hands.write("Policy", `${NEXT.slice(0, -1)},"rulez":[]}`);
        await hands.press("button", "Try it");
        const refused = page.getByRole("alert").filter({ hasText: "rulez" });
        await refused.waitFor();
        expect(await refused.innerText()).toMatch(/1:\d+[\s\S]*\^/);
        await hands.write("Policy", NEXT);
        await hands.write("Why", "Nights are supervised now");
        await hands.press("button", "Try it");
        const result = page.getByRole("region", { name: "What would be different" });
        await result.waitFor();
        expect(await result.innerText()).toContain("- rule jobs");
        expect(await result.innerText()).toMatch(/Held that was allowed: \d+/);
        await hands.press("button", "Propose it");
        const proposed = page.getByRole("status").filter({ hasText: "Nothing has changed yet" });
        await proposed.waitFor();
        link = (await proposed.getByRole("link").getAttribute("href")) ?? "";
      },
    );
    expect(await inForce()).toBe(HOUSE_POLICY);
    await atSeat(house, { mode, person: "operator-2" }, async ({ open, page, hands }) => {
      await open("/inbox");
      const id = link.replace("/r/", "");
      const row = page.getByRole("listitem").filter({ has: linkTo(page, id) });
      await hands.press("link", /./, { within: row });
      await page.getByRole("heading", { name: /Publish policy/ }).waitFor();
      const card = page.getByRole("main");
      await card
        .getByText(/Held that was allowed: \d+/)
        .first()
        .waitFor();
      await card.getByText("- rule jobs").first().waitFor();
      await hands.press("button", "Approve", { key: "a" });
      await hands.write("Reason", "As agreed", { inDialog: true });
      await hands.press("button", "Approve exactly this", { inDialog: true });
      await until(inForce).toBe(NEXT);
      await open("/policies");
      await page.getByText("approved by a second person").first().waitFor();
      await hands.press("button", /^Show version/, {
        within: page.getByRole("listitem").filter({ hasText: "the first, at set-up" }),
      });
      await hands.press("button", "Propose it again", { inDialog: true });
      expect(await page.getByRole("textbox", { name: "Policy" }).inputValue()).toBe(HOUSE_POLICY);
    });
    await house.person("operator-1").policies.publish(HOUSE_POLICY, { live: true });
  });
});
