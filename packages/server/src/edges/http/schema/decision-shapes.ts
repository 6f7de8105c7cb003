/** What people send: reviews, edits, interrupts, halts. */
import type {
  DelegateBody,
  EditBody,
  ExtendBody,
  FollowUpBody,
  HaltBody,
  HaltScope,
  OverrideBody,
  QuestionBody,
  ReasonBody,
  ResolveBody,
  ReviewBody,
  SignatureBody,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { ownShape, shape } from "./shape.ts";
import { choice, closed, digest, flag, free, id, ms, name, text } from "./terms.ts";

const FIELDS_MAX = 100;
const CONFIRMED_MAX = 100;

export const displayed = digest(
  "The digest that was displayed (I2). Another one now: 409 with a diff.",
);
export const confirmed = Type.Array(name("Id of a statement.", "vendor"), {
  maxItems: CONFIRMED_MAX,
  description: "Ids of the `confirm` statements that were ticked.",
  "x-expected": `at most ${CONFIRMED_MAX} ids`,
});
export const reason = text("Why. Part of the record.");

export const displayDigest = digest("The digest of what was shown; another one now: 409.");
const readMs = ms("How long the card was open. Recorded, never enforced.");

const SignatureShape = shape<SignatureBody>()(
  "SignatureBody",
  closed({
    ceremony: name("Of the challenge.", "cer_01"),
    response: free("What `navigator.credentials.get` gave, as JSON."),
  }),
);

export const ReviewShape = shape<ReviewBody>()(
  "ReviewBody",
  closed({
    verdict: choice(["approve", "reject"], "What this person says."),
    digest: displayed,
    reason: Type.Optional(reason),
    confirmed: Type.Optional(confirmed),
    display_digest: Type.Optional(displayDigest),
    read_ms: Type.Optional(readMs),
    signature: Type.Optional(SignatureShape.schema),
  }),
);

export const EditShape = shape<EditBody>()(
  "EditBody",
  closed({
    digest: displayed,
    set: Type.Unsafe<EditBody["set"]>({
      type: "object",
      additionalProperties: true,
      minProperties: 1,
      maxProperties: FIELDS_MAX,
      description: "Dotted path → new value, e.g. `action.properties.amount`.",
      examples: [{ "action.properties.amount": "4000.00 USD" }],
      "x-expected": `an object of 1 to ${FIELDS_MAX} dotted paths and their new values`,
    }),
    reason,
    approve: Type.Optional(flag("Also approve the new revision, where the rule lets editors.")),
    confirmed: Type.Optional(confirmed),
  }),
);

export const QuestionShape = shape<QuestionBody>()(
  "QuestionBody",
  closed({ text: text("The question to the agent.") }),
);
export const ReasonShape = shape<ReasonBody>()("ReasonBody", closed({ reason }));
export const RetractShape = ownShape("RetractBody", closed({ reason: Type.Optional(reason) }));
export const ExtendShape = shape<ExtendBody>()(
  "ExtendBody",
  closed({ reason: Type.Optional(reason) }),
);
export const DelegateShape = shape<DelegateBody>()(
  "DelegateBody",
  closed({ to: id("A person who may decide it.", "bo"), reason: Type.Optional(reason) }),
);
export const OverrideShape = shape<OverrideBody>()(
  "OverrideBody",
  closed({
    digest: displayed,
    reason,
    display_digest: Type.Optional(displayDigest),
    read_ms: Type.Optional(readMs),
    signature: Type.Optional(SignatureShape.schema),
  }),
);
export const FollowUpShape = shape<FollowUpBody>()(
  "FollowUpBody",
  closed({
    verdict: choice(["ok", "violation"], "What the follow-up found."),
    reason,
  }),
);
export const ResolveShape = shape<ResolveBody>()(
  "ResolveBody",
  closed({
    result: choice(
      ["succeeded", "failed", "interrupted", "not_started"],
      "What really happened; `not_started`: nothing did, and budgets get it back.",
    ),
    reason,
  }),
);

const scopeOf = <const K extends string>(kind: K) =>
  closed({
    kind: Type.Literal(kind),
    id: Type.String({
      minLength: 1,
      maxLength: 256,
      description: `Which ${kind}.`,
      "x-expected": `the id of the ${kind}`,
    }),
  });

export const HaltScopeShape = shape<HaltScope>()(
  "HaltScope",
  Type.Union(
    [
      closed({ kind: Type.Literal("everything") }),
      scopeOf("identity"),
      scopeOf("owner"),
      scopeOf("group"),
      scopeOf("session"),
      scopeOf("trace"),
      scopeOf("action"),
      scopeOf("impact"),
    ],
    { description: "What is stopped.", examples: [{ kind: "identity", id: "purchasing-agent" }] },
  ),
);

export const HaltShape = shape<HaltBody>()(
  "HaltBody",
  closed({ scope: HaltScopeShape.schema, reason }),
);
