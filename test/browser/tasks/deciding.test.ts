/** People decide what an agent asked for: by keyboard alone, and by touch on a phone's screen. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { openHouse, type House } from "../testing/house.ts";
import { atSeat } from "../testing/seat.ts";
import { until } from "../../http/testing/until.ts";
import { order, payment, post, rotation } from "./asked.ts";
import { CONFIRM, linkTo, openCard } from "./cards.ts";

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const statusOf = async (id: string): Promise<string> => (await house.agent().get(id)).status;

/** A page whose answers about a card somebody changes, or holds back, on their way. */
describe("a page that is not told the truth", () => {
  it("decides nothing on a revision that has changed, and says so (T19, T34)", async () => {
    const errand = await send(house.agent(), order());
    const seated = { mode: "keyboard", person: "ana", expected: [/status of 409/] } as const;
    await atSeat(house, seated, async (seat) => {
      await openCard(seat, errand.id);
      // From here on it is told what it knows already.
      const old = await (
        await seat.context.request.get(`${house.url}/v1/requests/${errand.id}/card`)
      ).text();
      await seat.page.route("**/v1/requests/*/card", (route) =>
        route.fulfill({ contentType: "application/json", body: old }),
      );
      const { digest } = (await house.agent().get(errand.id)).revision;
      const set = { "action.properties.amount": "700.00 USD" };
      await house.person("bo").edit(errand.id, { digest, set, reason: "The invoice says 700" });
      await seat.hands.press("button", "Approve", { key: "a" });
      await seat.hands.press("button", "Approve exactly this", { inDialog: true });
      const alert = seat.page.getByRole("alert").filter({ hasText: "Your click changed nothing" });
      await alert.waitFor();
      expect(await alert.innerText()).toContain("700");
    });
    expect((await house.agent().get(errand.id)).status).toBe("held");
    expect(errand.ran).toEqual([]);
    await house.agent().withdraw(errand.id);
    await errand.end;
  });

  it("offers no decision on a card whose content is not what its digest is of (I2, T18)", async () => {
    const errand = await send(house.agent(), order());
    await atSeat(house, { mode: "keyboard", person: "ana" }, async ({ page }) => {
      await page.route("**/v1/requests/*/card", async (route) => {
        const answer = await route.fetch();
        const text = (await answer.text()).replaceAll("48200.00 USD", "48.20 USD");
        await route.fulfill({ response: answer, body: text });
      });
      await page.goto(`${house.url}/r/${errand.id}`);
      await page.getByRole("alert").filter({ hasText: "contradicts itself" }).waitFor();
      expect(await page.getByRole("button", { name: "Approve", exact: true }).count()).toBe(0);
    });
    await house.agent().withdraw(errand.id);
    await errand.end;
  });
});

