/** What requests look like in answers. */
import type {
  DecidedBy,
  DecisionAnswer,
  FieldChange,
  HeartbeatAnswer,
  ListedRequest,
  PageView,
  Redemption,
  RequestStatus,
  RequestView,
  ReviewView,
  SubmitAnswer,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { RevisionShape, stoppable } from "./request-shapes.ts";
import { shape } from "./shape.ts";
import { choice, closed, flag, integer, ms, nullable } from "./terms.ts";

const text = (description: string) => Type.String({ description });
const texts = (description: string) => Type.Array(Type.String(), { description });

/** Every status there is, in the order of a request's life. */
export const STATUSES = [
  "denied",
  "held",
  "approved",
  "running",
  "interrupting",
  "indeterminate",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "released",
  "succeeded",
  "failed",
] as const satisfies readonly RequestStatus[];

export const status = choice(STATUSES, "Where the request is.");
const assurance = choice(["mediated", "cooperative"], "Whether the point could be gone around.");

export const DecidedByShape = shape<DecidedBy>()(
  "DecidedBy",
  closed({
    status: text("What it became."),
    by: text("`person:ana`, `identity:agent-1`, `clock` or `policy`."),
    at: ms("When, since the epoch."),
    reason: Type.Optional(text("What was said.")),
  }),
);

export const FieldChangeShape = shape<FieldChange>()(
  "FieldChange",
  closed({
    path: text("Dotted path."),
    from: Type.Optional(Type.Unknown({ description: "Absent where it did not exist." })),
    to: Type.Optional(Type.Unknown({ description: "Absent where it was removed." })),
  }),
);

const ReviewViewShape = shape<ReviewView>()(
  "ReviewView",
  closed({
    person: text("Who."),
    verdict: choice(["approve", "reject"], "What they said."),
    revision: integer("Of which revision."),
    at: ms("When, since the epoch."),
    reason: nullable(text("Why.")),
    confirmed: texts("Statements that were ticked."),
  }),
);

const quorum = closed({
  needed: Type.Array(closed({ count: integer("How many."), from: texts("Of whom.") })),
  filled: integer("Slots filled so far."),
  slots: integer("Slots in all."),
  impossible: flag("Nobody who may decide this could fill it now."),
  unconfirmed: texts("Reviewers whose membership the identity provider has not confirmed of late."),
});

const returned = closed({
  why: choice(
    ["retracted", "policy", "reviews_no_longer_count", "membership_unconfirmed", "no_interrupter"],
    "What voided the approval.",
  ),
  detail: text("In words."),
  at: ms("When, since the epoch."),
});

const runView = closed({
  started_at: ms("Since the epoch."),
  lease_until: ms("Since the epoch."),
  max_until: ms("Since the epoch."),
});

export const RequestViewShape = shape<RequestView>()(
  "RequestView",
  closed({
    id: text("`req_…`"),
    short_id: text("Its last four characters."),
    version: integer("Grows with every change; send it with `wait`."),
    status,
    title: text("One sentence of ours."),
    message: text("What to do about it."),
    basis: nullable(choice(["policy", "quorum", "self", "override"], "Why it was approved.")),
    risk: text("low, medium, high or critical."),
    impact: nullable(text("Which kind of harm.")),
    assurance,
    stoppable,
    release_only: flag("Handed over; not seen any more."),
    halt: nullable(text("The halt in force that keeps it from starting, by id.")),
    identity: closed({ id: text("Who asks."), type: text("What it is."), owner: text("Whose.") }),
    on_behalf_of: nullable(text("The person it acts for.")),
    created_at: ms("Since the epoch."),
    updated_at: ms("Since the epoch."),
    deadline: nullable(ms("When the hold or the approval ends.")),
    not_before: nullable(ms("When the approval becomes effective.")),
    revision: closed({
      number: integer("0 is what was submitted."),
      digest: text("What a review names."),
      content: RevisionShape.schema,
    }),
    changes: Type.Array(FieldChangeShape.schema, { description: "Against revision 0." }),
    edits: Type.Array(closed({ by: text("Who."), at: ms("When."), reason: text("Why.") })),
    reasons: texts("Why policy says so; the first is the one to show."),
    returned: nullable(returned),
    rules: texts("Rules that matched."),
    budgets: Type.Array(
      closed({
        name: text("Of the budget."),
        text: text("One sentence of ours."),
        window: text("How long a redeemed request counts."),
        total: text("What counts, this request left out."),
        after: text("With this request."),
        limit: text("What must not be passed."),
        over: flag("Whether it would be passed."),
      }),
      { description: "Budgets that took part: for people with sight of the arguments." },
    ),
    policy_version: text("Digest of the policy's text."),
    quorum: nullable(quorum),
    confirm: Type.Array(closed({ id: text("Its id."), text: text("What is stated.") })),
    step_up: choice(["none", "passkey"], "What an approver must prove."),
    reason_required: flag("Whether an approval needs a reason."),
    editable_fields: texts("Dotted paths a person may change."),
    reviews: Type.Array(ReviewViewShape.schema),
    question: nullable(
      closed({ by: text("Who."), text: text("What."), answer: nullable(text("Unverified.")) }),
    ),
    run: nullable(runView),
    decided: nullable(DecidedByShape.schema),
    outcome: nullable(closed({ result: text("What."), detail: nullable(text("In words.")) })),
    follow_up: choice(["none", "due", "done", "overdue"], "After an override."),
    contradicted: flag("A late report contradicts how a person resolved it."),
    shadow: nullable(
      closed({ effect: text("What it would have been."), rules: texts("By which.") }),
    ),
  }),
);

const RedemptionShape = shape<Redemption>()(
  "Redemption",
  closed({
    request_id: text("`req_…`"),
    digest: text("Of the granted revision."),
    revision: integer("Its number."),
    content: RevisionShape.schema,
    changes: Type.Array(FieldChangeShape.schema),
    edit_reason: nullable(text("Why it was edited.")),
    lease_ms: integer("Counted from before the redemption was sent."),
    heartbeat_ms: integer("How often to renew."),
    run_max_ms: integer("How long at most."),
    released: flag("Handed over: no heartbeat, no outcome."),
  }),
);

export const SubmitAnswerShape = shape<SubmitAnswer>()(
  "SubmitAnswer",
  closed({
    request: RequestViewShape.schema,
    redemption: nullable(RedemptionShape.schema),
    replayed: flag("Same key, same content: it existed already."),
  }),
);

export const DecisionAnswerShape = shape<DecisionAnswer>()(
  "DecisionAnswer",
  closed({
    request: RequestViewShape.schema,
    replayed: flag("The same key did the same thing before."),
  }),
);

export const HeartbeatAnswerShape = shape<HeartbeatAnswer>()(
  "HeartbeatAnswer",
  closed({
    status,
    interrupt: flag("Stop the effect now."),
    reason: nullable(text("Why.")),
    lease_ms: integer("What is left, counted from before the heartbeat was sent."),
  }),
);

export const ListedRequestShape = shape<ListedRequest>()(
  "ListedRequest",
  closed({
    ...RequestViewShape.schema.properties,
    look_alike: nullable(
      closed({
        group: text("Opaque; the same for those that wait and would do the same."),
        waiting: integer("How many wait, this one included."),
        oldest_at: ms("When the oldest of them was submitted, since the epoch."),
      }),
    ),
  }),
);

export const RequestPageShape = shape<PageView<ListedRequest>>()(
  "RequestPage",
  closed({
    items: Type.Array(ListedRequestShape.schema),
    cursor: nullable(text("Send as `cursor` for the next page; null on the last.")),
  }),
);
