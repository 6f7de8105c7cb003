/** What people do over HTTP: review, edit, ask, stop, resolve, override; both sides of each. */
import type { RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allowedBody,
  heldBody,
  newAttempt,
  newKey,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest({ limits: { leaseMs: 300 } });
  for (const id of ["chen", "ana", "bo", "dee", "eli", "stranger"]) {
    tokens.set(id, await server.person(id));
  }
  tokens.set("olga", await server.person("olga", ["operator"]));
  tokens.set("ove", await server.person("ove", ["override"]));
  tokens.set("res", await server.person("res", ["resolver"]));
  tokens.set("aud", await server.person("aud", ["auditor"]));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

function act(as: string, id: string, verb: string, body: object, key = newKey()) {
  const token = tokens.get(as);
  return server.call("POST", `/v1/requests/${id}/${verb}`, { token, body, key });
}
async function held(body: object = heldBody()): Promise<RequestView> {
  const answer = await server.call("POST", "/v1/requests", { token: agent, body });
  expect(answer.body.request.status).toBe("held");
  return (answer.body as SubmitAnswer).request;
}
const approve = (as: string, view: RequestView, more: object = {}) =>
  act(as, view.id, "reviews", { verdict: "approve", digest: view.revision.digest, ...more });
async function look(as: string, id: string): Promise<RequestView> {
  const { body } = await server.call("GET", `/v1/requests/${id}`, { token: tokens.get(as) });
  return body as RequestView;
}

describe("reviewing", () => {
  it("approves with the digest that was shown", async () => {
    const view = await held();
    const { status, body } = await approve("ana", view, { reason: "known vendor" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      replayed: false,
      request: { status: "approved", basis: "quorum", decided: { by: "person:ana" } },
    });
  });

  it("refuses those who may not decide, and says why", async () => {
    const view = await held();
    expect((await approve("stranger", view)).body.code).toBe("not_found");
    expect((await approve("olga", view)).body.code).toBe("not_eligible");
    const wrong = { verdict: "approve", digest: "A".repeat(43) };
    expect((await act("ana", view.id, "reviews", wrong)).body.code).toBe("stale_revision");
    const silent = { verdict: "reject", digest: view.revision.digest };
    expect((await act("ana", view.id, "reviews", silent)).body).toMatchObject({
      code: "reason_required",
      field: "reason",
    });
    expect((await look("ana", view.id)).status).toBe("held");
  });

  it("does not let the owner approve (I4)", async () => {
    const token = await server.identity("owned-by-ana", { owner: "ana" });
    const { body } = await server.call("POST", "/v1/requests", { token, body: heldBody() });
    expect((await approve("ana", body.request)).body.code).toBe("separation_of_duties");
    expect((await approve("bo", body.request)).body.request.status).toBe("approved");
  });

  it("tells the second who decides who decided what and when (I6, T5)", async () => {
    const view = await held();
    const first = await act("bo", view.id, "reviews", {
      verdict: "reject",
      digest: view.revision.digest,
      reason: "not this month",
    });
    expect(first.body.request.status).toBe("rejected");
    const { status, body } = await approve("ana", view);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "already_decided",
      decided: { status: "rejected", by: "person:bo", reason: "not this month" },
    });
    expect(body.decided.at).toBeGreaterThan(0);
  });

  it("counts two of two, each once", async () => {
    const view = await held({ ...heldBody(), action: { name: "keys.rotate" } });
    expect((await approve("dee", view)).body.request.status).toBe("held");
    expect((await approve("dee", view)).body.code).toBe("already_reviewed");
    const second = await approve("eli", view);
    expect(second.body.request).toMatchObject({
      status: "approved",
      quorum: { filled: 2, slots: 2 },
    });
  });

  it("answers the same key the same, and refuses it for something else (I14)", async () => {
    const view = await held();
    const key = newKey();
    const body = { verdict: "approve", digest: view.revision.digest };
    const first = await act("ana", view.id, "reviews", body, key);
    const again = await act("ana", view.id, "reviews", body, key);
    expect([first.body.replayed, again.body.replayed]).toEqual([false, true]);
    expect(again.body.request.status).toBe("approved");
    const other = { ...body, reason: "on second thought" };
    expect((await act("ana", view.id, "reviews", other, key)).body.code).toBe(
      "idempotency_conflict",
    );
    const elsewhere = await act("ana", view.id, "interrupt", { reason: "stop" }, key);
    expect(elsewhere.body.code).toBe("idempotency_conflict");
    const another = await held();
    expect((await act("ana", another.id, "reviews", body, key)).body.code).toBe(
      "idempotency_conflict",
    );
  });
});

