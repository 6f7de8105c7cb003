/** Many at once: one decision, and everybody else is told who decided what and when. */
import type { Problem, RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

const CROWD = 100;
const names = Array.from({ length: CROWD }, (_, index) => `person-${index}`);
const POLICY = `version: 1
default: { decision: deny }
groups: { crowd: [${names.join(", ")}] }
rules:
  - id: orders
    why: Anybody of the crowd
    owner: chen
    match: { action: orders.submit }
    decision: hold
    risk: medium
    approval: { approvers: group:crowd, deadline: 1h }
`;

let server: UnderTest;
let agent: string;
let tokens: readonly string[];

beforeAll(async () => {
  server = await startUnderTest({ policy: POLICY });
  await server.person("chen");
  tokens = await Promise.all(names.map((name) => server.person(name)));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

describe("a crowd", () => {
  it.each(["approve", "reject", "both"])("of 100 people (%s) makes one decision", async (mode) => {
    const { body } = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
    const view = body.request as RequestView;
    const verdicts = names.map((_, index) =>
      mode === "both" ? (index % 2 === 0 ? "approve" : "reject") : mode,
    );
    const answers = await Promise.all(
      tokens.map((token, index) =>
        server.call("POST", `/v1/requests/${view.id}/reviews`, {
          token,
          body: { verdict: verdicts[index], digest: view.revision.digest, reason: "we agree" },
        }),
      ),
    );
    const winners = answers.flatMap((answer, index) => (answer.status === 200 ? [index] : []));
    expect(winners).toHaveLength(1);
    const [winner = -1] = winners;
    const status = verdicts[winner] === "approve" ? "approved" : "rejected";
    const by = `person:person-${winner}`;
    const decidedAt = answers[winner]?.body.request.decided.at as number;
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused).toHaveLength(CROWD - 1);
    for (const { body: told, status: http } of refused) {
      expect(http).toBe(409);
      const { code, detail, decided } = told as Problem;
      expect(code).toBe("already_decided");
      expect(decided).toMatchObject({ status, by, at: decidedAt });
      expect(detail).toContain(by);
    }
    const entries = await server.app.store.entries(view.id);
    expect(entries.filter((entry) => entry.kind === status)).toHaveLength(1);
    expect(entries.filter((entry) => entry.kind === "refused")).toHaveLength(CROWD - 1);
  });

  it("of 1,000 identical submissions with one key makes one request", async () => {
    const key = "the-same-key";
    // 100 connections at once, each asking ten times: more would only test the client's patience.
    const asked = Array.from({ length: CROWD }, async () => {
      const answers = [];
      for (let count = 0; count < 10; count += 1) {
        answers.push(
          await server.call("POST", "/v1/requests", { token: agent, body: heldBody(), key }),
        );
      }
      return answers;
    });
    const answers = (await Promise.all(asked)).flat();
    const bodies = answers.map((answer) => answer.body as SubmitAnswer);
    expect(new Set(bodies.map((body) => body.request.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(bodies.filter((body) => body.replayed)).toHaveLength(999);
    const listed = await server.app.store.countRequests({
      identity: "agent-1",
      statuses: ["held"],
    });
    expect(listed).toBe(1);
  });

  it("of 50 redemptions with their own attempts lets one run (I1, T3)", async () => {
    const sent = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
    const view = sent.body.request as RequestView;
    await server.call("POST", `/v1/requests/${view.id}/reviews`, {
      token: tokens[0],
      body: { verdict: "approve", digest: view.revision.digest },
    });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        server.call("POST", `/v1/requests/${view.id}/redeem`, {
          token: agent,
          body: { attempt: newAttempt() },
          key: null,
        }),
      ),
    );
    const codes = answers.map((answer) => (answer.status === 200 ? "redeemed" : answer.body.code));
    expect(codes.filter((code) => code === "redeemed")).toHaveLength(1);
    expect(codes.filter((code) => code === "already_redeemed")).toHaveLength(49);
  });
});
