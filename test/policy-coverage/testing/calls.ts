/** A record of calls of a few tools, under a policy that is about some of them. */
import type { CoverageView, SubmitBody } from "@haltpoint/protocol";
import { policyCoverage } from "../../../packages/server/src/app/policy-coverage/policy-coverage.ts";
import type { RecordQuery } from "../../../packages/server/src/app/policy-replay/walk-record.ts";
import { saveIdentity } from "../../../packages/server/src/app/identities.ts";
import { submitRequest } from "../../../packages/server/src/app/submit-request.ts";
import { emptyRecord, type LongRecord } from "../../replay/testing/record.ts";
import { SeededRandom } from "../../simulation/seeded-random.ts";

const POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 60d }
groups: { finance: [ana, bo] }
actions:
  mail.send: { sensitive: [action.properties.to, action.properties.body] }
rules:
  - { id: reads, why: w, match: { action: files.read }, decision: allow }
  - { id: orders, why: w, owner: chen, match: { action: "orders.*" }, when: 'money(action.properties.amount) > money("50.00 USD")', decision: hold, approval: { approvers: group:finance, deadline: 60d } }
  - { id: mails, why: w, match: { impact: external_communication }, decision: deny }
  - { id: trusted, why: w, match: { subject: { group: trusted } }, when: 'action.name == "notes.add"', decision: allow }
  - { id: later, why: w, match: { action: orders.submit }, mode: shadow, decision: deny }
  - { id: closing, why: w, match: { action: [ledger.close, "ledger.open*"] }, decision: deny }
  - { id: changes, why: w, owner: chen, match: { action: policy.publish }, decision: hold, approval: { approvers: group:finance, deadline: 2d } }
`;

export type Open = Omit<LongRecord, "all">;

/** One call, as whoever makes it remembers it. */
export interface Made {
  readonly action: string;
  readonly agent: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export async function openRecord(): Promise<Open> {
  const record = await emptyRecord(POLICY, new SeededRandom(20_261_129));
  const change = { by: "operator", mustBe: "known" } as const;
  await saveIdentity(record.app, { id: "agent-3", assurance: "mediated" }, change);
  return record;
}

let key = 0;
export async function make(record: Open, call: Omit<Made, "at">): Promise<Made> {
  record.clock.advance(60_000);
  key += 1;
  const body: SubmitBody = {
    action: { name: call.action, properties: call.properties },
    resource: { type: "thing", id: `T-${key}` },
  };
  const answer = await submitRequest(record.app, {
    identityId: call.agent,
    body,
    key: `k${key}`,
    attemptHash: null,
  });
  if (!answer.ok) throw new Error(answer.problem.detail);
  return { ...call, at: answer.value.state.createdAt };
}

export async function covered(record: Open, query: RecordQuery = {}): Promise<CoverageView> {
  record.clock.advance(1_000);
  const answer = await policyCoverage(record.app, query);
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer.value;
}