describe("editing", () => {
  it("makes a new revision that has to be approved, and runs that one (T19)", async () => {
    const view = await held();
    const set = { "action.properties.amount": "4000.00 USD" };
    const edited = await act("ana", view.id, "edits", {
      digest: view.revision.digest,
      set,
      reason: "half will do",
    });
    const { request } = edited.body as { request: RequestView };
    expect(request).toMatchObject({
      status: "held",
      revision: { number: 1 },
      changes: [{ path: "action.properties.amount", from: "9000.00 USD", to: "4000.00 USD" }],
    });
    const stale = await approve("bo", view);
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({
      code: "stale_revision",
      diff: [{ path: "action.properties.amount", from: "9000.00 USD", to: "4000.00 USD" }],
    });
    expect((await approve("bo", request)).body.request.status).toBe("approved");
    const { body } = await server.call("POST", `/v1/requests/${view.id}/redeem`, {
      token: agent,
      body: { attempt: newAttempt() },
    });
    expect(body.redemption).toMatchObject({
      content: { action: { properties: { amount: "4000.00 USD" } } },
      edit_reason: "half will do",
    });
  });

  it("approves along with it where the rule lets editors, in one commit", async () => {
    const view = await held();
    const { digest } = view.revision;
    const set = { "action.properties.amount": "4000.00 USD" };
    const { body } = await act("ana", view.id, "edits", {
      digest,
      set,
      reason: "less",
      approve: true,
    });
    expect(body.request).toMatchObject({ status: "approved", revision: { number: 1 } });
  });

  it("refuses other fields, no change, strangers", async () => {
    const view = await held();
    const { digest } = view.revision;
    const edit = (as: string, set: object) =>
      act(as, view.id, "edits", { digest, set, reason: "r" });
    const vendor = { "action.properties.vendor": "Other" };
    expect((await edit("ana", vendor)).body.code).toBe("field_not_editable");
    const same = { "action.properties.amount": "9000.00 USD" };
    expect((await edit("ana", same)).body.code).toBe("edit_unchanged");
    const less = { "action.properties.amount": "1.00 USD" };
    expect((await edit("stranger", less)).body.code).toBe("not_found");
    const within = { "action.properties.amount.currency": "EUR" };
    expect((await edit("ana", within)).body.code).toBe("invalid_request");
    // Whoever may not edit there does not learn whether there is anything.
    const nowhere = { "action.nothing.here": 1 };
    expect((await edit("ana", nowhere)).body.code).toBe("field_not_editable");
    expect((await look("ana", view.id)).revision.number).toBe(0);
  });
});

describe("a sensitive field that a reviewer may not edit (T28)", () => {
  it.each([
    ["alone", (iban: string) => ({ "action.properties.iban": iban })],
    ["with others", (iban: string) => ({ "action.properties": { amount: "1.00 USD", iban } })],
  ])("answers a right guess and a wrong one alike, sent %s", async (_how, setOf) => {
    const body = heldBody();
    const { amount } = body.action.properties;
    const action = { name: body.action.name, properties: { amount, iban: "DE02" } };
    const { id, revision } = await held({ ...body, action });
    const guess = (iban: string) =>
      act("ana", id, "edits", { digest: revision.digest, set: setOf(iban), reason: "r" });
    const [right, wrong] = [await guess("DE02"), await guess("DE03")];
    const field = "action.properties.iban";
    expect(right.body).toMatchObject({ code: "field_not_editable", field });
    expect(right.text).toBe(wrong.text);
  });
});

