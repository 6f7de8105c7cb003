/** T11 on the use cases, with a provider that says what a test lets it say. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../domain/request/commands.ts";
import type { IdentityProvider, RefreshAnswer } from "../ports/identity-provider.ts";
import { openSqliteStore } from "../storage/sqlite/store.ts";
import { ManualClock } from "../storage/testing/manual-clock.ts";
import { createSeal } from "../system/seal.ts";
import { systemRandom } from "../system/system-random.ts";
import { DEFAULT_SERVER_LIMITS, type App } from "./app.ts";
import { commitOnce } from "./commit-once.ts";
import { createApp } from "./create-app.ts";
import { execute } from "./execute.ts";
import { KnownProvider, sealedFor } from "./known-provider.ts";
import { publishPolicy } from "./publish-policy.ts";
import { attemptHashOf, redeemGrant } from "./redeem-grant.ts";
import { saveIdentity } from "./identities.ts";
import { savePerson } from "./registry.ts";
import { submitRequest } from "./submit-request.ts";
import { viewRequest } from "./view-request.ts";

const POLICY = `
version: 1
default: { decision: hold, approvers: group:finance, owner: own, deadline: 4h }
`;
const ISSUER = "https://id.example";
const AT_ONCE = {
  waitMs: 0,
  signal: new AbortController().signal,
  stillAdmitted: () => Promise.resolve(null),
};
const MINUTE = 60_000;

/** Says what it is told to, and counts how often it was asked with which token. */
class ScriptedProvider implements IdentityProvider {
  readonly name = "Example";
  readonly issuer = ISSUER;
  answers: (subject: string) => RefreshAnswer | Promise<RefreshAnswer> = () => UNAVAILABLE;
  readonly asked: string[] = [];

  begin() {
    return Promise.resolve(UNAVAILABLE);
  }
  finish() {
    return Promise.resolve(UNAVAILABLE);
  }
  refresh({ subject, refreshToken }: { subject: string; refreshToken: string }) {
    this.asked.push(refreshToken);
    return Promise.resolve(this.answers(subject));
  }
}

const UNAVAILABLE = { kind: "unavailable", why: "it is down" } as const;
const says = (groups: readonly string[], refreshToken: string): RefreshAnswer => ({
  kind: "confirmed",
  groups,
  refreshToken,
});

let folder: string;
let clock: ManualClock;
let provider: ScriptedProvider;
let app: App;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haltpoint-membership-"));
  clock = new ManualClock();
  provider = new ScriptedProvider();
  const file = join(folder, "store.db");
  const store = await openSqliteStore({ file, clock, random: systemRandom });
  const limits = { ...DEFAULT_SERVER_LIMITS, request: DEFAULT_LIMITS };
  const seal = createSeal(systemRandom, { stored: systemRandom.bytes(32), configured: "secret" });
  const identityProvider = new KnownProvider(provider, seal);
  app = createApp({ store, random: systemRandom, limits, identityProvider });
  const change = { by: "operator", mustBe: "new" } as const;
  for (const id of ["ana", "bo", "own"]) {
    await savePerson(app, { id, name: id, rights: [], disabled: false }, change);
  }
  const identity = {
    id: "agent",
    type: "agent",
    owner: "own",
    stage: "active",
    groups: [],
    labels: {},
    actsForPeople: false,
    assurance: "cooperative",
    mode: "enforce",
    may: null,
  } as const;
  await saveIdentity(app, identity, change);
  const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "policy.yaml" });
  if (!published.ok) throw new Error(published.problem.detail);
  await link("ana", ["finance"], "first");
});

