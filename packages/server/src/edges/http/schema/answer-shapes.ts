/** What the other routes answer: problems, halts, registry, ledger, reports, operations. */
import type {
  EntryView,
  EventView,
  HaltView,
  IdentityView,
  SavedIdentityView,
  KeyView,
  PageView,
  PersonView,
  Problem,
  ProblemCode,
  ReportView,
  WhoAmI,
} from "@haltpoint/protocol";
import { PROBLEMS } from "@haltpoint/protocol";
import type { TSchema } from "typebox";
import { Type } from "./type.ts";
import { HaltScopeShape } from "./decision-shapes.ts";
import { ownShape, shape } from "./shape.ts";
import { choice, closed, flag, integer, ms, nullable } from "./terms.ts";
import { DecidedByShape, FieldChangeShape, status } from "./view-shapes.ts";

const text = (description: string) => Type.String({ description });
const texts = (description: string) => Type.Array(Type.String(), { description });
const numbers = (description: string) =>
  Type.Unsafe<Readonly<Record<string, number>>>({
    type: "object",
    additionalProperties: { type: "integer" },
    description,
  });
const pageOf = <S extends TSchema>(items: S) =>
  closed({
    items: Type.Array(items),
    cursor: nullable(text("Send as `cursor` for the next page; null on the last.")),
  });

export const ProblemShape = shape<Problem>()(
  "Problem",
  closed(
    {
      type: text("`urn:haltpoint:problem:CODE`"),
      title: text("What the code means."),
      status: integer("The HTTP status."),
      code: Type.Unsafe<ProblemCode>({ type: "string", enum: Object.keys(PROBLEMS) }),
      detail: text("What is wrong here and what to do next."),
      field: Type.Optional(text("The member, parameter or header that is at fault.")),
      limit: Type.Optional(
        closed({ name: text("Which limit."), value: Type.Number({ description: "Its value." }) }),
      ),
      retry_after_ms: Type.Optional(Type.Number({ description: "When to ask again." })),
      request_id: Type.Optional(text("The governed request.")),
      decided: Type.Optional(DecidedByShape.schema),
      diff: Type.Optional(Type.Array(FieldChangeShape.schema)),
      candidates: Type.Optional(texts("Ids it could be.")),
    },
    { description: "RFC 9457 problem details." },
  ),
);

export const HaltViewShape = shape<HaltView>()(
  "HaltView",
  closed({
    id: text("`halt_…`"),
    scope: HaltScopeShape.schema,
    reason: text("Why."),
    by: text("Who: `person:…`, or `haltpoint`, the server itself, because of a burst."),
    at: ms("When, since the epoch."),
    active: flag("In force; also while a second person must still lift it."),
    lifts: Type.Array(closed({ by: text("Who."), at: ms("When."), reason: text("Why.") })),
    lifted_at: nullable(ms("When, since the epoch.")),
    interrupted: nullable(integer("Runs told to stop and approvals ended by placing it.")),
  }),
);
export const HaltPageShape = shape<PageView<HaltView>>()("HaltPage", pageOf(HaltViewShape.schema));

const KeyViewShape = shape<KeyView>()(
  "KeyView",
  closed({
    id: text("`key_…`"),
    prefix: text("The secret's first characters."),
    created_at: ms("Since the epoch."),
    expires_at: ms("Since the epoch."),
    revoked_at: nullable(ms("Since the epoch.")),
  }),
);
export { KeyViewShape };

export const IssuedShape = ownShape(
  "IssuedCredential",
  closed({ key: KeyViewShape.schema, secret: text("Shown this once; only its hash is kept.") }),
);

