/** What identities send: submissions, redemptions, heartbeats, outcomes. */
import type {
  Action,
  AnswerBody,
  EnforcementDeclaration,
  HeartbeatBody,
  OutcomeBody,
  RedeemBody,
  Resource,
  Revision,
  Subject,
  SubmitBody,
  WithdrawBody,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { shape } from "./shape.ts";
import { attempt, choice, closed, flag, free, ms, name, resourceId, text } from "./terms.ts";

const SubjectShape = shape<Subject>()(
  "Subject",
  closed({
    type: name("What kind of identity.", "agent"),
    id: name("The identity's id.", "purchasing-agent"),
    properties: Type.Optional(free("Claims; they can only raise what is asked (I13).")),
  }),
);

const ActionShape = shape<Action>()(
  "Action",
  closed({
    name: name("What is done.", "procurement.purchase_order.submit"),
    properties: Type.Optional(free("The complete arguments. What is here is what runs (I2).")),
  }),
);

const ResourceShape = shape<Resource>()(
  "Resource",
  closed({
    type: name("What it is done to.", "purchase_order"),
    id: resourceId,
    properties: Type.Optional(free("Claims about it (I13).")),
  }),
);

const context = free("Bound context: `justification`, `on_behalf_of`, `session`, `trace`, …");

export const RevisionShape = shape<Revision>()(
  "Revision",
  closed({
    subject: SubjectShape.schema,
    action: ActionShape.schema,
    resource: ResourceShape.schema,
    context: Type.Optional(context),
  }),
);

export const stoppable = choice(
  ["yes", "until_sent", "no"],
  "Whether a run can be stopped once it has begun.",
);

const EnforcementShape = shape<EnforcementDeclaration>()(
  "EnforcementDeclaration",
  closed({
    stoppable: Type.Optional(stoppable),
    release_only: Type.Optional(flag("Hands the action over and sees no more of it.")),
    caller_returns: Type.Optional(flag("The caller comes back for a late approval.")),
  }),
);

const submission = {
  subject: Type.Optional(SubjectShape.schema),
  action: ActionShape.schema,
  resource: ResourceShape.schema,
  context: Type.Optional(context),
  enforcement: Type.Optional(EnforcementShape.schema),
  attempt: Type.Optional(attempt),
};

export const SubmitShape = shape<SubmitBody>()("SubmitBody", closed(submission));

/** A submission that is only imagined, by a named identity. */
export const ImaginedShape = shape<SubmitBody & { readonly identity: string }>()(
  "ImaginedSubmission",
  closed({ ...submission, identity: name("Whose request it would be.", "purchasing-agent") }),
);

export const RedeemShape = shape<RedeemBody>()("RedeemBody", closed({ attempt }));
export const HeartbeatShape = shape<HeartbeatBody>()("HeartbeatBody", closed({ attempt }));

export const OutcomeShape = shape<OutcomeBody>()(
  "OutcomeBody",
  closed({
    attempt,
    result: choice(
      ["succeeded", "failed", "not_started", "interrupted"],
      "What happened. `not_started` gives the grant back.",
    ),
    detail: Type.Optional(text("One sentence for people.")),
    stopped_after_ms: Type.Optional(ms("How long it took to stop, where it was interrupted.")),
  }),
);

export const WithdrawShape = shape<WithdrawBody>()(
  "WithdrawBody",
  closed({ reason: Type.Optional(text("Why it is no longer wanted.")) }),
);

export const AnswerShape = shape<AnswerBody>()(
  "AnswerBody",
  closed({ text: text("The answer to the reviewer's question. Shown as unverified.") }),
);
