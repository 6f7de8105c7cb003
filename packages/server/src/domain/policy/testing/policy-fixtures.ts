/** Policies and requests for tests, written as short as a test can read them. */
import { NOTHING_OWN } from "../../impact/model.ts";
import type { CompiledPolicy } from "../compiled-policy.ts";
import { formatLoadProblem } from "../load-problem.ts";
import type { IdentityFacts, PolicyDecision, PolicyInput } from "../model.ts";
import { evaluate, loadPolicy } from "../policy.ts";

/** How often a property is tried: few by default, twenty times as often in a campaign. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: process.env["HALTPOINT_CAMPAIGN"] === undefined ? count : count * 20 };
}

/** The policy of a text that must load; `version: 1` is put in front. */
export function policyOf(text: string): CompiledPolicy {
  const loaded = loadPolicy(`version: 1\n${text}`, { file: "policy.yaml" });
  if (loaded.ok) return loaded.policy;
  throw new Error(loaded.problems.map(formatLoadProblem).join("\n"));
}

/** What is wrong with a text, as `line:column message`; empty where it loads. */
export function problemsOf(text: string): readonly string[] {
  const loaded = loadPolicy(text, { file: "policy.yaml" });
  if (loaded.ok) return [];
  return loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

export interface Asked {
  readonly action?: string;
  readonly properties?: unknown;
  readonly resource?: PolicyInput["revision"]["resource"];
  readonly context?: unknown;
  readonly claims?: unknown;
  readonly identity?: Partial<IdentityFacts>;
  readonly assurance?: PolicyInput["assurance"];
  readonly organisation?: PolicyInput["organisation"];
  /** ISO 8601. */
  readonly now?: string;
}

export function inputOf(asked: Asked = {}): PolicyInput {
  const identity: IdentityFacts = {
    id: "agent-1",
    type: "agent",
    owner: "olga",
    stage: "active",
    groups: [],
    labels: {},
    actsForPeople: false,
    may: null,
    mode: "enforce",
    ...asked.identity,
  };
  const { type, id } = identity;
  return {
    revision: {
      subject: { type, id, ...(asked.claims === undefined ? {} : { properties: asked.claims }) },
      action: { name: asked.action ?? "a.b", properties: asked.properties ?? {} },
      resource: asked.resource ?? { type: "thing", id: "1" },
      context: asked.context ?? {},
    },
    identity,
    assurance: asked.assurance ?? "mediated",
    organisation: asked.organisation ?? NOTHING_OWN,
    now: Date.parse(asked.now ?? "2026-01-05T12:00:00Z"),
  };
}

export function ask(policy: CompiledPolicy, asked: Asked = {}): PolicyDecision {
  return evaluate(policy, inputOf(asked));
}

/** The default of most tests: a hold by the guard. */
export const GUARD =
  "default: { decision: hold, owner: gus, approvers: group:guard, deadline: 4h }\n";
export const DENY = "default: { decision: deny }\n";

/** A rule about `a.b` that holds for a group. */
export function hold(id: string, more = "", approval = ""): string {
  return (
    `  - { id: ${id}, owner: own-${id}, match: { action: a.b }, decision: hold, ${more}` +
    ` approval: { approvers: group:${id}, deadline: 8h, ${approval} } }\n`
  );
}

/** A rule about `a.b` without an approval. */
export function rule(id: string, decision: "allow" | "deny", more = ""): string {
  return `  - { id: ${id}, match: { action: a.b }, decision: ${decision}, ${more} }\n`;
}

/** `group:x` → `x`, for short expectations: `["1 x", "2 y"]`. */
export function quorumOf(decision: PolicyDecision): readonly string[] {
  return (decision.obligations?.quorum ?? []).map(
    ({ count, from }) => `${count} ${from.join("|").replaceAll("group:", "")}`,
  );
}
