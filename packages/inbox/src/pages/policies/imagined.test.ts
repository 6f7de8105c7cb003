import { expect, test } from "vitest";
import { imaginedFrom } from "./imagined.ts";

const ACTION = { name: "payments.transfer" };
const RESOURCE = { type: "account", id: "1" };

test("an imagined request is taken as it is", () => {
  const request = { identity: "agent-1", action: ACTION, resource: RESOURCE, context: { a: 1 } };
  expect(imaginedFrom(JSON.stringify(request))).toEqual({ ok: true, request });
});

test("a submission is taken by its subject, without what explaining does not know", () => {
  const sent = {
    subject: { type: "agent", id: "agent-1" },
    action: ACTION,
    resource: RESOURCE,
    attempt: "x",
  };
  const request = { identity: "agent-1", action: ACTION, resource: RESOURCE };
  expect(imaginedFrom(JSON.stringify(sent))).toEqual({ ok: true, request });
});

test("what is wrong is said in words", () => {
  expect(imaginedFrom("{")).toMatchObject({ ok: false, why: expect.stringContaining("no JSON") });
  expect(imaginedFrom("[1]")).toMatchObject({ ok: false, why: expect.stringContaining("object") });
  expect(imaginedFrom('{"action":{}}')).toMatchObject({
    ok: false,
    why: "`identity`, `resource` is missing",
  });
});