afterEach(async () => {
  app.changes.close();
  await app.store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function link(person: string, groups: readonly string[], token: string | null) {
  const { now } = await app.store.time();
  const account = { issuer: ISSUER, subject: `sub-${person}`, person, groups };
  const refreshToken =
    token === null ? null : app.identityProvider!.seal.seal(token, sealedFor(account));
  const times = { confirmedAt: now, linkedAt: now, endedAt: null, version: 1 };
  const stored = { ...account, ...times, refreshToken };
  await commitOnce(app, { expected: {}, writes: [{ kind: "account", account: stored }] });
}

async function submitted(key = "k"): Promise<string> {
  const body = { action: { name: "pay" }, resource: { type: "bill", id: "b" } };
  const answer = await submitRequest(app, { identityId: "agent", body, key, attemptHash: null });
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer.value.state.id;
}

async function approve(id: string, person = "ana") {
  const { revision } = (await app.store.request(id))!;
  const actor = { kind: "person", id: person, stepUp: "none", via: "oidc" } as const;
  const said = {
    verdict: "approve",
    digest: revision.digest,
    reason: null,
    confirmed: [],
  } as const;
  const done = await execute(app, id, { kind: "review", actor, ...said });
  return done.ok ? done.value.state.status : done.problem.code;
}

async function redeem(id: string, attempt = "attempt") {
  const asked = { requestId: id, identityId: "agent", attemptHash: attemptHashOf(attempt) };
  const done = await redeemGrant(app, asked, AT_ONCE);
  return done.ok ? done.value.state.status : done.problem;
}

async function systemKinds(): Promise<readonly string[]> {
  return (await app.store.entries("system")).map((entry) => entry.kind);
}

describe("membership that an identity provider vouches for (T11, I3)", () => {
  it("counts for five minutes without asking, in a group that only the provider names", async () => {
    const id = await submitted();
    clock.advance(4 * MINUTE);
    expect(await approve(id)).toBe("approved");
    expect(await redeem(id)).toBe("running");
    expect(provider.asked).toEqual([]);
  });

  it("stops the run of somebody who was removed from the group after approving", async () => {
    const id = await submitted();
    expect(await approve(id)).toBe("approved");
    clock.advance(6 * MINUTE);
    provider.answers = () => says([], "second");
    const epoch = (await app.store.epochs()).membership;
    expect(await redeem(id)).toMatchObject({ code: "approval_void" });
    expect((await app.store.request(id))?.returned?.why).toBe("reviews_no_longer_count");
    expect((await app.store.epochs()).membership).toBe(epoch + 1);
    expect(await systemKinds()).toContain("account_changed");
  });

  it("returns the request to held where the provider cannot be asked, and says why", async () => {
    const id = await submitted();
    expect(await approve(id)).toBe("approved");
    clock.advance(6 * MINUTE);
    expect(await redeem(id)).toMatchObject({ code: "approval_void" });
    const state = (await app.store.request(id))!;
    expect(state.status).toBe("held");
    const view = await viewRequest(app, state, { kind: "identity", id: "agent" });
    expect(view?.returned?.why).toBe("membership_unconfirmed");
    expect(view?.quorum).toMatchObject({ filled: 0, unconfirmed: ["ana"] });
  });

  it("does not count a review while the provider is away, and counts it said again after", async () => {
    const id = await submitted();
    clock.advance(6 * MINUTE);
    expect(await approve(id)).toBe("held");
    clock.advance(2_000);
    provider.answers = () => says(["finance"], "second");
    expect(await approve(id)).toBe("approved");
    expect(await redeem(id)).toBe("running");
  });

  it("uses each rotated token once, also after an answer that came half", async () => {
    const id = await submitted();
    clock.advance(6 * MINUTE);
    provider.answers = () => ({ ...UNAVAILABLE, refreshToken: "second" });
    expect(await approve(id)).toBe("held");
    clock.advance(2_000);
    provider.answers = () => says(["finance"], "third");
    expect(await approve(id)).toBe("approved");
    clock.advance(6 * MINUTE);
    expect(await redeem(id)).toBe("running");
    expect(provider.asked).toEqual(["first", "second", "third"]);
  });

  it("asks once about an account however many need the answer", async () => {
    const ids = await Promise.all(["a", "b", "c", "d"].map((key) => submitted(key)));
    clock.advance(6 * MINUTE);
    let n = 1;
    provider.answers = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return says(["finance"], `token-${(n += 1)}`);
    };
    const statuses = await Promise.all(ids.map((id) => approve(id)));
    expect(statuses).toEqual(["approved", "approved", "approved", "approved"]);
    expect(provider.asked).toEqual(["first"]);
  });

  it("shuts out whose account has ended: nothing of theirs counts, nor can they decide", async () => {
    const id = await submitted();
    expect(await approve(id)).toBe("approved");
    clock.advance(6 * MINUTE);
    provider.answers = () => ({ kind: "ended" });
    expect(await redeem(id)).toMatchObject({ code: "approval_void" });
    expect(await approve(id)).toBe("right_required");
    expect(await systemKinds()).toContain("account_ended");
    clock.advance(6 * MINUTE);
    expect(await redeem(id)).toMatchObject({ code: "not_approved" });
    expect(provider.asked).toEqual(["first"]);
  });

  it("counts nobody whose account came without a token once five minutes are over", async () => {
    await link("bo", ["finance"], null);
    const id = await submitted();
    expect(await approve(id, "bo")).toBe("approved");
    clock.advance(6 * MINUTE);
    expect(await redeem(id)).toMatchObject({ code: "approval_void" });
  });

  it("keeps a token that nobody can read in the store", async () => {
    const account = await app.store.account(ISSUER, "sub-ana");
    expect(account?.refreshToken).not.toContain("first");
  });
});