const identityMembers = {
  id: text("Immutable."),
  type: text("What it is."),
  owner: text("The person accountable."),
  stage: text("Where it is in its life."),
  groups: texts("Its groups."),
  labels: Type.Unsafe<Readonly<Record<string, string>>>({
    type: "object",
    additionalProperties: { type: "string" },
  }),
  acts_for_people: flag("Every request names `context.on_behalf_of`."),
  assurance: choice(["mediated", "cooperative"], "Whether its point could be gone around."),
  mode: choice(["enforce", "shadow"], "`shadow`: recorded, never held."),
  may: nullable(texts("The only actions it may ask for.")),
  keys: Type.Array(KeyViewShape.schema),
};
export const IdentityViewShape = shape<IdentityView>()("IdentityView", closed(identityMembers));
export const SavedIdentityShape = shape<SavedIdentityView>()(
  "SavedIdentity",
  closed({
    ...identityMembers,
    proposal: nullable(
      closed({ id: text("Of the request."), link: text("Where somebody decides it.") }),
    ),
  }),
);
export const IdentityPageShape = shape<PageView<IdentityView>>()(
  "IdentityPage",
  pageOf(IdentityViewShape.schema),
);

export const PersonViewShape = shape<PersonView>()(
  "PersonView",
  closed({
    id: text("Immutable."),
    name: text("For display."),
    rights: texts("Rights beside reviewing and owning."),
    disabled: flag("May do nothing and counts nowhere."),
    email: nullable(text("Where they are told; proves nothing.")),
    slack: nullable(text("Their id in Slack; proves nothing.")),
  }),
);
export const PersonPageShape = shape<PageView<PersonView>>()(
  "PersonPage",
  pageOf(PersonViewShape.schema),
);

export const RosterViewShape = ownShape(
  "RosterView",
  closed({
    roster: text("Its name, as `oncall:NAME` in policy."),
    shifts: Type.Array(
      closed({ person: text("Who."), from: ms("Since the epoch."), until: ms("Since the epoch.") }),
    ),
  }),
);

export const ExplainedShape = ownShape(
  "ExplainedPolicy",
  closed({
    decision: Type.Unsafe<object>({ type: "object", description: "What policy says, as data." }),
    text: text("The same for people."),
  }),
);

export const WhoAmIShape = shape<WhoAmI>()(
  "WhoAmI",
  closed({
    kind: choice(["identity", "person"], "What the credential is of."),
    id: text("Whose it is."),
    rights: texts("A person's rights."),
    via: text("`key`, `token`, `passkey`, `oidc` or `development`."),
  }),
);

export const EntryPageShape = shape<PageView<EntryView>>()(
  "EntryPage",
  pageOf(
    shape<EntryView>()(
      "EntryView",
      closed({
        index: integer("Its place in the log."),
        stream: text("The request's id, or `system`."),
        sequence: integer("Its place in the stream, from 1 without gaps."),
        kind: text("What happened, in the past tense."),
        at: ms("Since the epoch."),
        actor: text("Who."),
        canonical: text("RFC 8785 bytes; what `hash` is over."),
        hash: text("base64url of their SHA-256."),
      }),
    ).schema,
  ),
);

export const EventViewShape = shape<EventView>()(
  "EventView",
  closed({
    index: integer("Its place in the log; the event's `id`."),
    stream: text("The request's id, or `system`."),
    sequence: integer("Its place in the stream."),
    kind: text("What happened; the event's name."),
    at: ms("Since the epoch."),
    request_id: nullable(text("The request, where it is about one.")),
    status: nullable(status),
  }),
);

const ruleCounts = closed({
  rule: text("Its id."),
  matched: integer("Requests."),
  held: integer("Of them held."),
  denied: integer("Of them denied."),
  shadow: integer("Requests it would have held or denied."),
});

export const ReportViewShape = shape<ReportView>()(
  "ReportView",
  closed({
    since: ms("Since the epoch."),
    until: ms("Since the epoch."),
    requests: integer("Requests submitted in it."),
    by_status: numbers("By their status now."),
    by_basis: numbers("By why they were approved."),
    held: integer("Held by policy in force."),
    shadow: closed({ held: integer("Would be held."), denied: integer("Would be denied.") }),
    rules: Type.Array(ruleCounts),
  }),
);

export const HealthShape = ownShape("Health", closed({ status: text("`ok` or `ready`.") }));

export const MetricsShape = ownShape("Metrics", Type.String({ description: "Prometheus text." }));
