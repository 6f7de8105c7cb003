/** Those who act by program: an identity gets a key, a command line is allowed; and both work. */
import { createPeopleClient, createSignInClient } from "@haltpoint/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../http/testing/until.ts";
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

  it("suspend an identity at once, and let it act again once somebody else agrees (T7)", async () => {
    const id = `helper-${mode}`;
    const operator = house.person("operator-1");
    await operator.identities.create({ id, type: "agent", owner: "chen" });
    const stage = async () => (await operator.identities.get(id)).stage;
    let link = "";
    await atSeat(
      house,
      { mode, person: "operator-1", expected: [/status of 422/] },
      async ({ open, page, hands }) => {
        await open("/identities");
        const row = page.getByRole("listitem").filter({ hasText: id });
        await hands.press("button", "Change its stage", { within: row });
        await hands.choose("Stage", "suspended", { inDialog: true });
        await hands.press("button", "Change it", { inDialog: true });
        await until(stage).toBe("suspended");
        await hands.press("button", "Change its stage", { within: row });
        await hands.choose("Stage", "active", { inDialog: true });
        await hands.press("button", "Change it", { inDialog: true });
        await page.getByRole("alert").filter({ hasText: "send `reason`" }).waitFor();
        await hands.write("Reason", "The leak is closed", { inDialog: true });
        await hands.press("button", "Change it", { inDialog: true });
        const told = page.getByRole("status").filter({ hasText: "Nothing has changed yet" });
        await told.waitFor();
        link = (await told.getByRole("link").getAttribute("href")) ?? "";
        expect(await stage()).toBe("suspended");
      },
    );
    await atSeat(house, { mode, person: "dee" }, async ({ open, page, hands }) => {
      await open(link);
      await page.getByRole("heading", { name: `Resume identity ${id}` }).waitFor();
      await page.getByText("The leak is closed").first().waitFor();
      await hands.press("button", "Approve", { key: "a" });
      await hands.press("button", "Approve exactly this", { inDialog: true });
      await until(stage).toBe("active");
    });
  });

  it("allow a command line after comparing its code, and refuse one that is not theirs (T31)", async () => {
    const { url } = house;
    const asking = createSignInClient({ url });
    const [mine, other] = [
      await asking.authorize("ana's laptop"),
      await asking.authorize("nobody"),
    ];
    await atSeat(house, { mode, person: "ana" }, async ({ open, page, hands }) => {
      await open(new URL(mine.verification_url).pathname + new URL(mine.verification_url).search);
      await page.getByRole("main").getByText(`Code ${mine.user_code}`).waitFor();
      await page.getByRole("main").getByText("ana's laptop").waitFor();
      await hands.press("button", "Allow");
      await page.getByText("Allowed. The command line goes on by itself").waitFor();
      await open("/cli");
      await hands.write("Code", other.user_code);
      await hands.press("button", "Go on");
      await hands.press("button", "Refuse");
      await page.getByText("Refused. The command line was not signed in.").waitFor();
    });
    const given = await asking.token(mine.device_code);
    if (!("token" in given)) throw new Error("it was allowed and given nothing");
    const client = createPeopleClient({ url, token: given.token });
    expect(await client.whoami()).toMatchObject({ kind: "person", id: "ana" });
    await expect(asking.token(other.device_code)).rejects.toThrow("it was refused in the browser");
  });
});
