/** What administration sends: identities, people, their credentials, rosters, policies. */
import { STAGES } from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { ImaginedShape } from "./request-shapes.ts";
import { ownShape } from "./shape.ts";
import { choice, closed, flag, id, ms, name, nullable, word } from "./terms.ts";

const LIST_MAX = 100;
const SHIFTS_MAX = 1_000;
const POLICY_TEXT_MAX = 1_048_576;

/** As the domain's `RIGHTS`; a test compares them. */
export const RIGHT_NAMES = ["operator", "policy_admin", "override", "resolver", "auditor"] as const;

const reason = Type.Optional(
  name("Why; for whoever decides about it, where the policy lets somebody.", "vendor onboarding"),
);

const identityMembers = {
  type: word("What it is: `agent`, `service_account`, `workload`, `bot`.", "agent"),
  owner: id("The person accountable for it.", "chen"),
  stage: Type.Optional(choice(STAGES, "Where it is in its life. Default: `active`.")),
  groups: Type.Optional(
    Type.Array(word("A group.", "production"), { maxItems: LIST_MAX, description: "Its groups." }),
  ),
  labels: Type.Optional(
    Type.Unsafe<Readonly<Record<string, string>>>({
      type: "object",
      additionalProperties: { type: "string", maxLength: 256 },
      maxProperties: LIST_MAX,
      description: "Anything policy should know of it.",
      "x-expected": "an object of strings",
    }),
  ),
  acts_for_people: Type.Optional(flag("Every request must then name `context.on_behalf_of`.")),
  assurance: Type.Optional(
    choice(["mediated", "cooperative"], "Whether only its enforcement point has the credential."),
  ),
  mode: Type.Optional(choice(["enforce", "shadow"], "`shadow`: recorded, never held.")),
  may: Type.Optional(
    nullable(
      Type.Array(name("An action, or its beginning and `*`.", "procurement.*"), {
        maxItems: LIST_MAX,
        description: "The only actions it may ask for; null: any.",
      }),
    ),
  ),
  reason,
};

export const NewIdentityShape = ownShape(
  "NewIdentity",
  closed({ id: id("Immutable.", "purchasing-agent"), ...identityMembers }),
);

/** Members left out stay as they are: forgetting `may` must not lift it. */
export const IdentityChangeShape = ownShape(
  "IdentityChange",
  closed({
    ...identityMembers,
    type: Type.Optional(identityMembers.type),
    owner: Type.Optional(identityMembers.owner),
  }),
);

const rights = Type.Array(choice(RIGHT_NAMES, "A right."), {
  maxItems: RIGHT_NAMES.length,
  description: "Rights beside reviewing and owning.",
});

export const NewPersonShape = ownShape(
  "NewPerson",
  closed({
    id: id("Immutable; never an e-mail address that may change hands.", "ana"),
    name: name("For display. Identifies nobody.", "Ana"),
    rights: Type.Optional(rights),
    disabled: Type.Optional(flag("May do nothing and counts nowhere.")),
  }),
);

export const PersonChangeShape = ownShape(
  "PersonChange",
  closed({
    name: Type.Optional(name("For display. Identifies nobody.", "Ana")),
    rights: Type.Optional(rights),
    disabled: Type.Optional(flag("May do nothing and counts nowhere.")),
  }),
);

export const NewCredentialShape = ownShape(
  "NewCredential",
  closed({ expires_in_ms: ms("How long it is valid; at most the limit `key_lifetime`.") }),
);

const shift = closed({
  person: id("Who.", "dee"),
  from: ms("From when on, since the epoch."),
  until: ms("Until when, since the epoch."),
});

export const RosterShape = ownShape(
  "Roster",
  closed({
    shifts: Type.Array(shift, { maxItems: SHIFTS_MAX, description: "Replaces all shifts." }),
  }),
);

export const policyText = Type.String({
  minLength: 1,
  maxLength: POLICY_TEXT_MAX,
  description: "The policy, YAML.",
  "x-expected": `the text of a policy, at most ${POLICY_TEXT_MAX} characters`,
});

export const ExplainShape = ownShape("ExplainBody", closed({ request: ImaginedShape.schema }));