describe("somebody who may not see a request (T28)", () => {
  it("is told the same of a decided one as of none, whatever they try", async () => {
    const view = await held();
    await act("ana", view.id, "reviews", {
      verdict: "reject",
      digest: view.revision.digest,
      reason: "fraud",
    });
    const none = `${view.id.slice(0, -4)}0000`;
    const { digest } = view.revision;
    for (const [verb, body] of [
      ["reviews", { verdict: "approve", digest }],
      ["edits", { digest, set: { "action.properties.vendor.name": "x" }, reason: "r" }],
      ["interrupt", { reason: "r" }],
    ] as const) {
      const seen = await act("stranger", view.id, verb, body);
      expect(seen.body).toMatchObject({ code: "not_found" });
      const missing = await act("stranger", none, verb, body);
      expect(seen.text.replaceAll(view.id, none)).toBe(missing.text);
    }
  });
});

describe("holding on", () => {
  it("asks one question", async () => {
    const view = await held();
    const { body } = await act("ana", view.id, "questions", { text: "why?" });
    expect(body.request.question).toEqual({ by: "ana", text: "why?", answer: null });
    expect(body.request.deadline).toBeGreaterThan(view.deadline ?? 0);
    expect((await act("bo", view.id, "questions", { text: "how?" })).body.code).toBe(
      "question_open",
    );
    const another = await held();
    expect((await act("olga", another.id, "questions", { text: "?" })).body.code).toBe(
      "not_eligible",
    );
  });

  it("extends where policy allows", async () => {
    const view = await held();
    const { body } = await act("ana", view.id, "extend", { reason: "waiting for the quote" });
    expect(body.request.deadline).toBe((view.deadline ?? 0) + 3_600_000);
    expect((await act("olga", view.id, "extend", {})).body.code).toBe("not_eligible");
    const keys = await held({ ...heldBody(), action: { name: "keys.rotate" } });
    expect((await act("dee", keys.id, "extend", {})).body.code).toBe("not_extendable");
  });

  it("delegates to somebody who may decide, and to nobody else (T7)", async () => {
    const view = await held();
    expect((await act("ana", view.id, "delegate", { to: "bo" })).status).toBe(200);
    const wrong = await act("ana", view.id, "delegate", { to: "stranger" });
    expect(wrong.body).toMatchObject({ code: "not_delegable", field: "to" });
  });

  it("retracts only before it is effective", async () => {
    const view = await held();
    await approve("ana", view);
    expect((await act("ana", view.id, "retract", {})).body.code).toBe("retract_too_late");
    const waiting = await held();
    expect((await act("ana", waiting.id, "retract", {})).body.code).toBe("not_in_state");
    const undoable = await held({ ...heldBody(), action: { name: "chat.post" } });
    await approve("ana", undoable);
    expect((await act("olga", undoable.id, "retract", {})).body.code).toBe("not_eligible");
    const back = await act("ana", undoable.id, "retract", { reason: "wrong channel" });
    expect(back.body.request.status).toBe("held");
  });
});

