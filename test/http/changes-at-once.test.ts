/** Two changes of the registry at once: neither undoes the other, and both had the right (T37). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beforeNextCommit } from "./testing/before-commit.ts";
import { startUnderTest, type Sent, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let operator: string;
let mallory: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  operator = await server.person("olga", ["operator"]);
  await server.register("mallory", ["operator"]);
  await server.identity("agent-1");
});
afterAll(() => server.close());

const put = (token: string, path: string, body: unknown, more: Sent = {}) =>
  server.call("PUT", path, { token, body, ...more });

describe("a change that another one overtakes (T37)", () => {
  it("does not undo that an identity was suspended", async () => {
    beforeNextCommit(server, () => put(operator, "/v1/identities/agent-1", { stage: "suspended" }));
    const changed = await put(operator, "/v1/identities/agent-1", { labels: { team: "a" } });
    expect(changed.body).toMatchObject({ stage: "suspended", labels: { team: "a" } });
    const { body } = await server.call("GET", "/v1/identities/agent-1", { token: operator });
    expect(body).toMatchObject({ stage: "suspended", labels: { team: "a" } });
  });

  it("does not give back a right that was taken away, nor enable who was disabled", async () => {
    await server.person("zoe", ["auditor"]);
    beforeNextCommit(server, () => put(operator, "/v1/people/zoe", { rights: [], disabled: true }));
    const changed = await put(operator, "/v1/people/zoe", { name: "Zoë" });
    expect(changed.body).toMatchObject({ name: "Zoë", rights: [], disabled: true });
  });

  it.each([
    ["a name", () => put(mallory, "/v1/people/mallory", { name: "M" })],
    ["an identity", () => put(mallory, "/v1/identities/agent-1", { mode: "shadow" })],
    ["a roster", () => put(mallory, "/v1/on-call/desk", { shifts: [] })],
    [
      "a key",
      () =>
        server.call("POST", "/v1/identities/agent-1/keys", {
          token: mallory,
          body: { expires_in_ms: 60_000 },
        }),
    ],
  ])("changes %s no more once its right is taken away", async (_what, change) => {
    await put(operator, "/v1/people/mallory", { rights: ["operator"], disabled: false });
    mallory = await server.signIn("mallory");
    const last = await server.app.store.lastLogIndex();
    beforeNextCommit(server, () =>
      put(operator, "/v1/people/mallory", { rights: [], disabled: true }),
    );
    expect((await change()).body).toMatchObject({ code: "right_required" });
    expect(await server.app.store.person("mallory")).toMatchObject({ rights: [], disabled: true });
    expect(await server.app.store.lastLogIndex()).toBe(last + 1);
  });
});
