/** A server of `haltpoint dev` in a folder of its own, with an agent that wants things. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "@haltpoint/sdk";
import type { Random } from "../../../packages/server/src/ports/random.ts";
import { haltpoint, startHaltpoint, type Around, type Ran, type Running } from "./command-line.ts";

export const POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
  security: [dee, eli]
  visitors: [rob]

actions:
  orders.pay:
    sensitive: [action.properties.iban]

rules:
  - id: reads
    why: Reading needs nobody
    match: { action: files.read }
    decision: allow
  - id: orders
    why: Finance approves orders
    owner: chen
    match: { action: [orders.submit, orders.pay] }
    decision: hold
    risk: medium
    impact: spend
    approval:
      approvers: group:finance
      edits: { fields: [action.properties.amount], editor_may_approve: true }
      deadline: 8h
      extend: 1h
  - id: free-orders
    why: Orders of nothing are mistakes
    match: { action: orders.submit }
    when: action.properties.amount == "0.00 USD"
    decision: deny
  - id: vendors
    why: Finance knows each new vendor
    owner: chen
    match: { action: vendors.add }
    decision: hold
    risk: medium
    approval:
      approvers: group:finance
      confirm:
        - { id: known, text: The vendor is known to us }
        - { id: checked, text: The bank account was checked by phone }
      deadline: 8h
  - id: posts
    why: Finance approves posts, and may think again
    owner: chen
    match: { action: chat.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, undo: 1h, deadline: 8h }
  - id: keys
    why: Two of security approve keys
    owner: chen
    match: { action: keys.rotate }
    decision: hold
    risk: high
    approval:
      quorum: [{ count: 2, from: group:security }]
      deadline: 8h
  - id: erasures
    why: Security approves erasures
    owner: chen
    match: { action: files.erase }
    decision: hold
    risk: critical
    approval: { approvers: group:security, deadline: 8h }
`;

export interface World {
  readonly folder: string;
  readonly url: string;
  agent(): Client;
  /** The agent wants something and is told it is held. The short id. */
  wants(
    action: string,
    properties?: Readonly<Record<string, unknown>>,
    resource?: string,
  ): Promise<string>;
  /** The agent redeems what was approved and runs it; returns its attempt. */
  runs(id: string): Promise<string>;
  /** Somebody types a command. */
  as(person: string, args: readonly string[], around?: Partial<Around>): Promise<Ran>;
  /** A command without a person. */
  run(args: readonly string[], around?: Partial<Around>): Promise<Ran>;
  /** Stops the server, and starts it again on the same store and port. */
  restart(meanwhile: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(setup: { readonly random?: Random } = {}): Promise<World> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "policy.yaml"), POLICY);
  const began = await startServer(folder, "0", setup);
  let { server, agent } = began;
  const { url } = began;
  let count = 0;
  return {
    folder,
    url,
    agent: () => agent,
    wants: async (action, properties = {}, resource = "R-1") => {
      count += 1;
      const { request } = await agent.submit(
        { action: { name: action, properties }, resource: { type: "thing", id: resource } },
        { key: `k${count}` },
      );
      return request.short_id;
    },
    runs: async (id) => {
      const attempt = `attempt-${count}-0123456789abcdef`;
      const { items } = await agent.list();
      const request = items.find((each) => each.short_id === id);
      await agent.redeem(request?.id ?? "", { attempt });
      return attempt;
    },
    as: (person, args, around = {}) =>
      haltpoint([...args, "--as", person], { cwd: folder, ...around }),
    run: (args, around = {}) => haltpoint(args, { cwd: folder, ...around }),
    restart: async (meanwhile) => {
      await server.stop();
      await meanwhile();
      ({ server, agent } = await startServer(folder, new URL(url).port, setup));
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(
  folder: string,
  port: string,
  setup: { readonly random?: Random },
): Promise<{ readonly server: Running; readonly url: string; readonly agent: Client }> {
  const args = ["dev", "--port", port, "--policy", "policy.yaml"];
  const server = startHaltpoint(args, { cwd: folder, ...setup });
  await server.shows(/Ctrl-C stops it/);
  const file = JSON.parse(await readFile(join(folder, ".haltpoint", "dev.json"), "utf8"));
  const { url, identity } = file as { url: string; identity: { key: string } };
  return { server, url, agent: createClient({ url, apiKey: identity.key }) };
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "haltpoint-cli-"));
}