describe("stopping", () => {
  it("interrupts what waits, for those who may", async () => {
    const view = await held();
    expect((await act("res", view.id, "interrupt", { reason: "no" })).body.code).toBe(
      "right_required",
    );
    const { body } = await act("olga", view.id, "interrupt", { reason: "incident 7" });
    expect(body.request).toMatchObject({ status: "interrupted", decided: { by: "person:olga" } });
    expect((await act("ana", view.id, "interrupt", { reason: "me too" })).body.code).toBe(
      "already_decided",
    );
  });

  it("resolves what nobody knows, with the right to", async () => {
    const attempt = newAttempt();
    const { body } = await server.call("POST", "/v1/requests?redeem=true", {
      token: agent,
      body: { ...allowedBody(), attempt },
    });
    const { id } = body.request as RequestView;
    const early = await act("res", id, "resolve", { result: "succeeded", reason: "seen" });
    expect(early.body.code).toBe("not_in_state");
    // The lease is 300 ms; the clock's work makes the lapse visible, and the poll hears of it.
    const version = body.request.version as number;
    const lapsed = await server.call("GET", `/v1/requests/${id}?wait=10&version=${version}`, {
      token: agent,
    });
    expect(lapsed.body.status).toBe("indeterminate");
    const without = await act("olga", id, "resolve", { result: "failed", reason: "?" });
    expect(without.body.code).toBe("right_required");
    const done = await act("res", id, "resolve", {
      result: "succeeded",
      reason: "the file was read",
    });
    expect(done.body.request).toMatchObject({ status: "succeeded" });
    const late = await server.call("POST", `/v1/requests/${id}/outcome`, {
      token: agent,
      body: { attempt, result: "failed" },
    });
    expect(late.body).toMatchObject({ status: "succeeded", contradicted: true });
  });

  it("overrides with the right, and from the web only (I11, T36)", async () => {
    const view = await held();
    const body = { digest: view.revision.digest, reason: "the shop burns" };
    expect((await act("ana", view.id, "override", body)).body.code).toBe("right_required");
    expect((await act("ove", view.id, "override", body)).body.code).toBe("channel_not_allowed");
    expect((await look("ana", view.id)).status).toBe("held");
  });

  it("takes a follow-up only where one is due", async () => {
    const view = await held();
    const ok = { verdict: "ok", reason: "looked" };
    expect((await act("res", view.id, "follow-up", ok)).body.code).toBe("right_required");
    expect((await act("aud", view.id, "follow-up", ok)).body.code).toBe("not_in_state");
  });
});

describe("reading", () => {
  it("shows in the inbox what this person may decide, and not what is decided", async () => {
    const view = await held();
    const inbox = async (as: string): Promise<readonly string[]> => {
      const { body } = await server.call("GET", "/v1/inbox?limit=200", { token: tokens.get(as) });
      return (body.items as RequestView[]).map((item) => item.id);
    };
    expect(await inbox("ana")).toContain(view.id);
    expect(await inbox("dee")).not.toContain(view.id);
    expect(await inbox("stranger")).toEqual([]);
    await approve("bo", view);
    expect(await inbox("ana")).not.toContain(view.id);
  });

  it("pages the inbox without losing or repeating any", async () => {
    for (let count = 0; count < 5; count += 1) await held();
    const token = tokens.get("bo");
    const all = await server.call("GET", "/v1/inbox?limit=200", { token });
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await server.call("GET", `/v1/inbox?limit=2${after}`, { token });
      seen.push(...(page.body.items as RequestView[]).map((item) => item.id));
      ({ cursor } = page.body as { cursor: string | null });
    }
    expect(seen).toEqual((all.body.items as RequestView[]).map((item) => item.id));
  });

  it("does not say to whom a request is none of their business what its whole id is", async () => {
    const view = await held();
    const token = tokens.get("stranger");
    for (const path of [view.short_id, `${view.short_id}/entries`]) {
      const { body } = await server.call("GET", `/v1/requests/${path}`, { token });
      // Word for word what is said of four characters that no id ends in.
      expect(body.detail).toBe(`no request ends in \`${view.short_id}\``);
    }
  });

  it("gives the entries to those who may see the arguments", async () => {
    const view = await held();
    await approve("ana", view);
    const read = (as: string, query = "") =>
      server.call("GET", `/v1/requests/${view.id}/entries${query}`, { token: tokens.get(as) });
    const { body } = await read("ana");
    const kinds = (body.items as { kind: string }[]).map((item) => item.kind);
    expect(kinds).toEqual(["submitted", "reviewed", "approved"]);
    expect((await read("aud")).body.items).toHaveLength(3);
    expect((await read("olga")).body.code).toBe("forbidden");
    expect((await read("stranger")).body.code).toBe("not_found");
    const first = await read("ana", "?limit=2");
    const rest = await read("ana", `?limit=2&cursor=${first.body.cursor}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(body.items);
    expect(rest.body.cursor).toBeNull();
  });

  it("records that somebody was refused", async () => {
    const view = await held();
    await approve("olga", view);
    const { body } = await server.call("GET", `/v1/requests/${view.id}/entries`, {
      token: tokens.get("ana"),
    });
    expect(body.items.at(-1)).toMatchObject({ kind: "refused", actor: "person:olga" });
  });
});
