/** What agents call, and which rules are about it. */
import type { CoverageCounts, CoverageTool, CoverageView } from "@haltpoint/protocol";
import { LATEST_MEMBERS } from "./policy-shapes.ts";
import { ownShape, shape } from "./shape.ts";
import { choice, closed, flag, integer, ms, nullable } from "./terms.ts";
import { Type } from "./type.ts";

const text = (description: string) => Type.String({ description });

export const CoverageQuery = ownShape("CoverageQuery", closed(LATEST_MEMBERS));

const decided = closed(
  {
    allowed: integer("Requests."),
    held: integer("Requests."),
    denied: integer("Requests."),
  },
  { description: "As recorded." },
);

const counts = {
  requests: integer("How many were submitted."),
  identities: closed({
    names: Type.Array(text("Of an identity; three at most.")),
    count: integer("How many asked."),
  }),
  decided,
  assurance: closed({
    mediated: integer("Requests from a point that cannot be gone around."),
    cooperative: integer("Requests from one that can."),
  }),
  access: closed({
    read: integer("Requests that change nothing."),
    write: integer("Requests that do."),
    unknown: integer("Requests that count as a write."),
  }),
  confidence: closed({
    high: integer("Requests whose classification is sure."),
    low: integer("Requests of which it cannot be told for certain."),
  }),
  impacts: Type.Array(
    closed({
      category: text("Kind of harm; see `docs/impact.md`."),
      requests: integer("Requests that may do it."),
      sure: integer("Of these, those with a finding of high confidence."),
      evidence: text("Why, of one of them; nothing of its arguments."),
    }),
    { description: "Gravest first." },
  ),
  rules: Type.Array(
    closed({
      rule: text("Its id."),
      by: choice(
        ["action", "impact", "other"],
        "It names the action, looks at the impact, or at neither.",
      ),
      decision: choice(["allow", "hold", "deny"], "What it says where its condition holds."),
      mode: choice(["enforce", "shadow"], "In shadow it is recorded and changes nothing."),
      requests: integer("Requests that its `match` is about."),
      applies: integer("Of these, those of which it would say something today."),
      decided,
    }),
    { description: "Rules of the policy in force." },
  ),
  more_rules: flag("Further rules are about it and are not listed."),
  by_default: integer("Requests of which no rule says anything today: only the default decides."),
};

const CoverageCountsShape = shape<CoverageCounts>()("CoverageCounts", closed(counts));

export const CoverageShape = shape<CoverageView>()(
  "CoverageView",
  closed({
    policy: text("Version of the policy in force."),
    since: ms("Since the epoch."),
    until: ms("Since the epoch."),
    recorded: integer("Requests on record in that time."),
    judged: integer("The latest of them that were looked at."),
    judged_since: nullable(ms("When the first of these was submitted.")),
    tools: Type.Array(
      shape<CoverageTool>()(
        "CoverageTool",
        closed({ action: text("Its name, as agents sent it."), ...counts }),
      ).schema,
      { description: "What only the default decides first, and of these the gravest." },
    ),
    left_out: nullable(CoverageCountsShape.schema),
    not_called: closed({
      items: Type.Array(closed({ rule: text("Its id."), action: text("As it names it.") })),
      left_out: integer("How many more there are."),
    }),
    not_used: closed({
      items: Type.Array(
        closed({ identity: text("Whose."), may: text("The pattern that nothing matched.") }),
      ),
      left_out: integer("How many more there are."),
      since: ms("Unused since; the epoch's milliseconds."),
    }),
    assumed: Type.Array(text("What was taken for granted.")),
  }),
);
