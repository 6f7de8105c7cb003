/** People prove with a passkey that it is they who decide: at their computer, and on their phone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Passkey } from "../testing/authenticator.ts";
import { send } from "../testing/errand.ts";
import { MODES } from "../testing/hands.ts";
import { openHouse, type House } from "../testing/house.ts";
import { openNewHouse } from "../testing/new-house.ts";
import { atSeat, type Seat } from "../testing/seat.ts";
import { closing, payment } from "./asked.ts";
import { openCard } from "./cards.ts";

let house: House;
const devices = new Map<string, readonly Passkey[]>();

beforeAll(async () => {
  house = await openHouse();
  for (const person of ["fay", "operator-2"]) {
    const seated = { mode: "keyboard", person, passkeys: [] } as const;
    await atSeat(house, seated, async (seat) => {
      await seat.open("/me");
      await seat.hands.press("button", "Add a passkey");
      await seat.hands.write("Name", "A test's device", { inDialog: true });
      await seat.hands.press("button", "Create it on this device", { inDialog: true });
      await seat.page.getByText("A test's device").first().waitFor();
      await keepDevice(person, seat);
    });
  }
});
afterAll(() => house.close());

const passkeysOf = (person: string) => devices.get(person) ?? [];
/** A device counts its signatures, and one that counts backwards is a copy. */
const keepDevice = async (person: string, { authenticator }: Seat): Promise<void> => {
  devices.set(person, await authenticator!.passkeys());
};

describe.each(MODES)("by %s", (mode) => {
  it("sign in as the first person by the link that the server printed, and again by passkey", async () => {
    const newHouse = await openNewHouse();
    try {
      // The cookie is taken away from an open page.
      const options = { mode, passkeys: [], expected: [/status of 401/] };
      await atSeat(newHouse, options, async ({ open, page, hands, context }) => {
        await open(newHouse.setupLink.slice(newHouse.url.length));
        await hands.write("Your id", "ana");
        await hands.write("Your name", "Ana");
        await hands.press("button", "Create a passkey");
        await page.getByRole("heading", { name: "Inbox" }).waitFor();
        await context.clearCookies();
        await open("/sign-in");
        await hands.press("button", "Sign in with a passkey");
        await page.getByRole("heading", { name: "Inbox" }).waitFor();
        await open("/me");
        await page.getByRole("main").getByText("Ana").first().waitFor();
        const me = await context.request.get(`${newHouse.url}/v1/me`);
        expect(await me.json()).toMatchObject({ via: "passkey", person: { id: "ana" } });
      });
      // The link was good once.
      await atSeat(newHouse, { ...options, expected: [/status of 4\d\d/] }, async (seat) => {
        await seat.open(newHouse.setupLink.slice(newHouse.url.length));
        await seat.hands.press("button", "Create a passkey");
        await seat.page.getByRole("alert").filter({ hasText: /./ }).first().waitFor();
      });
    } finally {
      await newHouse.close();
    }
  });

  it("approve high risk with a passkey, and the signature is in the record", async () => {
    const wanted = closing();
    const errand = await send(house.agent(), wanted);
    const seated = { mode, person: "fay", passkeys: passkeysOf("fay") };
    await atSeat(house, seated, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Approve", { key: "a" });
      await seat.hands.write("Reason", "The customer left", { inDialog: true });
      await seat.hands.press("button", "Approve with passkey", { inDialog: true });
      await expect(errand.end).resolves.toBe("done");
      await keepDevice("fay", seat);
    });
    expect(errand.ran).toEqual([wanted.args]);
    const { items } = await house.person("operator-2").entries(errand.id);
    const reviewed = items.find(({ kind }) => kind === "reviewed");
    expect(reviewed?.canonical).toContain('"challenge_input"');
    expect(reviewed?.canonical).toContain('"credential_id"');
  });

  it("approve nothing with a passkey that does not recognise them", async () => {
    const errand = await send(house.agent(), closing());
    const seated = { mode, person: "fay", passkeys: passkeysOf("fay") };
    await atSeat(house, seated, async (seat) => {
      await seat.authenticator!.verifies(false);
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Approve", { key: "a" });
      await seat.hands.write("Reason", "The customer left", { inDialog: true });
      await seat.hands.press("button", "Approve with passkey", { inDialog: true });
      await seat.page.getByRole("dialog").getByRole("alert").filter({ hasText: /./ }).waitFor();
    });
    expect((await house.agent().get(errand.id)).status).toBe("held");
    await house.agent().withdraw(errand.id);
    await errand.end;
  });

  it("override, and somebody else says afterwards whether that was right (I11)", async () => {
    const errand = await send(house.agent(), payment());
    const seated = { mode, person: "operator-2", passkeys: passkeysOf("operator-2") };
    await atSeat(house, seated, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Override", { key: "o" });
      await seat.hands.write("Reason", "Finance is asleep and the supplier waits", {
        inDialog: true,
      });
      await seat.hands.press("button", "Override with passkey", { inDialog: true });
      await expect(errand.end).resolves.toBe("done");
      await keepDevice("operator-2", seat);
    });
    expect((await house.agent().get(errand.id)).basis).toBe("override");
    expect((await house.agent().get(errand.id)).follow_up).toBe("due");
    await atSeat(house, { mode, person: "bo" }, async (seat) => {
      await openCard(seat, errand.id);
      await seat.hands.press("button", "Follow up", { key: "f" });
      await seat.hands.tick("radio", "It was right", { inDialog: true });
      await seat.hands.write("Reason", "I rang the supplier", { inDialog: true });
      await seat.hands.press("button", "Record follow-up", { inDialog: true });
      await seat.page.getByRole("main").getByText("I rang the supplier").first().waitFor();
    });
    expect((await house.agent().get(errand.id)).follow_up).toBe("done");
  });
});
