/**
 * A purchasing office on the real store: identities that order, a person who approves, and a policy
 * that lets orders run as long as their sum stays within a budget.
 */
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { attemptHashOf, redeemGrant } from "../../../packages/server/src/app/redeem-grant.ts";
import type { App } from "../../../packages/server/src/app/app.ts";
import { execute, executeSteps } from "../../../packages/server/src/app/execute.ts";
import { editSteps } from "../../../packages/server/src/app/edit-request.ts";
import { halt } from "../../../packages/server/src/app/place-halt.ts";
import { publishPolicy } from "../../../packages/server/src/app/publish-policy.ts";
import { saveIdentity } from "../../../packages/server/src/app/identities.ts";
import { savePerson } from "../../../packages/server/src/app/registry.ts";
import { submitRequest } from "../../../packages/server/src/app/submit-request.ts";
import type { Command } from "../../../packages/server/src/domain/request/commands.ts";
import type { RequestState } from "../../../packages/server/src/domain/request/model.ts";
import { openSqliteStore } from "../../../packages/server/src/storage/sqlite/store.ts";
import { ManualClock } from "../../../packages/server/src/storage/testing/manual-clock.ts";
import { systemClock } from "../../../packages/server/src/system/system-clock.ts";
import { systemRandom } from "../../../packages/server/src/system/system-random.ts";
import { appOn, newFolder, removeFolder } from "../../simulation/simulated-server.ts";

export const HOUR_MS = 3_600_000;
export const BUYERS = ["buyer-1", "buyer-2", "buyer-3", "buyer-4", "buyer-5"];

/** Each has its budget; below it orders run, above it finance is asked. */
export function policyOf(
  budgets = 'spend: { sum: action.properties.amount, per: subject.owner, window: 24h, limit: "10000.00 USD" }',
  when = '!budget("spend").over',
): string {
  return `version: 1
default: { decision: hold, approvers: "group:finance", owner: ana, deadline: 4h, edits: { fields: [action.properties.amount], editor_may_approve: true } }
groups: { finance: [ana, bo] }
budgets: { ${budgets} }
rules:
  - { id: within, why: Orders run while the budget lasts, match: { action: order }, when: '${when}', decision: allow }
`;
}

export interface Order {
  readonly buyer?: string;
  readonly amount: string;
  readonly vendor?: string;
  /** Redeem in the same commit. */
  readonly attempt?: string;
}

const change = { by: "operator", mustBe: "new" } as const;
const AT_ONCE = {
  waitMs: 0,
  signal: new AbortController().signal,
  stillAdmitted: () => Promise.resolve(null),
};

export class Purchasing {
  readonly clock: ManualClock;
  #app: App;
  #folder: string;
  #keys = 0;

  private constructor(app: App, folder: string, clock: ManualClock) {
    this.#app = app;
    this.#folder = folder;
    this.clock = clock;
  }

  static async open(
    policy: string = policyOf(),
    assurance: "mediated" | "cooperative" = "mediated",
  ): Promise<Purchasing> {
    const folder = newFolder();
    const clock = new ManualClock();
    const app = await appAt(folder, clock);
    const house = new Purchasing(app, folder, clock);
    await register(app, assurance);
    await house.publish(policy);
    return house;
  }

  get app(): App {
    return this.#app;
  }

