/** A real server in a process of its own on a store of its own, and everybody's credentials. */
import { join } from "node:path";
import { startUnderTest, temporaryFolder } from "../../http/testing/server-under-test.ts";
import type { PointUnderTest } from "../point.ts";
import { Child } from "./child-process.ts";

/** Long enough for a busy machine to renew it, short enough to await its lapse. */
export const LEASE_MS = 3_000;
const HEARTBEAT_MS = 1_000;

export const WHY_DENIED = "Nothing is erased by agents";

const policyFor = ({ allowed, held, denied }: PointUnderTest["actions"]): string => `version: 1
default: { decision: deny, why: The suite knows three actions }
groups:
  finance: [ana]
rules:
  - id: allowed
    why: Small things need nobody
    match: { action: ${JSON.stringify(allowed)} }
    decision: allow
  - id: held
    why: Finance approves orders
    owner: chen
    match: { action: ${JSON.stringify(held)} }
    decision: hold
    risk: medium
    approval:
      approvers: group:finance
      edits: { fields: [action.properties.amount], editor_may_approve: true }
      deadline: 8h
  - id: denied
    why: ${WHY_DENIED}
    match: { action: ${JSON.stringify(denied)} }
    decision: deny
`;

export interface Credentials {
  /** Approves and edits. */
  readonly ana: string;
  /** Interrupts and halts. */
  readonly olga: string;
  readonly agent: string;
  readonly otherAgent: string;
}

export const AGENT = "agent-1";

export class Installation {
  readonly credentials: Credentials;
  readonly #file: string;
  readonly #remove: () => Promise<void>;
  #child: Child | null = null;
  #url = "";

  private constructor(file: string, credentials: Credentials, remove: () => Promise<void>) {
    this.#file = file;
    this.credentials = credentials;
    this.#remove = remove;
  }

  static async open(actions: PointUnderTest["actions"]): Promise<Installation> {
    const folder = await temporaryFolder();
    const file = join(folder.path, "store.db");
    const server = await startUnderTest({ file, policy: policyFor(actions) });
    await server.person("chen");
    const credentials = {
      ana: await server.person("ana"),
      olga: await server.person("olga", ["operator", "auditor"]),
      agent: await server.identity(AGENT),
      otherAgent: await server.identity("agent-2"),
    };
    await server.close();
    const installation = new Installation(file, credentials, () => folder.remove());
    await installation.start();
    return installation;
  }

  get url(): string {
    return this.#url;
  }

  /** Starts it again on the same store and, after the first time, the same port. */
  async start(): Promise<void> {
    const port = this.#url === "" ? "0" : new URL(this.#url).port;
    const { child, first } = await Child.start({
      script: new URL("./haltpoint-process.ts", import.meta.url),
      args: [this.#file, port, String(LEASE_MS), String(HEARTBEAT_MS)],
    });
    this.#child = child;
    this.#url = (first as { readonly url: string }).url;
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await this.#child?.kill();
    this.#child = null;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#remove();
  }
}
