import { inspect } from "node:util";
import { expect, it, vi } from "vitest";
import { createClient } from "./client.ts";
import { guard, type GuardOptions } from "./guard.ts";
import { createPeopleClient } from "./people-client.ts";
import { type Play, refusal, type Verb } from "./testing/scripted-server.ts";
import { skippingTime } from "./testing/skipped-time.ts";
import { ORDER, type Order, orderOptions, served } from "./testing/served.ts";

const KEY = "hpk_Zx81secretsecretsecret";

function losingOnce(): Play {
  let isLost = false;
  return async (_call, proceed) => {
    const reply = await proceed();
    if (isLost) return reply;
    isLost = true;
    return "reset";
  };
}

it.each<[string, Verb, Play]>([
  ["a refused submission", "submit", () => refusal("invalid_request")],
  ["a submission that is always lost", "submit", () => "reset"],
  ["a report that is always lost", "outcome", () => "reset"],
  ["a lost redemption", "redeem", losingOnce()],
  ["a refused redemption", "redeem", () => refusal("identity_suspended")],
  ["a nonsensical redemption", "redeem", () => ({ json: { redemption: 1 } })],
  ["a refused heartbeat", "heartbeat", () => refusal("not_your_attempt")],
  ["a refused report", "outcome", () => refusal("not_your_attempt")],
  ["no fault", "other", () => refusal("not_found")],
])("attempt and key are in bodies and headers only: %s", async (_name, verb, play) => {
  const server = await served({ heartbeatMs: 20 });
  const time = skippingTime();
  server.script[verb] = (call, proceed) => {
    // Reports are repeated for half a minute.
    if (verb === "outcome") time.skip(16_000);
    return play(call, proceed);
  };
  const seen: unknown[] = [];
  const see = (...what: unknown[]): void => void seen.push(...what);
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(see),
  );
  const client = createClient({ url: server.url, apiKey: KEY, timeoutMs: 500 });
  see(client);
  const options: GuardOptions<Order> = {
    ...orderOptions(server, { waitMs: 400, onReportLost: see, onHeld: see, onEdited: see }),
    client,
  };
  const place = async (...given: readonly unknown[]): Promise<void> => {
    see(...given);
    await server.called("heartbeat");
  };
  const running = guard(place, options)(ORDER).catch(see);
  await server.called("submit");
  if (verb !== "submit") {
    await server.called("get");
    server.approve();
  }
  await running;

  const attempts = server.heard.flatMap(({ body }) => (body["attempt"] ?? []) as string | []);
  expect(attempts.length).toBeGreaterThan(0);
  // 128 bits are 22 characters of base64url.
  for (const attempt of attempts) expect(attempt).toMatch(/^[\w-]{22,}$/);
  const places = [
    inspect(seen, { depth: Infinity, showHidden: true }),
    JSON.stringify(seen),
    ...server.heard.map(({ path, query, key }) => `${path}?${query.toString()} ${key ?? ""}`),
  ];
  for (const place of places) {
    for (const secret of [KEY, ...attempts]) expect(place).not.toContain(secret);
  }
  spies.forEach((spy) => spy.mockRestore());
});

it("a credential that no header can carry is refused without repeating it", () => {
  const url = "http://127.0.0.1:1";
  for (const make of [
    () => createClient({ url, apiKey: "hpk_secret\n" }),
    () => createPeopleClient({ url, token: "hpk_secret\n" }),
  ]) {
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(/secret/);
  }
});
