/** T11, I3: membership at redeem is no older than five minutes, against a real identity provider. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startWorld, type SignedIn, type World } from "./testing/world.ts";

const MINUTE = 60_000;
let world: World;
let ana: SignedIn;
let id: string;

beforeEach(async () => {
  world = await startWorld();
  world.provider.people.set("sub-1", { name: "Ana", groups: ["finance"], username: "ana" });
  ana = await world.signIn("sub-1");
  id = await world.submit();
});
afterEach(() => world.close());

async function kinds(): Promise<readonly string[]> {
  return (await world.app.store.entries("system")).map((entry) => entry.kind);
}

describe("membership at redeem", () => {
  it("lets an approval run that the provider still stands behind, rotating its token each time", async () => {
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    let last = id;
    for (let round = 0; round < 3; round += 1) {
      world.later(6 * MINUTE);
      last = await world.submit();
      expect((await world.approve(ana, last)).body.request.status).toBe("approved");
    }
    world.later(6 * MINUTE);
    expect((await world.redeem(last)).body.request.status).toBe("running");
    expect(world.provider.asked.filter((path) => path === "/me")).toHaveLength(5);
    expect(await kinds()).not.toContain("account_ended");
  });

  it("stops the run of an approval by somebody who was removed from the group since", async () => {
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    world.provider.people.set("sub-1", { name: "Ana", groups: ["sales"], username: "ana" });
    world.later(6 * MINUTE);
    const got = await world.redeem(id);
    expect([got.status, got.body.code]).toEqual([409, "approval_void"]);
    const state = await world.app.store.request(id);
    expect([state?.status, state?.returned?.why]).toEqual(["held", "reviews_no_longer_count"]);
    expect(await kinds()).toContain("account_changed");
    const refused = await world.approve(ana, id);
    expect(refused.body.code ?? refused.body.request.status).toBe("not_eligible");
  });

  it.each(["/me", "/token"])("holds it again where %s is down, and says why", async (part) => {
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    world.later(6 * MINUTE);
    world.provider.down.add(part);
    const got = await world.redeem(id);
    expect(got.body.code).toBe("approval_void");
    expect(got.body.detail).toContain("did not confirm that ana may still decide this");
    world.later(2_000);
    const uncounted = await world.approve(ana, id);
    expect(uncounted.body.code).toBe("already_reviewed");
    const view = await world.callAs(ana, "GET", `/v1/requests/${id}`);
    expect(view.body).toMatchObject({
      status: "held",
      returned: { why: "membership_unconfirmed" },
      quorum: { filled: 0, unconfirmed: ["ana"] },
    });
    world.provider.down.clear();
    world.later(2_000);
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    expect((await world.redeem(id)).body.request.status).toBe("running");
  });

  it("waits three seconds for a provider that says nothing, not longer", async () => {
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    world.later(6 * MINUTE);
    world.provider.silent.add("/token");
    const startedAt = performance.now();
    expect((await world.redeem(id)).body.code).toBe("approval_void");
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it("shuts out whose account was disabled at the provider, until they sign in there again", async () => {
    expect((await world.approve(ana, id)).body.request.status).toBe("approved");
    const known = world.provider.people.get("sub-1")!;
    world.provider.people.delete("sub-1");
    world.later(6 * MINUTE);
    expect((await world.redeem(id)).body.code).toBe("approval_void");
    expect(await kinds()).toContain("account_ended");
    expect((await world.callAs(ana, "GET", "/v1/me")).status).toBe(401);
    world.provider.people.set("sub-1", known);
    const back = await world.signIn("sub-1");
    expect(back.id).toBe("ana");
    expect((await world.approve(back, id)).body.request.status).toBe("approved");
    expect((await world.redeem(id)).body.request.status).toBe("running");
  });
});
