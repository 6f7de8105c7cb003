/** Policy tried on what is on record. */
import type {
  NewPolicyBody,
  PolicyVersionsView,
  PolicyView,
  PublishedPolicy,
  ReplayBody,
  ReplayView,
} from "@haltpoint/protocol";
import { JUDGED_MAX } from "../../../app/policy-replay/walk-record.ts";
import { Type } from "./type.ts";
import { policyText } from "./registry-shapes.ts";
import { shape } from "./shape.ts";
import { reason } from "./decision-shapes.ts";
import { choice, closed, flag, integer, ms, nullable } from "./terms.ts";

const text = (description: string) => Type.String({ description });
const number = (description: string) => Type.Number({ description });
const disposed = (description: string) => choice(["allowed", "held", "denied"], description);

const version = text("Digest of its text.");
const publication = {
  version,
  by: text("Who it is from: `setup`, `development`, `operator`, or `person:` and an id."),
  at: ms("Since when, since the epoch."),
  how: choice(
    ["first", "proposal", "development", "recovery"],
    "At set-up, by two people, by a saved file in development, or on the host.",
  ),
  request: nullable(text("That a second person approved.")),
  reason: nullable(text("Of an operator on the host.")),
};

export const PolicyViewShape = shape<PolicyView>()(
  "PolicyView",
  closed({ ...publication, text: text("YAML.") }),
);

export const PolicyVersionsShape = shape<PolicyVersionsView>()(
  "PolicyVersions",
  closed({ items: Type.Array(closed(publication)) }),
);

export const NewPolicyShape = shape<NewPolicyBody>()(
  "NewPolicy",
  closed({
    text: policyText,
    reason: Type.Optional(reason),
    live: Type.Optional(flag("Put in force at once; only a server of `haltpoint dev` does.")),
  }),
);

export const PublishedShape = shape<PublishedPolicy>()(
  "PublishedPolicy",
  closed({
    version,
    changed: flag("It is in force now, and was not before."),
    proposal: nullable(
      closed({ id: text("Of the request."), link: text("Where a second person decides it.") }),
    ),
  }),
);

/** Which of the requests on record are looked at. */
export const LATEST_MEMBERS = {
  since: Type.Optional(
    ms("Requests submitted at or after, since the epoch; default: 30 days ago."),
  ),
  latest: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: JUDGED_MAX,
      description: `Of these the latest so many; default ${JUDGED_MAX}.`,
      "x-expected": `a whole number from 1 to ${JUDGED_MAX}`,
    }),
  ),
};

export const ReplayBodyShape = shape<ReplayBody>()(
  "ReplayBody",
  closed({ text: policyText, ...LATEST_MEMBERS }),
);

const counts = closed({
  allowed: integer("By policy."),
  held: integer("For people."),
  denied: integer("By policy."),
});
const ruleCounts = closed({ held: integer("By this rule."), denied: integer("By this rule.") });

export const ReplayShape = shape<ReplayView>()(
  "ReplayView",
  closed({
    version: text("Digest of the text that was tried."),
    in_force: nullable(text("Version of the policy in force.")),
    difference: Type.Array(text("Against it, one thing that was added, removed or changed.")),
    since: ms("Since the epoch."),
    until: ms("Since the epoch."),
    recorded: integer("Requests on record in that time."),
    judged: integer("The latest of them that were judged."),
    judged_since: nullable(ms("When the first of these was submitted.")),
    before: counts,
    after: counts,
    changes: Type.Array(
      closed({
        from: disposed("What was decided."),
        to: disposed("What would have been; `held` from `held`: others would have been asked."),
        count: integer("Requests."),
        rules: Type.Array(
          closed({ rule: text("That said the stricter of the two."), count: integer("Requests.") }),
        ),
        examples: Type.Array(
          closed({
            id: text("Of a request."),
            title: text("Without its arguments."),
            at: ms("When it was submitted."),
            link: text("To it in the inbox."),
          }),
        ),
      }),
    ),
    rules: Type.Array(
      closed({ rule: text("Its id, or `default`."), before: ruleCounts, after: ruleCounts }),
    ),
    decisions: closed({
      before: integer("Approvals that were asked for."),
      after: integer("That would have been."),
      more_per_week: nullable(number("Null: too little time is on record.")),
    }),
    minutes: closed({
      per_decision_ms: nullable(integer("Half of the decisions took no longer to look at.")),
      measured: integer("How many decisions that is from."),
      more_per_week: nullable(number("An estimate; below zero it saves time.")),
    }),
    assumed: Type.Array(text("What was taken for granted.")),
  }),
);
