import { describe, expect, it } from "vitest";
import { HaltpointProblem } from "./errors.ts";
import { createPeopleClient, type PeopleClient } from "./people-client.ts";
import { refusal } from "./testing/scripted-server.ts";
import { served, thrownBy } from "./testing/served.ts";

type Row = readonly [
  name: string,
  call: (people: PeopleClient) => Promise<unknown>,
  line: string,
  body?: object,
];

const reason = "because";
const review = { verdict: "approve", digest: "d", confirmed: ["read"] } as const;
const edit = { digest: "d", set: { "action.properties.amount": 1 }, reason, approve: true };
const halt = { scope: { kind: "identity", id: "agent-1" }, reason } as const;
const identity = { id: "agent-1", type: "agent", owner: "person:bo" };
const person = { id: "bo", name: "Bo" };
const shifts = [{ person: "person:bo", from: 1, until: 2 }];
const imagined = {
  identity: "agent-1",
  action: { name: "a" },
  resource: { type: "t", id: "r" },
};

const ROWS: readonly Row[] = [
  ["whoami", (p) => p.whoami(), "GET /v1/whoami"],
  ["signOut", (p) => p.signOut(), "POST /v1/sign-out"],
  ["inbox", (p) => p.inbox({ limit: 2, cursor: "c" }), "GET /v1/inbox?limit=2&cursor=c"],
  ["list", (p) => p.list({ status: "held", since: 3 }), "GET /v1/requests?status=held&since=3"],
  ["get", (p) => p.get("7F3K"), "GET /v1/requests/7F3K"],
  ["entries", (p) => p.entries("r"), "GET /v1/requests/r/entries"],
  ["report", (p) => p.report(5), "GET /v1/report?since=5"],
  ["review", (p) => p.review("r", review), "POST /v1/requests/r/reviews", review],
  ["edit", (p) => p.edit("r", edit), "POST /v1/requests/r/edits", edit],
  ["ask", (p) => p.ask("r", { text: "?" }), "POST /v1/requests/r/questions", { text: "?" }],
  ["retract", (p) => p.retract("r", {}), "POST /v1/requests/r/retract", {}],
  ["extend", (p) => p.extend("r", { reason }), "POST /v1/requests/r/extend", { reason }],
  ["delegate", (p) => p.delegate("r", { to: "x" }), "POST /v1/requests/r/delegate", { to: "x" }],
  [
    "resolve",
    (p) => p.resolve("r", { result: "failed", reason }),
    "POST /v1/requests/r/resolve",
    { result: "failed", reason },
  ],
  ["interrupt", (p) => p.interrupt("r", { reason }), "POST /v1/requests/r/interrupt", { reason }],
  [
    "override",
    (p) => p.override("r", { digest: "d", reason }),
    "POST /v1/requests/r/override",
    { digest: "d", reason },
  ],
  [
    "followUp",
    (p) => p.followUp("r", { verdict: "ok", reason }),
    "POST /v1/requests/r/follow-up",
    { verdict: "ok", reason },
  ],
  ["halts", (p) => p.halts(), "GET /v1/halts"],
  ["halt", (p) => p.halt(halt), "POST /v1/halts", halt],
  ["lift", (p) => p.lift("h", { reason }), "DELETE /v1/halts/h", { reason }],
  ["identities.list", (p) => p.identities.list(), "GET /v1/identities"],
  ["identities.get", (p) => p.identities.get("a/b"), "GET /v1/identities/a%2Fb"],
  ["identities.create", (p) => p.identities.create(identity), "POST /v1/identities", identity],
  [
    "identities.update",
    (p) => p.identities.update("a", { stage: "retired" }),
    "PUT /v1/identities/a",
    { stage: "retired" },
  ],
  [
    "identities.createKey",
    (p) => p.identities.createKey("a", 9),
    "POST /v1/identities/a/keys",
    { expires_in_ms: 9 },
  ],
  [
    "identities.revokeKey",
    (p) => p.identities.revokeKey("a", "k"),
    "DELETE /v1/identities/a/keys/k",
  ],
  ["people.list", (p) => p.people.list(), "GET /v1/people"],
  ["people.create", (p) => p.people.create(person), "POST /v1/people", person],
  [
    "people.update",
    (p) => p.people.update("bo", { name: "Bo", disabled: true }),
    "PUT /v1/people/bo",
    { name: "Bo", disabled: true },
  ],
  [
    "people.enrol",
    (p) => p.people.enrol("bo", "lost phone"),
    "POST /v1/people/bo/enrolments",
    { reason: "lost phone" },
  ],
  ["onCall", (p) => p.onCall("ops", shifts), "PUT /v1/on-call/ops", { shifts }],
  ["policies.current", (p) => p.policies.current(), "GET /v1/policies/current"],
  ["policies.versions", (p) => p.policies.versions(), "GET /v1/policies"],
  ["policies.version", (p) => p.policies.version("v"), "GET /v1/policies/v"],
  ["policies.publish", (p) => p.policies.publish("x"), "POST /v1/policies", { text: "x" }],
  [
    "policies.explain",
    (p) => p.policies.explain(imagined),
    "POST /v1/policies/explain",
    { request: imagined },
  ],
  [
    "policies.coverage",
    (p) => p.policies.coverage({ since: 1, latest: 2 }),
    "GET /v1/policy/coverage?since=1&latest=2",
  ],
  [
    "policies.replay",
    (p) => p.policies.replay({ text: "x", since: 1 }),
    "POST /v1/policy/replay",
    { text: "x", since: 1 },
  ],
];

describe("each call of a person", () => {
  const rows = ROWS.map(([name, call, line, body = {}]) => ({ name, call, line, body }));

  it.each(rows)("$name is sent as agreed", async ({ call, line, body }) => {
    const server = await served();
    for (const verb of ["submit", "get", "other"] as const) {
      server.script[verb] = () => refusal("stale_revision", { diff: [{ path: "x", to: 1 }] });
    }
    const error = await thrownBy(call(createPeopleClient({ url: server.url, token: "hpp_1" })));
    expect(error).toBeInstanceOf(HaltpointProblem);
    expect(error).toMatchObject({ code: "stale_revision", diff: [{ path: "x", to: 1 }] });

    const [heard, ...more] = server.heard;
    expect(more).toEqual([]);
    const search = heard!.query.size === 0 ? "" : `?${heard!.query.toString()}`;
    expect(`${heard!.method} ${heard!.path}${search}`).toBe(line);
    expect(heard!.headers["authorization"]).toBe("Bearer hpp_1");
    expect(heard!.body).toEqual(body);
    expect(heard!.key === undefined).toBe(line.startsWith("GET"));
  });

  it("covers every call there is", () => {
    const people = createPeopleClient({ url: "http://127.0.0.1:1", token: "hpp_1" });
    const names = Object.entries(people).flatMap(([name, call]) =>
      typeof call === "function" ? [name] : Object.keys(call).map((inner) => `${name}.${inner}`),
    );
    expect(ROWS.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it("returns what the server answers, if it is what was asked for", async () => {
    const server = await served();
    const halt = { id: "halt_1", scope: { kind: "everything" }, active: true };
    const people = createPeopleClient({ url: server.url, token: "hpp_1" });
    server.script.other = () => ({ json: { items: [halt], cursor: null } });
    expect(await people.halts()).toEqual({ items: [halt], cursor: null });
    server.script.other = () => ({ json: { items: [{ id: 1 }], cursor: null } });
    expect(await thrownBy(people.halts())).toMatchObject({ code: "bad_answer" });
  });
});
