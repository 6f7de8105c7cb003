/** The card: what a person is shown before they decide, and what they could do. */
import type { Card, RequestView } from "@haltpoint/protocol";
import { sha256Base64url } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { CARD_POLICY, transferBody } from "./testing/card-policy.ts";
import { newAttempt, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest({ policy: CARD_POLICY });
  for (const id of ["chen", "ana", "bo", "stranger"]) tokens.set(id, await server.person(id));
  tokens.set("olga", await server.person("olga", ["operator"]));
  tokens.set("ove", await server.person("ove", ["override"]));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function submit(body: object, query = ""): Promise<RequestView> {
  const got = await server.call("POST", `/v1/requests${query}`, { token: agent, body });
  return got.body.request as RequestView;
}
async function ran(amount: string, payee?: string): Promise<RequestView> {
  const attempt = newAttempt();
  const view = await submit({ ...transferBody(amount, payee), attempt }, "?redeem=true");
  const body = { attempt, result: "succeeded" };
  await server.call("POST", `/v1/requests/${view.id}/outcome`, { token: agent, body });
  return view;
}
const look = (as: string, id: string) =>
  server.call("GET", `/v1/requests/${id}/card`, { token: tokens.get(as) });
async function card(as: string, id: string): Promise<Card> {
  const got = await look(as, id);
  expect(got.status).toBe(200);
  return got.body as Card;
}
const act = (as: string, id: string, verb: string, body: object) =>
  server.call("POST", `/v1/requests/${id}/${verb}`, { token: tokens.get(as), body });

describe("the card", () => {
  it("says what would happen, why it is held and by which values", async () => {
    const view = await submit(transferBody("500.00 USD"));
    const { sentence, because, digest, request } = await card("ana", view.id);
    expect(sentence).toBe("Transfer payments A-1 (500.00 USD)");
    expect(digest).toBe(view.revision.digest);
    expect(request).toMatchObject({ id: view.id, risk: "medium", quorum: { filled: 0, slots: 1 } });
    expect(because).toEqual([
      {
        rule: "large",
        why: "Finance approves transfers above 100 USD",
        effect: "hold",
        outcome: "matched",
        values: { "action.properties.amount": '"500.00 USD"' },
        detail: null,
      },
    ]);
  });

  it("explains it by the policy that held it, also after another is in force", async () => {
    const own = await startUnderTest({ policy: CARD_POLICY });
    try {
      await own.person("chen");
      const admin = await own.person("ana", ["policy_admin"]);
      const token = await own.identity("agent-1");
      const { body } = await own.call("POST", "/v1/requests", { token, body: transferBody() });
      const text = CARD_POLICY.replace("- id: large", "- id: renamed");
      const published = await publishPolicy(own.app, { text, by: "operator", file: "policy" });
      expect(published.ok).toBe(true);
      const got = await own.call("GET", `/v1/requests/${body.request.id}/card`, { token: admin });
      expect(got.body.because).toMatchObject([
        { rule: "large", values: { "action.properties.amount": '"500.00 USD"' } },
      ]);
    } finally {
      await own.close();
    }
  });

  it("types its fields by the schema's format and guesses nothing (T18)", async () => {
    const more = {
      priority: 5000,
      due: "2026-12-01",
      iban: "DE89370400440532013000",
      notes: ["a\u202Eb", "2026-12-01"],
      account: "12.00 USD",
    };
    const view = await submit(transferBody("500.00 USD", "Acme", more));
    const { fields, canonical, digest } = await card("ana", view.id);
    const of = (path: string) => fields.find((field) => field.path === path);
    expect(of("action.properties.amount")).toMatchObject({
      label: "amount",
      kind: "money",
      value: "500.00 USD",
      raw: "500.00 USD",
      money: { amount: "500.00", currency: "USD" },
      editable: true,
    });
    expect(of("action.properties.priority")).toMatchObject({ kind: "number", value: "5000" });
    expect(of("action.properties.due")).toMatchObject({ kind: "text", format: "date" });
    // Not in the schema, so it is text, whatever it looks like.
    expect(of("action.properties.account")).toMatchObject({
      kind: "text",
      format: null,
      money: null,
    });
    expect(of("action.properties.notes.0")).toMatchObject({ value: "a«U+202E»b" });
    expect(of("action.properties.iban")).toMatchObject({
      kind: "secret",
      raw: null,
      secret: { prefix: expect.stringMatching(/^.{8}$/), length: 43 },
    });
    expect(JSON.stringify(fields)).not.toContain("DE8937");
    expect(sha256Base64url(canonical ?? "")).toBe(digest);
  });

  it("says what each person may do, as the machine would answer", async () => {
    const view = await submit(transferBody());
    const allowed = async (as: string) =>
      Object.entries((await card(as, view.id)).can).flatMap(([verb, { allowed: yes }]) =>
        yes ? [verb] : [],
      );
    expect((await allowed("ana")).sort()).toEqual(
      ["approve", "ask", "delegate", "edit", "extend", "interrupt", "reject"].sort(),
    );
    // The owner is in the group, and may not approve what their own identity asks for.
    const { can } = await card("chen", view.id);
    expect(can.approve).toEqual({
      allowed: false,
      why: "you own the identity that asks, so somebody else must approve it; you may reject it",
    });
    expect(can.reject).toEqual({ allowed: true, why: null });
    expect(await allowed("olga")).toEqual(["interrupt"]);
    const { override } = (await card("ove", view.id)).can;
    expect(override.why).toMatch(/^override in the web inbox: /);
    expect((await card("ana", view.id)).can.override.why).toMatch(/takes the right `override`/);
    const refused = await act("chen", view.id, "reviews", {
      verdict: "approve",
      digest: view.revision.digest,
    });
    expect(refused.body.detail).toBe(can.approve.why);
  });

  it("names who it could be delegated to: eligible, not conflicted, not oneself", async () => {
    const view = await submit(transferBody());
    expect((await card("ana", view.id)).delegates).toEqual([{ id: "bo", name: "bo" }]);
  });

  it("leaves the request as it was, whatever it tried out (I6)", async () => {
    const view = await submit(transferBody());
    await card("ana", view.id);
    const state = await server.app.store.request(view.id);
    expect(state).toMatchObject({ version: view.version, status: "held" });
    expect(await server.app.store.entries(view.id)).toHaveLength(1);
  });

  it("shows those who only stop things no arguments, values, bytes or decisions (T28)", async () => {
    const view = await submit(transferBody("777.00 USD", "Confidential Ltd"));
    const got = await look("olga", view.id);
    expect(got.body).toMatchObject({
      visibility: "metadata",
      fields: [],
      similar: [],
      canonical: null,
      effects: null,
    });
    expect(got.text).not.toContain("777.00");
    expect(got.text).not.toContain("Confidential");
    const strange = await look("stranger", view.id);
    expect(strange.status).toBe(404);
  });

  it("tells in words what happened", async () => {
    const view = await submit(transferBody());
    await act("bo", view.id, "questions", { text: "why now?" });
    const digest = view.revision.digest;
    await act("ana", view.id, "reviews", { verdict: "reject", digest, reason: "not this month" });
    const { timeline, can } = await card("bo", view.id);
    expect(timeline.map(({ text, said }) => [text, said])).toEqual([
      ["agent-1 asked: held until a person decides", null],
      ["bo asked the agent", "why now?"],
      ["ana rejected it", "not this month"],
    ]);
    expect(can.approve.why).toContain("person:ana made it `rejected`");
  });
});

describe("what the card compares with", () => {
  it("is what ran in 30 days: the median, and whether the payee is new (T20)", async () => {
    const own = await startUnderTest({ policy: CARD_POLICY });
    try {
      server = own;
      for (const id of ["chen", "ana"]) tokens.set(id, await own.person(id));
      agent = await own.identity("agent-1");
      for (const amount of ["10.00 USD", "20.00 USD", "90.00 USD", "5.00 EUR"]) {
        await ran(amount, "Acme");
      }
      // Asked for again and again, and never run: it must not come to look usual.
      for (let times = 0; times < 5; times += 1) await submit(transferBody("9000.00 USD", "Evil"));
      const evil = await card("ana", (await submit(transferBody("9000.00 USD", "Evil"))).id);
      expect(evil.effects).toMatchObject({
        reversible: false,
        amount: { amount: "9000.00", median_30d: "20.00 USD", times_median: 450, compared: 3 },
        first_for_resource: false,
        first_for: [{ path: "action.properties.payee", value: "Evil", first: true }],
        compared: { complete: true },
      });
      const acme = await card("ana", (await submit(transferBody("900.00 USD", "Acme"))).id);
      expect(acme.effects?.first_for).toMatchObject([{ first: false }]);
    } finally {
      await own.close();
    }
  });
});

describe("similar decisions", () => {
  it("are the last five that people took, with who and what", async () => {
    const own = await startUnderTest({ policy: CARD_POLICY });
    try {
      server = own;
      for (const id of ["chen", "ana"]) tokens.set(id, await own.person(id));
      agent = await own.identity("agent-1");
      const decided: string[] = [];
      for (let each = 0; each < 6; each += 1) {
        const view = await submit(transferBody(`${200 + each}.00 USD`));
        const verdict = each % 2 === 0 ? "approve" : "reject";
        const { digest } = view.revision;
        await act("ana", view.id, "reviews", { verdict, digest, reason: "seen" });
        decided.push(view.id);
        await ran("5.00 USD");
      }
      const { similar } = await card("ana", (await submit(transferBody())).id);
      expect(similar.map(({ id }) => id)).toEqual(decided.slice(1).reverse());
      expect(similar[0]).toMatchObject({
        verdict: "rejected",
        title: "Transfer payments A-1 (205.00 USD)",
        decided: { by: "person:ana", reason: "seen" },
      });
      expect(similar[1]).toMatchObject({ verdict: "approved" });
    } finally {
      await own.close();
    }
  });
});

describe("what may be done where", () => {
  it("is said before it is tried: high risk is approved in the web inbox (T36)", async () => {
    const own = await startUnderTest({ policy: CARD_POLICY.replace("risk: medium", "risk: high") });
    try {
      server = own;
      for (const id of ["chen", "ana"]) tokens.set(id, await own.person(id));
      agent = await own.identity("agent-1");
      const view = await submit(transferBody());
      const { can } = await card("ana", view.id);
      expect(can.approve.allowed).toBe(false);
      expect(can.approve.why).toMatch(/^approve high risk in the web inbox: /);
      expect(can.reject.allowed).toBe(true);
      const { digest } = view.revision;
      const review = { verdict: "approve", digest, reason: "seen" };
      const refused = await act("ana", view.id, "reviews", review);
      expect(refused.body).toMatchObject({ code: "channel_not_allowed", detail: can.approve.why });
    } finally {
      await own.close();
    }
  });
});
