/** A change of policy is a request that a second policy admin decides (T13, T40). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { sha256Base64url } from "@haltpoint/protocol";
import type { App } from "../../packages/server/src/app/app.ts";
import { decideOn } from "../../packages/server/src/app/channels.ts";
import { execute } from "../../packages/server/src/app/execute.ts";
import { expireDue, passTime } from "../../packages/server/src/app/pass-time.ts";
import { halt as placeHalt } from "../../packages/server/src/app/place-halt.ts";
import type { Proposed } from "../../packages/server/src/app/propose-policy.ts";
import { replayPolicy } from "../../packages/server/src/app/policy-replay/replay-policy.ts";
import { savePerson } from "../../packages/server/src/app/registry.ts";
import { submitRequest } from "../../packages/server/src/app/submit-request.ts";
import { openSqliteStore } from "../../packages/server/src/storage/sqlite/store.ts";
import { ManualClock } from "../../packages/server/src/storage/testing/manual-clock.ts";
import { until } from "../http/testing/until.ts";
import { recordOf, type LongRecord } from "../replay/testing/record.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { removeFolder } from "../simulation/simulated-server.ts";
import type { Killed } from "./testing/killed-child.ts";
import { BASE, decideAs, NEXT, proposeAs } from "./testing/people.ts";

const OTHER = `${BASE}  - { id: mail, why: Mail needs nobody, match: { action: mail.send }, decision: allow }\n`;
const DAY_MS = 86_400_000;
const CHILD = join(import.meta.dirname, "testing", "killed-child.ts");

let record: LongRecord;
let app: App;
const open = async (policy = BASE): Promise<void> => {
  const opened = await recordOf(policy, 40, 3);
  onTestFinished(() => opened.close());
  record = opened;
  ({ app } = record);
};
beforeEach(() => open());

let keys = 0;
const key = (): string => `key-${(keys += 1)}`;

const propose = (text: string, person = "ana", used = key()) =>
  proposeAs(app, { text, person, key: used });

async function proposed(text: string, person = "ana"): Promise<NonNullable<Proposed["proposal"]>> {
  const answer = await propose(text, person);
  if (!answer.ok) throw new Error(answer.problem.detail);
  if (answer.value.proposal === null) throw new Error("nobody was asked");
  return answer.value.proposal;
}

const decide = (id: string, person: string, verdict: "approve" | "reject") =>
  decideAs(app, { id, person, verdict, key: key() });

const inForce = async () => (await app.store.policy())!.text;
const publications = async () =>
  (await app.store.entries("system")).filter(({ kind }) => kind === "policy_published");

describe("a proposal", () => {
  it("changes nothing until somebody else approves it, and then does with that very commit (T40)", async () => {
    const { id, link } = await proposed(NEXT);
    expect(link).toBe(`https://haltpoint.example/r/${id}`);
    const held = (await app.store.request(id))!;
    expect([held.status, held.onBehalfOf, held.scope.identity]).toEqual([
      "held",
      "ana",
      "haltpoint",
    ]);
    expect(await inForce()).toBe(BASE);
    const commit = app.store.commit.bind(app.store);
    const commits: string[][] = [];
    app.store.commit = (asked) => {
      commits.push(asked.writes.map(({ kind }) => kind));
      return commit(asked);
    };
    expect((await decide(id, "bo", "approve")).ok).toBe(true);
    app.store.commit = commit;
    expect(commits).toHaveLength(1);
    expect(commits[0]).toContain("policy");
    expect(await inForce()).toBe(NEXT);
    expect((await app.store.request(id))!.status).toBe("succeeded");
    const kinds = (await app.store.entries(id)).map(({ kind }) => kind);
    expect(kinds).toEqual(["submitted", "reviewed", "approved", "redeemed", "reported"]);
    const { actor, data } = (await publications()).at(-1)!;
    const [base, version] = [BASE, NEXT].map((text) => sha256Base64url(text));
    expect([actor, data]).toEqual([
      "person:ana",
      { how: "proposal", version, previous: base, request: id },
    ]);
    expect((await decide(id, "chen", "approve")).ok).toBe(false);
    expect(await publications()).toHaveLength(2);
  });

  it("has its text, the difference and what the record says of it before whoever decides", async () => {
    const { id } = await proposed(NEXT);
    const revision = (await app.store.revision(id, 0))!;
    const { action, context } = JSON.parse(revision.committed);
    expect(action.properties).toMatchObject({
      base: sha256Base64url(BASE),
      version: sha256Base64url(NEXT),
      text: NEXT,
      difference: ["+ rule erasing (allow)"],
    });
    expect(action.properties.replay.join("\n")).toMatch(
      /40 requests on record[\s\S]*Allowed that was held: \d+, by rule: default \d+/,
    );
    expect(context).toEqual({ on_behalf_of: "ana", justification: "finance asked for it" });
    expect(revision.digest).toBe(sha256Base64url(revision.committed));
  });

  it("is no part of what a replay counts: no policy decides how policy is changed", async () => {
    const before = await replayPolicy(app, "person:ana", { text: NEXT, file: "next.yaml" });
    await proposed(NEXT);
    record.clock.advance(1_000);
    const after = await replayPolicy(app, "person:ana", { text: NEXT, file: "next.yaml" });
    const judged = [before, after].map((each) => (each.ok ? each.value.judged : 0));
    expect(judged).toEqual([40, 40]);
  });

  it("is approved by nobody who proposed it, nor by who is no policy admin (T7, T13)", async () => {
    await savePerson(
      app,
      { id: "eve", name: "eve", rights: ["operator", "override"], disabled: false },
      { by: "operator", mustBe: "new" },
    );
    const { id } = await proposed(NEXT);
    const own = await decide(id, "ana", "approve");
    expect(own.ok ? "" : own.problem.code).toBe("separation_of_duties");
    const stranger = await decide(id, "eve", "approve");
    expect(stranger.ok ? "" : stranger.problem.code).toBe("not_eligible");
    const person = {
      kind: "person",
      id: "eve",
      rights: ["override"],
      via: "passkey",
      channel: "web",
      session: null,
    } as const;
    const { digest } = (await app.store.request(id))!.revision;
    const act = { kind: "override", digest, reason: "at once" } as const;
    const keyed = { principal: "person:eve", key: key(), fingerprint: "override" };
    const over = await decideOn(app, { requestId: id, person, act }, keyed);
    expect(over.ok ? "" : over.problem.code).toBe("separation_of_duties");
    expect(await inForce()).toBe(BASE);
  });

  it("changes nothing when it is rejected, expires, or is stopped by who proposed it", async () => {
    const rejected = await proposed(NEXT);
    expect((await decide(rejected.id, "bo", "reject")).ok).toBe(true);
    const stopped = await proposed(NEXT);
    const actor = { kind: "person", id: "ana", stepUp: "none", via: "passkey" } as const;
    const stop = { kind: "interrupt", actor, reason: "not yet" } as const;
    expect((await execute(app, stopped.id, stop)).ok).toBe(true);
    const expired = await proposed(NEXT);
    record.clock.advance(61 * DAY_MS);
    await expireDue(app);
    for (const [{ id }, status] of [
      [rejected, "rejected"],
      [stopped, "interrupted"],
      [expired, "expired"],
    ] as const) {
      expect((await app.store.request(id))!.status).toBe(status);
      expect((await decide(id, "chen", "approve")).ok).toBe(false);
    }
    expect(await inForce()).toBe(BASE);
    expect(await publications()).toHaveLength(1);
  });

  it("is withdrawn once another policy is in force: nobody reads what cannot be approved", async () => {
    const [{ id: first }, { id: second }] = [await proposed(NEXT), await proposed(OTHER)];
    expect((await decide(first, "bo", "approve")).ok).toBe(true);
    const background = passTime(app, (fault) => {
      throw fault;
    });
    await until(async () => (await app.store.request(second))?.status).toBe("cancelled");
    await background.stop();
    const [end] = (await app.store.entries(second)).slice(-1);
    expect(end).toMatchObject({
      kind: "withdrawn",
      data: { reason: "another policy came in force since it was proposed" },
    });
  });

  it("is refused at its approval where another policy came in force since, and says so", async () => {
    const [first, second] = [await proposed(NEXT), await proposed(OTHER, "bo")];
    expect((await decide(first.id, "chen", "approve")).ok).toBe(true);
    const late = await decide(second.id, "chen", "approve");
    expect(late.ok ? "" : late.problem.detail).toContain("no longer in force; propose it anew");
    expect(await inForce()).toBe(NEXT);
    // The refusal is on record as a refusal, and nothing else of what was asked for together.
    const entries = await app.store.entries(second.id);
    expect(entries.map(({ kind }) => kind)).toEqual(["submitted", "refused"]);
    expect(entries.at(-1)!.data).toEqual({ command: "review", code: "denied" });
  });

  it("of which two are approved at once, one is in force and the other refused", async () => {
    const both = [await proposed(NEXT), await proposed(OTHER, "bo")];
    const answers = await Promise.all(both.map(({ id }) => decide(id, "chen", "approve")));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await publications()).toHaveLength(2);
    const won = both[answers.findIndex(({ ok }) => ok)]!;
    expect((await app.store.policy())!.requestId).toBe(won.id);
  });

  it("is one approved twice at once, published once (I1)", async () => {
    const { id } = await proposed(NEXT);
    const answers = await Promise.all([decide(id, "bo", "approve"), decide(id, "chen", "approve")]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await publications()).toHaveLength(2);
  });

  it("is not put in force while a halt covers it (I10)", async () => {
    const { id } = await proposed(NEXT);
    const operator = { id: "olga", rights: ["operator"] } as const;
    await savePerson(
      app,
      { ...operator, name: "olga", disabled: false },
      { by: "operator", mustBe: "new" },
    );
    const person = { kind: "person", id: "olga", stepUp: "none", via: "passkey" } as const;
    const halt = { scope: { kind: "everything" }, reason: "drill" } as const;
    const keyed = { principal: "person:olga", key: key(), fingerprint: "halt" };
    expect((await placeHalt(app, person, halt, keyed)).ok).toBe(true);
    const answer = await decide(id, "bo", "approve");
    expect(answer.ok ? "" : answer.problem.code).toBe("halted");
    expect(await inForce()).toBe(BASE);
  });

  it("asked for again with its key is the same one (I14)", async () => {
    const answers = [await propose(NEXT, "ana", "same"), await propose(NEXT, "ana", "same")];
    const ids = answers.map((each) => (each.ok ? each.value.proposal?.id : null));
    expect(ids[0]).toBe(ids[1]);
    const other = await propose(OTHER, "ana", "same");
    expect(other.ok ? "" : other.problem.code).toBe("idempotency_conflict");
  });
});

describe("a server that is killed while it publishes", () => {
  it.each(["before", "after"] as const)(
    "%s its commit is durable has published nothing or all of it (I8)",
    async (when) => {
      const child = spawnSync(process.execPath, [CHILD, when], { encoding: "utf8" });
      expect([child.stderr, child.signal]).toEqual(["", "SIGKILL"]);
      const { folder, file, id } = JSON.parse(child.stdout) as Killed;
      onTestFinished(() => removeFolder(folder));
      const options = { file, clock: new ManualClock(), random: new SeededRandom(2) };
      const store = await openSqliteStore(options);
      const isDone = when === "after";
      expect((await store.policy())!.text).toBe(isDone ? NEXT : BASE);
      expect((await store.request(id))!.status).toBe(isDone ? "succeeded" : "held");
      const kinds = (await store.entries("system")).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "policy_published")).toHaveLength(isDone ? 2 : 1);
      await store.close();
    },
  );
});

describe("who may propose", () => {
  it("is told how to go on where nobody else could approve it", async () => {
    for (const id of ["bo", "chen", "dee"]) {
      await savePerson(app, { id, rights: [] }, { by: "operator", mustBe: "known" });
    }
    const alone = await propose(NEXT);
    expect(alone.ok ? "" : alone.problem.detail).toMatch(
      /you are the only one.*--right policy_admin.*--host --reason/,
    );
    expect(await app.store.countRequests({ identity: "haltpoint" })).toBe(0);
  });

  it("is nobody without the right, not even one who lost it a moment ago (T37)", async () => {
    const commit = app.store.commit.bind(app.store);
    app.store.commit = async (asked) => {
      app.store.commit = commit;
      await savePerson(app, { id: "ana", rights: [] }, { by: "operator", mustBe: "known" });
      return app.store.commit(asked);
    };
    const answer = await propose(NEXT);
    expect(answer.ok ? "" : answer.problem.code).toBe("right_required");
    const again = await propose(NEXT);
    expect(again.ok ? "" : again.problem.code).toBe("right_required");
  });

  it("is no identity: one that asks for it is denied, whatever policy says (T13)", async () => {
    await open(
      `${BASE}  - { id: own, why: w, match: { action: policy.publish }, decision: allow }\n`,
    );
    const properties = {
      base: sha256Base64url(await inForce()),
      version: sha256Base64url(NEXT),
      text: NEXT,
    };
    const body = {
      action: { name: "policy.publish", properties },
      resource: { type: "policy", id: "x" },
    };
    const sent = { identityId: "agent-1", body, key: key(), attemptHash: null };
    const answer = await submitRequest(app, sent);
    expect(answer.ok ? answer.value.state.status : "").toBe("denied");
  });
});

describe("what a policy says of its own replacement", () => {
  const withRule = (rule: string): string => `${BASE}  - ${rule}\n`;
  const owned = "why: w, owner: chen, match: { action: policy.publish }";
  const obligationsUnder = async (policy: string) => {
    await open(policy);
    const { id } = await proposed(`${policy}# next\n`);
    return (await app.store.request(id))!.obligations!;
  };

  it("never loosens it (T13, T40)", async () => {
    const built = await obligationsUnder(BASE);
    expect(built.quorum).toEqual([{ count: 1, from: ["right:policy_admin"], escalate: [] }]);
    for (const policy of [
      withRule(`{ id: x, ${owned}, decision: allow }`),
      `${withRule(`{ id: x, ${owned}, decision: hold, approval: { approvers: person:ana, deadline: 1h } }`)}mode: shadow\n`,
      BASE.replace("rules:\n", "unknown_actions: default\nrules:\n"),
      withRule("{ id: x, why: w, match: { action: '*' }, decision: deny }"),
      BASE.replace(/default: .*/, "default: { decision: deny }"),
    ]) {
      expect(await obligationsUnder(policy)).toEqual(built);
    }
  });

  it("may ask for more, which is asked for as well", async () => {
    const more = `{ id: x, ${owned}, decision: hold, approval: { quorum: [{ count: 2, from: group:finance }], step_up: passkey, owner_may_approve: true, on_behalf_of_may_approve: true, deadline: 1h } }`;
    const asked = await obligationsUnder(withRule(more));
    expect(asked).toMatchObject({
      quorum: [
        { count: 2, from: ["group:finance"] },
        { count: 1, from: ["right:policy_admin"] },
      ],
      stepUp: "passkey",
      ownerMayApprove: false,
      onBehalfOfMayApprove: false,
      deadlineMs: 3_600_000,
    });
  });

  it("hides nothing of its text (T18)", async () => {
    const hiding = BASE.replace(
      "rules:\n",
      "actions: { policy.publish: { sensitive: [action.properties.text] } }\nrules:\n",
    );
    await open(hiding);
    const { id } = await proposed(NEXT);
    expect((await app.store.revision(id, 0))!.committed).toContain("Erasing needs nobody");
  });
});
