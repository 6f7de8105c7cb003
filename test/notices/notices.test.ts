/**
 * Being told, with a real server, a real mail server, a webhook's receiver and a stand-in for Slack:
 * staggered, stopped once decided, at least once, dead letters visible; links, and nothing to approve.
 */
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeliveryView } from "@haltpoint/protocol";
import type { Config } from "../../packages/server/src/config/config.ts";
import { deliverDue } from "../../packages/server/src/app/deliver-notices.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { startUnderTest, type UnderTest } from "../http/testing/server-under-test.ts";
import { until } from "../http/testing/until.ts";
import {
  mailServer,
  receiver,
  slackStandIn,
  type Heard,
  type MailServer,
  type Receiver,
} from "./testing/receivers.ts";

const SECRET = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;
const CHAT_AFTER_MS = 300;
const MAIL_AFTER_MS = 700;
const POLICY = `
version: 1
groups: { finance: [ana, bo] }
actions: { orders.submit: {} }
rules:
  - id: orders
    why: Finance approves every order
    owner: chen
    match: { action: orders.submit }
    decision: hold
    risk: medium
    approval: { approvers: group:finance, deadline: 1h }
`;

let server: UnderTest;
let webhook: Receiver;
let slack: Receiver;
let mail: MailServer;
let agent: string;
let ana: string;

beforeEach(async () => {
  [webhook, slack, mail] = await Promise.all([receiver(), slackStandIn(), mailServer()]);
  server = await startUnderTest({ policy: POLICY, config: { notify: settings() } });
  ana = await server.person("ana");
  await server.person("bo");
  await server.person("chen");
  await server.person("olga", ["operator", "resolver"]);
  for (const id of ["ana", "bo", "chen", "olga"]) await contact(id);
  agent = await server.identity("buyer", { owner: "chen" });
});
afterEach(async () => {
  await server.close();
  await Promise.all([webhook.close(), slack.close(), mail.close()]);
});

function settings(): Config["notify"] {
  return {
    webhook: { url: `${webhook.url}/hook?team=a`, secret: SECRET },
    chat: { token: "xoxb-secret-token", channel: "C024BE91L", apiUrl: slack.url },
    mail: { url: mail.url, user: null, password: null, from: "Haltpoint <hold@example.org>" },
    chatAfterMs: CHAT_AFTER_MS,
    mailAfterMs: MAIL_AFTER_MS,
  };
}

/** Where a person is told. */
async function contact(id: string): Promise<void> {
  const person = await server.app.store.person(id);
  if (person === null) throw new Error(`${id} is not there`);
  const told = { ...person, email: `${id}@example.org`, slack: `U0${id.toUpperCase()}` };
  await server.app.store.commit({
    commandId: `contact-${id}`,
    expected: {},
    writes: [{ kind: "person", person: told }],
  });
}

async function hold(resource = "PO-7", key = "order"): Promise<{ id: string; digest: string }> {
  const got = await server.call("POST", "/v1/requests", {
    token: agent,
    key,
    body: { action: { name: "orders.submit" }, resource: { type: "order", id: resource } },
  });
  expect(got.status).toBe(201);
  return { id: got.body.request.id, digest: got.body.request.revision.digest };
}

async function review(
  { id, digest }: { id: string; digest: string },
  verdict: "approve" | "reject",
  token = ana,
): Promise<void> {
  const body = { verdict, digest, reason: "as the test goes" };
  const got = await server.call("POST", `/v1/requests/${id}/reviews`, { token, body });
  expect(got.status, got.text).toBe(200);
}

/** A subject with its encoded words read (RFC 2047). */
function subjectOf(raw: string): string {
  const [, folded = ""] = /^Subject: ((?:.*\r\n[ \t])*.*)\r\n/m.exec(raw) ?? [];
  return folded
    .replaceAll(/\?=\r\n[ \t]+=\?/g, "?==?")
    .replaceAll(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, text: string) =>
      decodeURIComponent(text.replaceAll("_", " ").replaceAll("%", "%25").replaceAll("=", "%")),
    );
}

const eventually = (holds: () => boolean | Promise<boolean>) => until(holds).toBe(true);

