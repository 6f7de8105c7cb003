/** The store every cell begins from: policy, people and identities, made once and then copied. */
import { join } from "node:path";
import { startUnderTest, temporaryFolder } from "../../http/testing/server-under-test.ts";

const RULES = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]

rules:
  - id: reads
    why: Reading needs nobody
    match: { action: orders.read }
    decision: allow
  - id: transfers
    why: Two of finance approve transfers
    owner: chen
    match: { action: orders.transfer }
    decision: hold
    risk: medium
    approval: { quorum: [{ count: 2, from: group:finance }], deadline: 8h }
  - id: posts
    why: Finance approves posts, and may think again
    owner: chen
    match: { action: orders.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, undo: 1h, deadline: 8h }
  - id: orders
    why: Finance approves orders
    owner: chen
    match: { action: orders.submit }
`;

/** Holds orders. */
const POLICY = `${RULES}    decision: hold
    risk: medium
    approval:
      approvers: group:finance
      edits: { fields: [action.properties.amount], editor_may_approve: true }
      deadline: 8h
`;

const PEOPLE = {
  ana: [],
  bo: [],
  chen: [],
  olga: ["operator", "resolver", "policy_admin", "auditor", "override"],
} as const;

export type Person = keyof typeof PEOPLE;

export interface Installation {
  readonly file: string;
  readonly tokens: Readonly<Record<Person, string>>;
  readonly apiKey: string;
  /** Where programs keep their compiled code, so that they start faster. */
  readonly compiled: string;
  remove(): Promise<void>;
}

/** The agent whose orders the stories are about. */
export const IDENTITY = "buyer";

export async function makeInstallation(): Promise<Installation> {
  const folder = await temporaryFolder();
  const file = join(folder.path, "store.db");
  const server = await startUnderTest({ file, policy: POLICY });
  const tokens: Partial<Record<Person, string>> = {};
  for (const [id, rights] of Object.entries(PEOPLE)) {
    tokens[id as Person] = await server.person(id, rights);
  }
  const apiKey = await server.identity(IDENTITY);
  await server.close();
  const compiled = join(folder.path, "compiled");
  const remove = (): Promise<void> => folder.remove();
  return { file, tokens: tokens as Record<Person, string>, apiKey, compiled, remove };
}
