/** What the pages are made of: the card, what runs, who can be pointed at. */
import type {
  Allowance,
  Card,
  CardAction,
  CardAlike,
  CardEffects,
  CardField,
  CardImpact,
  CardRule,
  InboxItem,
  PageView,
  PersonName,
  RunningItem,
  SimilarDecision,
  TimelineItem,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { shape } from "./shape.ts";
import { choice, closed, flag, integer, ms, nullable } from "./terms.ts";
import { DecidedByShape, ListedRequestShape, RequestViewShape, status } from "./view-shapes.ts";

const text = (description: string) => Type.String({ description });
const cursor = nullable(text("Send as `cursor` for the next page; null on the last."));

const AllowanceShape = shape<Allowance>()(
  "Allowance",
  closed({
    allowed: flag("The decision is made again when it is asked for."),
    why: nullable(text("Why not, in a plain sentence.")),
  }),
);
const may = AllowanceShape.schema;

const can = shape<Readonly<Record<CardAction, Allowance>>>()(
  "CardActions",
  closed({
    approve: may,
    reject: may,
    edit: may,
    ask: may,
    answer: may,
    delegate: may,
    extend: may,
    override: may,
    interrupt: may,
    retract: may,
    resolve: may,
    follow_up: may,
  }),
);

const CardFieldShape = shape<CardField>()(
  "CardField",
  closed({
    path: text("Dotted path in the revision."),
    label: text("Its last segment."),
    format: nullable(text("The schema's `format`.")),
    kind: choice(
      ["money", "text", "number", "boolean", "list", "object", "secret", "null"],
      "By its JSON type and `format`; nothing is guessed.",
    ),
    value: text("As to be shown: invisible characters made visible, nothing cut."),
    raw: Type.Unknown({ description: "As it is in the revision; null for a secret." }),
    money: nullable(closed({ amount: text("Plain decimal."), currency: text("ISO 4217.") })),
    secret: nullable(
      closed({ prefix: text("Of the commitment."), length: integer("Of the commitment.") }),
    ),
    editable: flag("Policy lets people change it."),
  }),
);

const CardImpactShape = shape<CardImpact>()(
  "CardImpact",
  closed({
    categories: Type.Array(text("A kind of harm."), { description: "Gravest first." }),
    access: choice(["read", "write", "unknown"], "Whether it changes, sends or starts anything."),
    findings: Type.Array(
      closed({
        category: text("A kind of harm."),
        confidence: choice(["high", "low"], "`low`: it cannot be told for certain."),
        path: nullable(text("Dotted path; null: the tool itself.")),
        evidence: text("In words of ours; never a sensitive value."),
      }),
    ),
    outside: Type.Array(text("Not the organisation's own."), {
      description: "Empty beside sensitive fields.",
    }),
    from_results: Type.Array(text("Dotted path."), {
      description: "Arguments that first appeared in a tool's result.",
    }),
  }),
);

const CardEffectsShape = shape<CardEffects>()(
  "CardEffects",
  closed({
    reversible: nullable(flag("As the action's definition says.")),
    amount: nullable(
      closed({
        path: text("Dotted path."),
        amount: text("Plain decimal."),
        currency: text("ISO 4217."),
        median_30d: nullable(text("Of what ran, in the same currency.")),
        times_median: nullable(Type.Number({ description: "This amount over that." })),
        compared: integer("With how many."),
      }),
    ),
    first_for_resource: flag("None of those compared was on this resource."),
    first_for: Type.Array(
      closed({
        path: text("A field that names a recipient."),
        value: text("As to be shown."),
        first: flag("None of those compared had it."),
      }),
    ),
    compared: closed({
      count: integer("How many that ran were compared."),
      since: ms("Since the epoch."),
      complete: flag("All of that time; else only the latest."),
    }),
  }),
);

const SimilarDecisionShape = shape<SimilarDecision>()(
  "SimilarDecision",
  closed({
    id: text("`req_…`"),
    short_id: text("Its last four characters."),
    title: text("One sentence of ours."),
    status,
    verdict: choice(
      ["approved", "rejected", "overridden", "interrupted"],
      "What the person made of it.",
    ),
    decided: DecidedByShape.schema,
    at: ms("When, since the epoch."),
  }),
);

const CardAlikeShape = shape<CardAlike>()(
  "CardAlike",
  closed({
    waiting: integer("How many others wait and would do the same."),
    oldest_at: ms("When the oldest of all was submitted, since the epoch."),
    others: Type.Array(
      closed({
        id: text("`req_…`"),
        short_id: text("Its last four characters."),
        created_at: ms("When it was submitted, since the epoch."),
      }),
      { description: "The oldest that the person may see; each is decided by itself." },
    ),
  }),
);

const CardRuleShape = shape<CardRule>()(
  "CardRule",
  closed({
    rule: text("Its id."),
    why: text("One sentence of the rule's."),
    effect: choice(["allow", "hold", "deny"], "What it says."),
    outcome: choice(["matched", "error", "shadow"], "How it took part."),
    values: Type.Unsafe<Readonly<Record<string, string>>>({
      type: "object",
      additionalProperties: { type: "string" },
      description: "Paths it looked at and what they were.",
    }),
    detail: nullable(text("What went wrong.")),
  }),
);

const TimelineItemShape = shape<TimelineItem>()(
  "TimelineItem",
  closed({
    sequence: integer("Its place, from 1."),
    at: ms("Since the epoch."),
    kind: text("What happened."),
    actor: text("Who."),
    text: text("In our words."),
    said: nullable(text("What somebody wrote, as plain text.")),
  }),
);

const PersonNameShape = shape<PersonName>()(
  "PersonName",
  closed({ id: text("Immutable."), name: text("For display.") }),
);

export const CardShape = shape<Card>()(
  "Card",
  closed({
    request: RequestViewShape.schema,
    sentence: text("Verb, object, amount."),
    visibility: choice(["full", "metadata"], "`metadata`: without arguments."),
    can: can.schema,
    because: Type.Array(CardRuleShape.schema),
    impact: nullable(CardImpactShape.schema),
    effects: nullable(CardEffectsShape.schema),
    schema: nullable(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: "object",
        additionalProperties: true,
        description: "JSON Schema of `action.properties`.",
      }),
    ),
    fields: Type.Array(CardFieldShape.schema),
    similar: Type.Array(SimilarDecisionShape.schema),
    alike: nullable(CardAlikeShape.schema),
    delegates: Type.Array(PersonNameShape.schema),
    for: Type.Array(PersonNameShape.schema),
    timeline: Type.Array(TimelineItemShape.schema),
    canonical: nullable(text("The exact text the digest is over.")),
    digest: text("What a review names."),
    now: ms("The server's clock."),
  }),
);

export const RunningPageShape = shape<PageView<RunningItem>>()(
  "RunningPage",
  closed({
    items: Type.Array(
      shape<RunningItem>()(
        "RunningItem",
        closed({
          ...RequestViewShape.schema.properties,
          can: closed({ interrupt: may, resolve: may }),
          interrupted_by: nullable(
            closed({ by: text("Who."), at: ms("When, since the epoch."), reason: text("Why.") }),
          ),
        }),
      ).schema,
    ),
    cursor,
  }),
);

export const PersonNamePageShape = shape<PageView<PersonName>>()(
  "PersonNamePage",
  closed({ items: Type.Array(PersonNameShape.schema), cursor }),
);

export const InboxPageShape = shape<PageView<InboxItem>>()(
  "InboxPage",
  closed({
    items: Type.Array(
      shape<InboxItem>()(
        "InboxItem",
        closed({
          ...ListedRequestShape.schema.properties,
          only_you: flag("Nobody else can decide it now."),
          for: Type.Array(Type.String(), { description: "On whose behalf it is routed here." }),
        }),
      ).schema,
    ),
    cursor,
  }),
);
