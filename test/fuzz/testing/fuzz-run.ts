/** Sends cases one after the other and collects what should not have been. */
import { expect } from "vitest";
import type { FuzzedServer } from "./fuzzed-server.ts";
import { ANSWER_MS, exchange, type RawAnswer, type RawRequest } from "./raw-http.ts";
import { CANARY, faultOf, type Expected } from "./refusal-oracle.ts";

/** Between two looks at the store and at whether the server is there. */
const BATCH = 25;
/** More than these would only repeat one another. */
const SHOWN_MAX = 12;

export interface Case {
  /** For whoever reads the failure: enough to see what was wrong with it. */
  readonly what: string;
  readonly sent: RawRequest;
  readonly expected: Expected;
  readonly status?: number;
  /** The table that gains a row when this is taken with 201. */
  readonly creates?: string;
}

export interface Ran {
  readonly cases: number;
  readonly faults: readonly string[];
  /** How many were answered with each status; `none` for a closed connection. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

export async function runCases(
  server: FuzzedServer,
  count: number,
  next: (index: number) => Case,
): Promise<Ran> {
  const faults: string[] = [];
  const statuses: Record<string, number> = {};
  let slowestMs = 0;
  let before = server.counts();
  let created: Record<string, number> = {};
  for (let index = 0; index < count && faults.length < SHOWN_MAX; index += 1) {
    const each = next(index);
    const answer = await answerTo(server, each);
    const name = typeof answer === "string" ? "late" : String(answer?.status ?? "none");
    statuses[name] = (statuses[name] ?? 0) + 1;
    const fault = typeof answer === "string" ? answer : judged(answer, each);
    if (fault !== null) faults.push(`case ${index}, ${each.what}: ${fault} ${said(answer)}`);
    if (typeof answer === "object" && answer !== null) {
      slowestMs = Math.max(slowestMs, answer.tookMs);
      const { creates } = each;
      if (answer.status === 201 && creates !== undefined) {
        created[creates] = (created[creates] ?? 0) + 1;
      }
    }
    if (index % BATCH !== BATCH - 1 && index !== count - 1) continue;
    if (server.hasEnded()) {
      faults.push(`the server ended within the ${BATCH} cases up to ${index}: ${server.log()}`);
      break;
    }
    const after = server.counts();
    for (const [table, rows] of Object.entries(after)) {
      const came = rows - before[table as keyof typeof after];
      if (came === (created[table] ?? 0)) continue;
      faults.push(`up to case ${index}: ${came} new ${table}, ${created[table] ?? 0} were taken`);
    }
    before = after;
    created = {};
    await expectReady(server);
  }
  return { cases: count, faults, statuses, slowestMs };
}

async function answerTo(server: FuzzedServer, each: Case): Promise<RawAnswer | null | string> {
  try {
    return await exchange(server, each.sent);
  } catch (error) {
    return (error as Error).message;
  }
}

function judged(answer: RawAnswer | null, each: Case): string | null {
  const { status } = each;
  if (status !== undefined && answer !== null && ![status, 400, 413].includes(answer.status)) {
    return `answered with ${answer.status} and not ${status}`;
  }
  return faultOf(answer, each.expected);
}

function said(answer: RawAnswer | null | string): string {
  return answer === null || typeof answer === "string"
    ? ""
    : `→ ${answer.status} ${answer.body.slice(0, 400)}`;
}

/** It still answers, at once. */
export async function expectReady(server: FuzzedServer): Promise<void> {
  const head = ["GET /readyz HTTP/1.1", "Host: x", "Connection: close"];
  const answer = await exchange(server, { head });
  expect(answer?.status).toBe(200);
  expect(answer?.tookMs).toBeLessThan(ANSWER_MS / 5);
}

/** The log says how calls ended, and nothing that they said (T28). */
export function expectQuietLog(server: FuzzedServer): void {
  const log = server.log();
  expect(log).not.toContain(CANARY);
  for (const secret of [server.agent, server.chief, server.reviewer]) {
    expect(log).not.toContain(secret);
  }
  const faults = log.split("\n").filter((line) => /"level":"(error|fatal)"/.test(line));
  expect(faults.slice(0, 3)).toEqual([]);
}
