/**
 * What the shipped default policy decides of a call, as the server would ask it: the call as a
 * request, with what an enforcement point that cannot be gone around saw of the tool and the session.
 */
import { classificationOf } from "../../packages/server/src/domain/impact/classification.ts";
import {
  NOTHING_OWN,
  type Classification,
  type Origin,
  type ToolDefinition,
} from "../../packages/server/src/domain/impact/model.ts";
import type { IdentityFacts, PolicyInput } from "../../packages/server/src/domain/policy/model.ts";
import { evaluate, loadPolicy } from "../../packages/server/src/domain/policy/policy.ts";
import { firstPolicy } from "../../packages/server/src/edges/cli/policy-init.ts";

const loaded = loadPolicy(firstPolicy({ packs: [], owner: "owner", groups: new Map() }), {
  file: "default.yaml",
});
if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("; "));
const { policy } = loaded;

const AGENT: IdentityFacts = {
  id: "agent",
  type: "agent",
  owner: "owner",
  stage: "active",
  groups: [],
  labels: {},
  actsForPeople: false,
  may: null,
  mode: "enforce",
};

export interface Decided {
  /** Held or denied: it does not run unasked. */
  readonly held: boolean;
  readonly impact: Classification;
}

/** Nothing of the organisation is declared: what an installation says of itself can only lower. */
export function decide(
  name: string,
  properties: unknown,
  tool: ToolDefinition | null,
  origins: Readonly<Record<string, Origin>>,
): Decided {
  const input: PolicyInput = {
    revision: {
      subject: { type: "agent", id: "agent" },
      action: { name, properties },
      resource: { type: "tool", id: name },
      context: {
        ...(tool === null
          ? {}
          : {
              tool: {
                description: tool.description,
                input_schema: tool.inputSchema,
                annotations: tool.annotations,
              },
            }),
        origins,
      },
    },
    identity: AGENT,
    assurance: "mediated",
    organisation: NOTHING_OWN,
    now: 0,
  };
  return { held: evaluate(policy, input).effect !== "allow", impact: classificationOf(input) };
}
