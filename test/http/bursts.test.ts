/** A flood of requests that people would have to decide holds the identity that makes it (T20). */
import type { HaltView, RequestView } from "@haltpoint/protocol";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { ConfigLimits } from "../../packages/server/src/config/config.ts";
import { beforeNextCommit } from "./testing/before-commit.ts";
import { until } from "./testing/until.ts";
import {
  allowedBody,
  heldBody,
  newAttempt,
  startUnderTest,
  temporaryFolder,
  type Setup,
  type UnderTest,
} from "./testing/server-under-test.ts";

const MOST = 4;
const LIMITS: Partial<ConfigLimits> = { burstHeldMax: MOST, burstWindowMs: 3_600_000 };

interface House {
  readonly server: UnderTest;
  readonly agent: string;
  readonly olga: string;
}

async function openHouse(setup: Setup = {}): Promise<House> {
  const server = await startUnderTest({ limits: LIMITS, ...setup });
  onTestFinished(() => server.close());
  for (const id of ["ana", "chen"]) await server.person(id);
  const olga = await server.person("olga", ["operator", "policy_admin"]);
  await server.person("otto", ["policy_admin"]);
  return { server, agent: await server.identity("agent-1"), olga };
}

const submit = ({ server, agent }: House, body: object = heldBody(), query = "") =>
  server.call("POST", `/v1/requests${query}`, { token: agent, body });

async function flood(house: House, count = MOST + 1): Promise<readonly RequestView[]> {
  const views: RequestView[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const { body, status, text } = await submit(house);
    expect(status, text).toBe(201);
    views.push(body.request);
  }
  return views;
}

async function haltsOf({ server, olga }: House): Promise<readonly HaltView[]> {
  return (await server.call("GET", "/v1/halts", { token: olga })).body.items;
}

async function lift({ server, olga }: House, id: string | undefined): Promise<void> {
  const body = { reason: "it was a loop, and it is mended" };
  const lifted = await server.call("DELETE", `/v1/halts/${id}`, { token: olga, body });
  expect(lifted.body.active, lifted.text).toBe(false);
}

it("is halted in the commit of the request that crosses the line, which stays held (T20, I8)", async () => {
  const house = await openHouse();
  const views = await flood(house);
  const halts = await haltsOf(house);
  expect(halts).toMatchObject([
    { scope: { kind: "identity", id: "agent-1" }, by: "haltpoint", active: true },
  ]);
  expect(halts[0]?.reason).toBe(
    "5 of its requests were held within 60 min; look at what it is doing, then lift the halt",
  );
  const { store } = house.server.app;
  const last = views.at(-1)?.id ?? "";
  expect((await store.request(last))?.status).toBe("held");
  const entries = await store.entriesAfter(0, 1_000);
  const submitted = entries.find(({ stream }) => stream === last);
  const halted = entries.find(({ kind }) => kind === "halted");
  expect(halted).toMatchObject({ actor: "haltpoint", data: { id: halts[0]?.id } });
  expect(halted?.logIndex).toBe((submitted?.logIndex ?? 0) + 1);
  expect(halted?.at).toBe(submitted?.at);
});

it("adds nothing more to the queue while the halt is in force, and redeems nothing (T20, I10)", async () => {
  const house = await openHouse();
  await flood(house);
  const refused = await submit(house);
  expect(refused).toMatchObject({ status: 409, body: { code: "halted" } });
  expect(refused.body.detail).toMatch(/5 of its requests were held.*send nothing more/);
  expect(await house.server.app.store.countRequests({ statuses: ["held"] })).toBe(MOST + 1);
  expect((await submit(house, allowedBody())).body.request.status).toBe("approved");
  const redeeming = { ...allowedBody(), attempt: newAttempt() };
  expect((await submit(house, redeeming, "?redeem=true")).body.code).toBe("halted");
  // Nobody else is held back.
  const other = { ...house, agent: await house.server.identity("agent-2") };
  expect((await submit(other)).status).toBe(201);
});

it("under a halt that a person placed, requests are held as before (I10)", async () => {
  const house = await openHouse();
  const scope = { kind: "identity", id: "agent-1" };
  const body = { scope, reason: "drill" };
  await house.server.call("POST", "/v1/halts", { token: house.olga, body });
  expect((await submit(house)).body.request.status).toBe("held");
});

it("tells what runs to stop (I10)", async () => {
  const house = await openHouse();
  const redeeming = { ...allowedBody(), attempt: newAttempt() };
  const run = await submit(house, redeeming, "?redeem=true");
  const { id, status } = run.body.request as RequestView;
  expect(status).toBe("running");
  await flood(house);
  const { store } = house.server.app;
  await until(async () => (await store.request(id))?.status).toBe("interrupting");
});

it("counts anew after the lift (T20)", async () => {
  const house = await openHouse();
  await flood(house);
  await lift(house, (await haltsOf(house))[0]?.id);
  await flood(house, MOST);
  expect((await haltsOf(house)).filter(({ active }) => active)).toEqual([]);
  await flood(house, 1);
  expect((await haltsOf(house)).filter(({ active }) => active)).toHaveLength(1);
});