  async publish(text: string): Promise<void> {
    const published = await publishPolicy(this.#app, { text, by: "setup", file: "policy" });
    if (!published.ok) throw new Error(published.problem.detail);
  }

  async order({
    buyer = "buyer-1",
    amount,
    vendor = "acme",
    attempt,
  }: Order): Promise<RequestState> {
    this.#keys += 1;
    const body = {
      action: { name: "order", properties: { amount, vendor } },
      resource: { type: "order", id: `PO-${this.#keys}` },
      enforcement: { caller_returns: true },
    };
    const attemptHash = attempt === undefined ? null : attemptHashOf(attempt);
    const submit = { identityId: buyer, body, key: `key-${this.#keys}`, attemptHash };
    const answer = await submitRequest(this.#app, submit);
    if (!answer.ok) throw new Error(answer.problem.detail);
    return answer.value.state;
  }

  /** The state after it, or the code of the refusal. */
  async redeem(state: RequestState, attempt = "a"): Promise<RequestState | string> {
    const redeem = {
      requestId: state.id,
      identityId: state.scope.identity,
      attemptHash: attemptHashOf(attempt),
    };
    const answer = await redeemGrant(this.#app, redeem, AT_ONCE);
    return answer.ok ? answer.value.state : answer.problem.code;
  }

  report(
    state: RequestState,
    result: "succeeded" | "failed" | "not_started",
    attempt = "a",
  ): Promise<RequestState | string> {
    const attemptHash = attemptHashOf(attempt);
    const about = { kind: "report", attemptHash, result, detail: null } as const;
    return this.do(state, { ...about, actor: agent(state), stoppedAfterMs: null });
  }

  approve(state: RequestState, person = "ana"): Promise<RequestState | string> {
    const about = { kind: "review", actor: human(person), digest: state.revision.digest } as const;
    return this.do(state, { ...about, verdict: "approve", confirmed: [], reason: "fine" });
  }

  reject(state: RequestState): Promise<RequestState | string> {
    const about = { kind: "review", actor: human("ana"), digest: state.revision.digest } as const;
    return this.do(state, { ...about, verdict: "reject", confirmed: [], reason: "no" });
  }

  override(state: RequestState): Promise<RequestState | string> {
    const actor = human("ana", "passkey");
    const { digest } = state.revision;
    return this.do(state, { kind: "override", actor, digest, reason: "outage" });
  }

  withdraw(state: RequestState): Promise<RequestState | string> {
    return this.do(state, { kind: "withdraw", actor: agent(state), reason: null });
  }

  interrupt(state: RequestState): Promise<RequestState | string> {
    return this.do(state, { kind: "interrupt", actor: human("ana"), reason: "stop" });
  }

  resolve(
    state: RequestState,
    result: "succeeded" | "failed" | "not_started",
  ): Promise<RequestState | string> {
    return this.do(state, { kind: "resolve", actor: human("ana"), result, reason: "looked" });
  }

  /** What time has ended by now. */
  tick(state: RequestState): Promise<RequestState | string> {
    return this.do(state, { kind: "tick", actor: { kind: "clock" } });
  }

  /** A new amount, approved with it. */
  async edit(state: RequestState, amount: string): Promise<RequestState | string> {
    const edit = {
      actor: human("bo"),
      digest: state.revision.digest,
      set: { "action.properties.amount": amount },
      reason: "less",
      approve: { confirmed: [] },
    };
    const answer = await executeSteps(
      this.#app,
      state.id,
      (current, standing) => editSteps(this.#app, edit, current, standing),
      null,
    );
    return answer.ok ? answer.value.state : answer.problem.code;
  }

  async halt(): Promise<void> {
    const body = { scope: { kind: "everything" }, reason: "stop" } as const;
    const keyed = { principal: "person:ana", key: `halt-${(this.#keys += 1)}`, fingerprint: "f" };
    const placed = await halt(this.#app, human("ana"), body, keyed);
    if (!placed.ok) throw new Error(placed.problem.detail);
  }

  async do(state: RequestState, command: Command): Promise<RequestState | string> {
    const answer = await execute(this.#app, state.id, command);
    return answer.ok ? answer.value.state : answer.problem.code;
  }

  /** What counts for a budget and a key, in minor units or as a number. */
  async total(key = '["olga"]', windowMs = 24 * HOUR_MS, at = 0): Promise<bigint> {
    const { store } = this.#app;
    const budgets = (await store.budgets()).filter(({ retired }) => !retired);
    const budget = budgets[at]?.number ?? -1;
    const query = { budget, key, windowMs, value: null, leftOut: null };
    const { now } = await store.time();
    const [total] = await store.budgetTotals([query], now);
    return total?.total ?? 0n;
  }

  async state(id: string): Promise<RequestState> {
    const found = await this.#app.store.request(id);
    if (found === null) throw new Error(`there is no ${id}`);
    return found;
  }

  /**
   * What a power cut leaves: the files as they are at this moment, opened anew. Whatever was under
   * way in the old process goes nowhere.
   */
  async crash(): Promise<void> {
    const next = newFolder();
    for (const name of ["server.db", "server.db-wal"]) {
      const file = join(this.#folder, name);
      if (existsSync(file)) cpSync(file, join(next, name));
    }
    const [app, folder] = [this.#app, this.#folder];
    this.#folder = next;
    this.#app = await appAt(next, this.clock);
    app.changes.close();
    await app.store.close();
    removeFolder(folder);
  }

  async close(): Promise<void> {
    this.#app.changes.close();
    await this.#app.store.close();
    removeFolder(this.#folder);
  }
}

/** People and buyers. */
async function register(app: App, assurance: "mediated" | "cooperative"): Promise<void> {
  for (const id of ["ana", "bo", "olga"]) {
    const rights = id === "ana" ? (["operator", "resolver", "override"] as const) : [];
    await savePerson(app, { id, name: id, rights, disabled: false }, change);
  }
  for (const id of BUYERS) {
    const about = { id, type: "agent", owner: "olga", stage: "active", groups: [], labels: {} };
    const more = { actsForPeople: false, assurance, mode: "enforce", may: null } as const;
    const saved = await saveIdentity(app, { ...about, ...more }, change);
    if (!saved.ok) throw new Error(saved.problem.detail);
  }
}

/** The same office in a file, for buyers in other processes. */
export async function prepare(file: string): Promise<void> {
  const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
  const app = appOn(store, systemRandom);
  await register(app, "mediated");
  await publishPolicy(app, { text: policyOf(), by: "setup", file: "policy" });
  app.changes.close();
  await store.close();
}

async function appAt(folder: string, clock: ManualClock): Promise<App> {
  const file = join(folder, "server.db");
  return appOn(await openSqliteStore({ file, clock, random: systemRandom }), systemRandom);
}

function agent(state: RequestState): Command["actor"] {
  return { kind: "identity", id: state.scope.identity };
}

function human(
  id: string,
  stepUp: "none" | "passkey" = "none",
): Extract<Command["actor"], { kind: "person" }> {
  return { kind: "person", id, stepUp, via: "token" };
}

/** Of an answer that must not be a refusal. */
export function done(answer: RequestState | string): RequestState {
  if (typeof answer === "string") throw new Error(`it was refused: ${answer}`);
  return answer;
}