const events = (): readonly { type: string; id: string; data: Record<string, unknown> }[] =>
  webhook.heard.map(({ body }) => JSON.parse(body));
const typesTold = (): readonly string[] => events().map(({ type }) => type);

describe("what is held is told", () => {
  it("at once to the webhook, signed as Standard Webhooks asks, as a CloudEvent", async () => {
    const { id } = await hold();
    await eventually(() => webhook.heard.length === 1);
    const [told] = webhook.heard;
    const event = JSON.parse(told?.body ?? "");
    expect(event).toMatchObject({
      specversion: "1.0",
      type: "haltpoint.request.needs_decision",
      subject: id,
      data: { request_id: id, risk: "medium", identity: "buyer", owner: "chen", status: "held" },
    });
    expect(event.data.link).toMatch(new RegExp(`/r/${id}$`));
    const { headers, body } = told as Heard;
    const signed = [headers["webhook-id"], headers["webhook-timestamp"], body].join(".");
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const mac = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
    expect(headers["webhook-id"]).toBe(event.id);
  });

  it("in chat where nobody has looked, and by mail to each who could decide", async () => {
    await hold();
    await eventually(() => mail.letters.length >= 2);
    expect(slack.heard).toHaveLength(1);
    const posted = JSON.parse(slack.heard[0]?.body ?? "");
    expect(slack.heard[0]?.headers.authorization).toBe("Bearer xoxb-secret-token");
    expect(posted.channel).toBe("C024BE91L");
    expect(posted.text).toMatch(/^Medium: Submit orders PO-7 · expires \d\d:\d\d UTC$/);
    expect(JSON.stringify(posted)).toContain("<@U0ANA>");
    expect(mail.letters.flatMap(({ to }) => to).sort()).toEqual([
      "ana@example.org",
      "bo@example.org",
    ]);
    const { raw } = mail.letters[0] ?? { raw: "" };
    expect(raw).toContain("Opening this message or a link in it never approves anything.");
    expect(subjectOf(raw)).toMatch(/^Medium: Submit orders PO-7 · expires \d\d:\d\d UTC$/);
  });

  it("and not any more once it is decided; its chat message says how (invariant 5)", async () => {
    const held = await hold();
    await eventually(() => slack.heard.length === 1);
    await review(held, "approve");
    await eventually(() => slack.heard.length === 2);
    expect(slack.heard[1]?.path).toBe("/chat.update");
    const updated = JSON.parse(slack.heard[1]?.body ?? "");
    expect(updated).toMatchObject({ channel: "C024BE91L", ts: "1795000000.000001" });
    expect(updated.text).toBe("Approved by ana: Submit orders PO-7");
    await new Promise((resolve) => setTimeout(resolve, MAIL_AFTER_MS + 600));
    expect(mail.letters).toEqual([]);
  });

  it("a message has links and nothing that could approve (T16)", async () => {
    await hold("<https://evil.example|Approve> *bold* \u202e");
    await eventually(() => mail.letters.length >= 2 && slack.heard.length >= 1);
    const chat = JSON.parse(slack.heard[0]?.body ?? "");
    const [section] = chat.blocks;
    expect(section.text.type).toBe("plain_text");
    expect(chat.text).toContain("&lt;https://evil.example|Approve&gt;");
    expect(JSON.stringify(chat)).not.toMatch(/"type":"(button|actions)"/);
    expect(JSON.stringify(chat)).toContain("«U+202E»");
    const links = [...mail.letters, ...slack.heard.map(({ body }) => ({ raw: body }))]
      .flatMap(({ raw }) => raw.replaceAll("=\r\n", "").match(/https?:\/\/[^\s|>"]+/g) ?? [])
      .filter((link) => !link.startsWith("https://evil.example"));
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect(link).toMatch(/\/r\/req_[0-9A-Z]+$/);
  });
});

describe("what happens is told", () => {
  it("a rejection to the owner, and never an expiry as somebody's no", async () => {
    await review(await hold(), "reject");
    await eventually(() => mail.letters.length === 1);
    expect(mail.letters[0]?.to).toEqual(["chen@example.org"]);
    expect(mail.letters[0]?.raw).toContain("Rejected by ana");
    await eventually(() => typesTold().includes("haltpoint.request.ended"));
  });

  it("a halt to the operators at once", async () => {
    const olga = await server.person("olga-2", ["operator"]);
    const body = { scope: { kind: "everything" }, reason: "something is wrong" };
    const got = await server.call("POST", "/v1/halts", { token: olga, body });
    expect(got.status).toBe(201);
    await eventually(() => mail.letters.length === 1 && slack.heard.length === 1);
    expect(mail.letters[0]?.to).toEqual(["olga@example.org"]);
    expect(mail.letters[0]?.raw).toContain("HALT of everything by olga-2");
    expect(typesTold()).toContain("haltpoint.halt.halted");
  });

  it("that nobody can decide to the rule's owner and the operators at once", async () => {
    for (const id of ["ana", "bo"]) {
      const person = await server.app.store.person(id);
      if (person === null) throw new Error("not there");
      await server.app.store.commit({
        commandId: `off-${id}`,
        expected: {},
        writes: [{ kind: "person", person: { ...person, disabled: true } }],
      });
    }
    await hold();
    await eventually(() => mail.letters.length >= 2);
    const told = mail.letters.flatMap(({ to }) => to).sort();
    expect(told).toEqual(["chen@example.org", "olga@example.org"]);
    expect(mail.letters[0]?.raw).toContain("Nobody can decide");
  });
});

describe("what cannot be delivered", () => {
  it("is tried again with the same id until it is taken (T24)", async () => {
    webhook.answers.push({ status: 503 });
    await hold();
    await eventually(() => webhook.heard.length === 1);
    const failing = async () => {
      const olga = await server.call("GET", "/v1/deliveries?status=failing", { token: operator });
      return olga.body.items;
    };
    const operator = await server.person("oz", ["operator"]);
    await eventually(async () => (await failing()).length === 1);
    const [one] = await failing();
    expect(one).toMatchObject({ channel: "webhook", attempts: 1, status: "failing" });
    expect(one.last_error).toBe("the webhook answered 503");
    const retry = await server.call("POST", `/v1/deliveries/${one.id}/retry`, { token: operator });
    expect(retry.status).toBe(200);
    await eventually(() => webhook.heard.length === 2);
    expect(webhook.heard[1]?.headers["webhook-id"]).toBe(webhook.heard[0]?.headers["webhook-id"]);
    await eventually(async () => (await failing()).length === 0);
  });

  it("is a dead letter where the other side refuses for good, seen and in the ledger", async () => {
    mail.refused.add("bo@example.org");
    await hold();
    const operator = await server.person("oz", ["operator"]);
    const dead = async () =>
      (await server.call("GET", "/v1/deliveries", { token: operator })).body.items;
    await eventually(async () => (await dead()).length === 1);
    expect(await dead()).toMatchObject([
      { channel: "mail", person: "bo", status: "dead", last_error: "the mail server answered 550" },
    ]);
    expect(mail.letters.flatMap(({ to }) => to)).toEqual(["ana@example.org"]);
    const entries = await server.app.store.entries("system");
    expect(entries.map(({ kind }) => kind)).toContain("notice_undelivered");
    expect((await server.call("GET", "/metrics")).text).toMatch(/haltpoint_dead_notices 1/);
  });

  it("survives a server that dies between the claim and the answer", async () => {
    const { app } = server;
    const held = await hold();
    await eventually(() => webhook.heard.length === 1);
    const told = { channel: "webhook", kind: "needs_decision", at: 1, requestId: held.id };
    const payload = JSON.stringify({ ...told, revision: 0, haltId: null, persons: [], to: null });
    const { now } = await app.store.time();
    const claimed = {
      attempts: 1,
      deadAt: null,
      lastError: null,
      foldedInto: null,
      notBefore: now + 400,
    };
    const item = { id: "note_x", kind: "notice", requestId: held.id, payload, ...claimed };
    await app.store.commit({
      commandId: "claimed",
      expected: {},
      writes: [{ kind: "outbox", item }],
    });
    await eventually(() => webhook.heard.length === 2);
    expect(webhook.heard[1]?.headers["webhook-id"]).toBe("note_x");
  });

  it("never follows a redirect, and tells the log no secret (T28, T29)", async () => {
    const elsewhere = await receiver();
    webhook.answers.push({ status: 307, headers: { location: elsewhere.url } });
    await hold();
    await eventually(() => server.log.some((line) => line.includes("the webhook answered 307")));
    expect(elsewhere.heard).toEqual([]);
    await elsewhere.close();
    const log = server.log.join("");
    for (const secret of [SECRET, "xoxb-secret-token", "team=a"]) expect(log).not.toContain(secret);
  });
});

describe("look-alikes that wait at the same time (T20)", () => {
  const folded = async (): Promise<readonly DeliveryView[]> => {
    const token = await server.signIn("olga");
    return (await server.call("GET", "/v1/deliveries?status=folded", { token })).body.items;
  };
  const asked = () =>
    events().flatMap(({ type, data }) => (isAsking(type) ? [data.request_id] : []));
  const isAsking = (type: string) => type.endsWith("needs_decision");

  it("are told once, and each folded notice says into which", async () => {
    const first = await hold("PO-7", "one");
    await eventually(() => asked().length === 1);
    const second = await hold("PO-7", "two");
    await eventually(async () => (await folded()).length === 3);
    for (const each of await folded()) {
      expect(each).toMatchObject({
        request_id: second.id,
        status: "folded",
        told_instead: first.id,
        attempts: 0,
      });
    }
    // What is not alike is told at once, although they wait.
    const other = await hold("PO-8", "three");
    await eventually(() => asked().length === 2);
    expect(asked()).toEqual([first.id, other.id]);
    await eventually(() => mail.letters.length === 4);
    expect(await folded()).toHaveLength(3);
  });

  it("are told each where they ask for something else of people", async () => {
    const first = await hold("PO-7", "one");
    await eventually(() => asked().length === 1);
    const text = POLICY.replace("group:finance, deadline", "person:bo, deadline");
    const by = { by: "setup", file: "policy" } as const;
    expect(await publishPolicy(server.app, { text, ...by })).toMatchObject({ ok: true });
    const second = await hold("PO-7", "two");
    await eventually(() => asked().length === 2);
    expect(asked()).toEqual([first.id, second.id]);
    expect(await folded()).toEqual([]);
  });

  it("are told once nothing older that is like them waits: none is forgotten (T24)", async () => {
    const first = await hold("PO-7", "one");
    const second = await hold("PO-7", "two");
    await eventually(async () => (await folded()).length === 3);
    await review(first, "reject");
    const { now } = await server.app.store.time();
    for (const { id, next_at: nextAt } of await folded()) {
      expect(nextAt).toBeLessThanOrEqual(now + 300_000);
      const item = await server.app.store.outboxItem(id);
      if (item === null) throw new Error("a folded notice was dropped");
      // Its time comes.
      const writes = [{ kind: "outbox", item: { ...item, notBefore: now } }] as const;
      await server.app.store.commit({ commandId: `due-${id}`, expected: {}, writes });
    }
    await eventually(() => asked().length === 2);
    expect(asked()).toEqual([first.id, second.id]);
    await eventually(() => mail.letters.filter(({ raw }) => raw.includes(second.id)).length === 2);
    expect(await folded()).toEqual([]);
  });
});

it("nothing is written for channels that are not set up", async () => {
  const quiet = await startUnderTest({ policy: POLICY });
  try {
    await quiet.person("ana");
    await quiet.person("chen");
    const token = await quiet.identity("buyer", { owner: "chen" });
    const body = { action: { name: "orders.submit" }, resource: { type: "order", id: "1" } };
    await quiet.call("POST", "/v1/requests", { token, key: "k", body });
    const { now } = await quiet.app.store.time();
    expect(await quiet.app.store.outboxDue(now + 1e9, 10)).toEqual([]);
    const nowhere = { channels: new Set<never>(), close: () => Promise.resolve() };
    const never = () => Promise.reject(new Error("told"));
    const notifier = { ...nowhere, webhook: never, chat: never, mail: never };
    expect(await deliverDue(quiet.app, { notifier, onTrouble: () => undefined })).toBe(false);
  } finally {
    await quiet.close();
  }
});