it("is halted once, however many cross the line at once (T20, T37)", async () => {
  const house = await openHouse();
  const answers = await Promise.all(Array.from({ length: 40 }, () => submit(house)));
  const codes = answers.map(({ status, body }) => (status === 201 ? "held" : body.code));
  expect(codes.filter((code) => code === "held")).toHaveLength(MOST + 1);
  expect(codes.filter((code) => code === "halted")).toHaveLength(40 - MOST - 1);
  expect(await haltsOf(house)).toHaveLength(1);
});

it("counts what was held between its reading and its commit (T20, T37)", async () => {
  const house = await openHouse();
  await flood(house, MOST - 1);
  beforeNextCommit(house.server, () => flood(house, 1));
  const between = await submit(house);
  expect(between.body.request.status).toBe("held");
  expect(await haltsOf(house)).toHaveLength(1);
});

it("finds the halt of whoever crossed the line between its reading and its commit (T37)", async () => {
  const house = await openHouse();
  await flood(house, MOST);
  beforeNextCommit(house.server, () => flood(house, 1));
  const between = await submit(house);
  expect(between.body.code).toBe("halted");
  expect(await haltsOf(house)).toHaveLength(1);
});

it("counts what was withdrawn since, and nothing of what policy allows (T20)", async () => {
  const house = await openHouse();
  for (let sent = 0; sent < 3 * MOST; sent += 1) await submit(house, allowedBody());
  for (const { id } of await flood(house, MOST)) {
    const path = `/v1/requests/${id}/withdraw`;
    const done = await house.server.call("POST", path, { token: house.agent, body: {} });
    expect(done.body.status, done.text).toBe("cancelled");
  }
  expect(await haltsOf(house)).toEqual([]);
  await flood(house, 1);
  expect(await haltsOf(house)).toHaveLength(1);
});

it("holds nothing in shadow mode, and so halts nobody there (T20)", async () => {
  const house = await openHouse();
  const agent = await house.server.identity("watched", { mode: "shadow" });
  await flood({ ...house, agent }, 3 * MOST);
  expect(await haltsOf(house)).toEqual([]);
});

it("counts within the window only (T20)", async () => {
  const house = await openHouse({ limits: { burstHeldMax: MOST, burstWindowMs: 1 } });
  for (let sent = 0; sent <= MOST; sent += 1) {
    await flood(house, 1);
    const { now } = await house.server.app.store.time();
    await until(async () => (await house.server.app.store.time()).now > now + 1).toBe(true);
  }
  expect(await haltsOf(house)).toEqual([]);
});

it("is switched off by 0", async () => {
  const house = await openHouse({ limits: { burstHeldMax: 0 } });
  await flood(house, 70);
  expect(await haltsOf(house)).toEqual([]);
});

it("tells operators and the owner, once (T20, T24)", async () => {
  const url = "https://hooks.example.org/x";
  const webhook = { url, secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` };
  const notify = { webhook, chat: null, mail: null, chatAfterMs: 20_000, mailAfterMs: 120_000 };
  const house = await openHouse({ config: { notify } });
  const written: { readonly kind: string; readonly persons: readonly string[] }[] = [];
  const { store } = house.server.app;
  const commit = store.commit.bind(store);
  store.commit = (command) => {
    for (const write of command.writes) {
      if (write.kind === "outbox" && write.item.attempts === 0) {
        written.push(JSON.parse(write.item.payload));
      }
    }
    return commit(command);
  };
  await flood(house);
  await submit(house);
  expect(written.filter(({ kind }) => kind === "halted")).toMatchObject([{ persons: ["chen"] }]);
});

it("after a crash right behind the commit, what runs is told at the next start (T20, I10)", async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, "store.db");
  const house = await openHouse({ file });
  const redeeming = { ...allowedBody(), attempt: newAttempt() };
  const run = await submit(house, redeeming, "?redeem=true");
  const { id } = run.body.request as RequestView;
  const { store } = house.server.app;
  // From the halt on, this server tells nobody anything.
  const commit = store.commit.bind(store);
  store.commit = (command) => {
    const isTold = command.expected.request?.id === id;
    return isTold ? Promise.resolve({ kind: "stale", what: "request" }) : commit(command);
  };
  await flood(house);
  expect((await store.request(id))?.status).toBe("running");
  await house.server.close();
  const again = await startUnderTest({ file });
  onTestFinished(() => again.close());
  await until(async () => (await again.app.store.request(id))?.status).toBe("interrupting");
});

it("does not hold what the server asks for people: that is how the policy is mended", async () => {
  const house = await openHouse();
  const { server, olga } = house;
  for (let number = 0; number <= MOST; number += 1) {
    const text = `version: 1\ndefault: { decision: deny }\n# ${number}\n`;
    const body = { text, reason: "another try" };
    const proposed = await server.call("POST", "/v1/policies", { token: olga, body });
    expect(proposed.status, proposed.text).toBe(201);
  }
  expect(await haltsOf(house)).toEqual([]);
});
