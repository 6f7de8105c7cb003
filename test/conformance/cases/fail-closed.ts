/** Point 5: fail closed. Without an answer that can be trusted the effect does not happen. */
import assert from "node:assert/strict";
import { type Answer, BROKEN, type Fault, isObject, SILENCE } from "../testing/network.ts";
import {
  type ConformanceCase,
  endsWithoutEffect,
  nothingRan,
  onRedemption,
  ranOnce,
} from "./conformance-case.ts";

const JSON_TYPE = "application/json";
const said = (status: number, type: string, body: string): Fault => ({
  kind: "said",
  status,
  type,
  body,
});

const PROBLEM = JSON.stringify({
  type: "about:blank",
  code: "internal",
  status: 500,
  title: "internal",
  detail: "something went wrong",
});

/** What may come instead of the first answer, whatever it would have been. */
const INSTEAD: Readonly<Record<string, Fault>> = {
  "a connection that breaks": BROKEN,
  "no answer at all": SILENCE,
  "a fault of the server (500)": said(500, "application/problem+json", PROBLEM),
  "a gateway's page (503)": said(503, "text/html", "<h1>unavailable</h1>"),
  "text that is not JSON": said(201, JSON_TYPE, '{"request": {"status": "running"'),
  "JSON that says nothing": said(200, JSON_TYPE, "{}"),
  "no content": said(204, JSON_TYPE, ""),
};

const whileSubmitting: readonly ConformanceCase[] = Object.entries(INSTEAD).map(
  ([what, fault]) => ({
    point: 5,
    name: `to the submission ${what}: nothing runs, and the agent is told (T27)`,
    run: async (world) => {
      world.network.onAsked = () => fault;
      const attempt = await world.attempt({ action: "allowed", patienceMs: 1_000 });
      await endsWithoutEffect(world, attempt);
    },
  }),
);

type Falsified = (json: Readonly<Record<string, unknown>>) => unknown;

const withRedemption =
  (change: (redemption: Readonly<Record<string, unknown>>) => unknown): Falsified =>
  (json) => ({ ...json, redemption: change(asObject(json["redemption"])) });

/** Answers to a redemption that are not to be believed. */
const FALSE: Readonly<Record<string, Falsified>> = {
  "for another request": withRedemption((redemption) => ({
    ...redemption,
    request_id: "01900000-0000-7000-8000-000000000000",
  })),
  "for another digest": withRedemption((redemption) => ({
    ...redemption,
    digest: "A".repeat(43),
  })),
  "with other arguments than were approved": withRedemption((redemption) => ({
    ...redemption,
    content: JSON.parse(
      JSON.stringify(redemption["content"]).replace("9000.00 USD", "9000000.00 USD"),
    ) as unknown,
  })),
  "of a request that is not approved": (json) => ({
    ...json,
    request: { ...asObject(json["request"]), status: "held" },
  }),
};

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** What may come instead of an answer that gives leave to run. */
const INSTEAD_OF_LEAVE: Readonly<Record<string, (answer: Answer) => Fault>> = {
  "a fault of the server (500)": () => said(500, "application/problem+json", PROBLEM),
  "the right words as something else than JSON": ({ status, json }) =>
    said(status, "text/plain", JSON.stringify(json)),
  "half of an answer": ({ status, json }) =>
    said(status, JSON_TYPE, JSON.stringify(json).slice(0, -40)),
  "a redirect": () => ({
    kind: "said",
    status: 307,
    type: JSON_TYPE,
    body: "{}",
    headers: { location: "/elsewhere" },
  }),
  ...Object.fromEntries(
    Object.entries(FALSE).map(([what, change]) => [
      `an answer ${what}`,
      ({ status, json }: Answer) => said(status, JSON_TYPE, JSON.stringify(change(asObject(json)))),
    ]),
  ),
};

const whileRedeeming: readonly ConformanceCase[] = Object.entries(INSTEAD_OF_LEAVE).map(
  ([what, fault]) => ({
    point: 5,
    name: `to the redemption ${what}: nothing runs, and the agent is told (I2, T27)`,
    run: async (world) => {
      let count = 0;
      world.network.onAnswer = onRedemption((answer) => {
        count += 1;
        return fault(answer);
      });
      const attempt = await world.attempt({ patienceMs: 6_000 });
      await world.approve(await world.request("held"));
      await endsWithoutEffect(world, attempt);
      assert.ok(count > 0, "the point redeems");
    },
  }),
);

export const failClosedCases: readonly ConformanceCase[] = [
  ...whileSubmitting,
  ...whileRedeeming,
  {
    point: 5,
    name: "the server goes away while it is held: nothing runs until it is back and says so",
    run: async (world) => {
      const attempt = await world.attempt();
      const request = await world.request("held");
      await world.server.kill();
      await nothingRan(world);
      await world.server.start();
      await world.approve(request);
      const { isDone } = await world.told(attempt);
      await world.quiet();
      assert.equal(world.effects.length, isDone ? 1 : 0);
    },
  },
  {
    point: 5,
    name: "under a halt nothing runs, not even what policy allows; after the lift at most once (I10)",
    run: async (world) => {
      const halt = await world.halt("nobody acts at present");
      const attempt = await world.attempt({ action: "allowed", patienceMs: 3_000 });
      await world.request();
      await nothingRan(world);
      await world.lift(halt);
      const { isDone } = await world.told(attempt);
      if (isDone) ranOnce(world);
      else await nothingRan(world);
    },
  },
];
