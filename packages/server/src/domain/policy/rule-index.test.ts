import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, loadPolicy } from "./policy.ts";
import { NOTHING_OWN } from "../impact/model.ts";
import type { PolicyInput } from "./model.ts";

const NAMES = ["a", "b", "c", "team-1", "team-2"];
const PATTERNS = [...NAMES, "team-*", "te*", "*"];
const ACTIONS = ["x.read", "x.write", "y.read"];
const ACTION_PATTERNS = [...ACTIONS, "x.*", "*"];

interface Restricted {
  readonly action: readonly string[];
  readonly group: readonly string[];
  readonly type: readonly string[];
  readonly id: readonly string[];
  readonly resourceType: readonly string[];
  readonly resourceId: readonly string[];
}

const list = (from: readonly string[], max: number) =>
  fc.uniqueArray(fc.constantFrom(...from), { maxLength: max });

const restricted: fc.Arbitrary<Restricted> = fc
  .record({
    action: list(ACTION_PATTERNS, 2),
    group: list(PATTERNS, 2),
    type: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, list(PATTERNS, 2)),
    id: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, list(PATTERNS, 2)),
    resourceType: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, list(PATTERNS, 2)),
    resourceId: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, list(PATTERNS, 2)),
  })
  // A rule must match something.
  .filter((rule) => Object.values(rule).some((patterns) => patterns.length > 0));

const asking = fc.record({
  action: fc.constantFrom(...ACTIONS),
  // Nothing keeps a registry from naming a group twice.
  groups: fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }),
  type: fc.constantFrom(...NAMES),
  id: fc.constantFrom(...NAMES),
  resourceType: fc.constantFrom(...NAMES),
  resourceId: fc.constantFrom(...NAMES),
});
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;

/** Which rules are about the request, read off the patterns one by one. */
function expectedIds(rules: readonly Restricted[], asked: Asking): readonly string[] {
  const meets = (patterns: readonly string[], names: readonly string[]) =>
    patterns.length === 0 ||
    patterns.some((pattern) =>
      names.some((name) =>
        pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
      ),
    );
  return rules.flatMap((rule, at) =>
    meets(rule.action, [asked.action]) &&
    meets(rule.group, asked.groups) &&
    meets(rule.type, [asked.type]) &&
    meets(rule.id, [asked.id]) &&
    meets(rule.resourceType, [asked.resourceType]) &&
    meets(rule.resourceId, [asked.resourceId])
      ? [`r${at}`]
      : [],
  );
}

function policyText(rules: readonly Restricted[]): string {
  const lines = rules.map(({ action, group, type, id, resourceType, resourceId }, at) => {
    const part = (name: string, patterns: readonly string[]) =>
      patterns.length === 0 ? [] : [`${name}: ${JSON.stringify(patterns)}`];
    const subject = [...part("group", group), ...part("type", type), ...part("id", id)];
    const resource = [...part("type", resourceType), ...part("id", resourceId)];
    const match = [
      ...part("action", action),
      ...(subject.length === 0 ? [] : [`subject: { ${subject.join(", ")} }`]),
      ...(resource.length === 0 ? [] : [`resource: { ${resource.join(", ")} }`]),
    ];
    // A condition, so that no rule is found to be out of reach behind another.
    return `  - { id: r${at}, why: "because", match: { ${match.join(", ")} }, when: 'subject.stage != "s${at}"', decision: allow }`;
  });
  const fallback = "default: { decision: hold, approvers: person:ana, owner: ana, deadline: 1h }";
  return ["version: 1", fallback, "rules:", ...lines].join("\n");
}

function inputOf(asked: Asking): PolicyInput {
  return {
    revision: {
      subject: { type: asked.type, id: asked.id },
      action: { name: asked.action },
      resource: { type: asked.resourceType, id: asked.resourceId },
    },
    identity: {
      id: asked.id,
      type: asked.type,
      owner: "ana",
      stage: "active",
      groups: asked.groups,
      labels: {},
      actsForPeople: false,
      may: null,
      mode: "enforce",
    },
    assurance: "cooperative",
    organisation: NOTHING_OWN,
    now: 0,
  };
}

describe("the rules that are asked", () => {
  it("are those that are about the request, each once", () => {
    fc.assert(
      fc.property(
        fc.array(restricted, { minLength: 1, maxLength: 8 }),
        fc.array(asking, { minLength: 1, maxLength: 8 }),
        (rules, asked) => {
          const loaded = loadPolicy(policyText(rules), { file: "policy" });
          if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
          for (const each of asked) {
            const { matchedRules } = evaluate(loaded.policy, inputOf(each));
            expect([...matchedRules].sort()).toEqual([...expectedIds(rules, each)].sort());
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