describe.each(MODES)("by %s", (mode) => {
  it("approve what the inbox shows, and the agent does it", async () => {
    const wanted = payment();
    const errand = await send(house.agent(), wanted);
    await atSeat(house, { mode, person: "ana" }, async ({ open, page, hands }) => {
      await open("/inbox");
      const row = page.getByRole("listitem").filter({ has: linkTo(page, errand.id) });
      await hands.press("link", /./, { within: row });
      await page.getByRole("heading", { name: /48,200/ }).waitFor();
      await hands.press("button", "Approve", { key: "a" });
      await hands.tick("checkbox", CONFIRM, { inDialog: true });
      expect(errand.ran).toEqual([]);
      await hands.press("button", "Approve exactly this", { inDialog: true });
      await page.getByRole("status").filter({ hasText: "Your approval is recorded" }).waitFor();
      await expect(errand.end).resolves.toBe("done");
    });
    expect(errand.ran).toEqual([wanted.args]);
    expect(await statusOf(errand.id)).toBe("succeeded");
  });

  it("approve low risk with one key or one tap", async () => {
    const errand = await send(house.agent(), post());
    await atSeat(house, { mode, person: "bo" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Approve", { key: "a" });
      await expect(errand.end).resolves.toBe("done");
    });
  });

  it("reject, and the agent learns why", async () => {
    const errand = await send(house.agent(), payment());
    await atSeat(house, { mode, person: "ana" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Reject", { key: "r" });
      await seat.hands.write("Reason", "We do not know this account", { inDialog: true });
      await seat.hands.press("button", "Reject", { inDialog: true });
      expect(await errand.end).toMatch(/^Rejected: .*We do not know this account/);
      await seat.page.getByRole("main").getByText("We do not know this account").first().waitFor();
    });
    expect(errand.ran).toEqual([]);
    expect(await statusOf(errand.id)).toBe("rejected");
  });

  it("edit and approve, and the agent does what was edited (I2)", async () => {
    const wanted = order();
    const errand = await send(house.agent(), wanted);
    await atSeat(house, { mode, person: "ana" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Edit", { key: "e" });
      await seat.hands.write(/^amount/, "700.00 USD", { inDialog: true });
      await seat.hands.write("Reason", "The invoice says 700", { inDialog: true });
      await seat.hands.tick("checkbox", "Approve it too", { inDialog: true });
      await seat.hands.press("button", "Save edit", { inDialog: true });
      await expect(errand.end).resolves.toBe("done");
    });
    expect(errand.ran).toEqual([{ ...wanted.args, amount: "700.00 USD" }]);
  });

  it("ask the agent, and read what it says", async () => {
    const questions: string[] = [];
    const agent = house.agent();
    const errand = await send(agent, {
      ...payment(),
      onHeld: ({ question }) => void (question !== null && questions.push(question.text)),
    });
    await atSeat(house, { mode, person: "ana" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Ask the agent", { key: "q" });
      await seat.hands.write("Question", "Which invoice is this for?");
      await seat.hands.press("button", "Ask");
      await until(() => questions).toContain("Which invoice is this for?");
      await agent.answer(errand.id, { text: "Number 7, of <b>May</b>" });
      await seat.page.getByRole("main").getByText("Number 7, of <b>May</b>").first().waitFor();
    });
    await house.person("ana").review(errand.id, {
      verdict: "reject",
      digest: (await agent.get(errand.id)).revision.digest,
      reason: "Paid already",
    });
    expect(await errand.end).toContain("Paid already");
  });

  it("be the second of two, and only then does it happen (I3)", async () => {
    const errand = await send(house.agent(), rotation());
    await atSeat(house, { mode, person: "dee" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Approve", { key: "a" });
      await seat.hands.press("button", "Approve exactly this", { inDialog: true });
      await seat.page
        .getByRole("main")
        .getByText(/1 of 2/)
        .first()
        .waitFor();
    });
    expect(await statusOf(errand.id)).toBe("held");
    expect(errand.ran).toEqual([]);
    await atSeat(house, { mode, person: "eli" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Approve", { key: "a" });
      await seat.hands.press("button", "Approve exactly this", { inDialog: true });
      await expect(errand.end).resolves.toBe("done");
    });
    const { reviews } = await house.agent().get(errand.id);
    expect(reviews.map(({ person, verdict }) => `${person} ${verdict}`)).toEqual([
      "dee approve",
      "eli approve",
    ]);
  });

  it("delegate, and the other person finds it in their inbox", async () => {
    const errand = await send(house.agent(), payment());
    await atSeat(house, { mode, person: "ana" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Delegate", { key: "d" });
      await seat.hands.choose("To", "bo", { inDialog: true });
      await seat.hands.write("Reason", "Bo knows Acme", { inDialog: true });
      await seat.hands.press("button", "Delegate", { inDialog: true });
      await seat.page.getByRole("main").getByText("Bo knows Acme").first().waitFor();
    });
    const entries = await house.person("ana").entries(errand.id);
    expect(entries.items.map(({ kind }) => kind)).toContain("delegated");
    await atSeat(house, { mode, person: "bo" }, async ({ open, page }) => {
      await open("/inbox");
      await page.locator(`a[href="/r/${errand.id}"]`).first().waitFor();
    });
    expect(await statusOf(errand.id)).toBe("held");
  });

  it("find an old decision, who took it and why", async () => {
    const wanted = payment("1234.56 EUR");
    const errand = await send(house.agent(), wanted);
    await house.person("bo").review(errand.id, {
      verdict: "reject",
      digest: (await house.agent().get(errand.id)).revision.digest,
      reason: `Not ${String(wanted.args?.["recipient"])}`,
    });
    await errand.end;
    for (let other = 0; other < 3; other += 1) await send(house.agent(), post());
    await atSeat(house, { mode, person: "ana" }, async ({ open, page, hands }) => {
      await open("/history");
      await hands.write("Search", String(wanted.resource?.id));
      if (mode === "keyboard") await page.keyboard.press("Enter");
      const found = page.getByRole("listitem").filter({ has: linkTo(page, errand.id) });
      await found.waitFor();
      await expect.poll(() => page.getByRole("main").locator('a[href^="/r/"]').count()).toBe(1);
      await hands.press("link", /./, { within: found });
      await page
        .getByRole("main")
        .getByText(`Not ${String(wanted.args?.["recipient"])}`)
        .first()
        .waitFor();
      await page
        .getByRole("main")
        .getByText(/\bbo\b/)
        .first()
        .waitFor();
    });
  });
});
