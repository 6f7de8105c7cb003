/**
 * The form of a policy file: the one source for the loader's structural check and for the JSON
 * Schema that editors complete from (`policy.schema.json`, written from this).
 */
import {
  choice,
  duration,
  EXCLUDED,
  flag,
  id,
  list,
  name,
  oneOrMore,
  PATH,
  PATTERN,
  person,
  record,
  SOURCE,
  text,
  type FormSchema,
} from "./form.ts";
import { IMPACTS } from "../impact/model.ts";
import { RISKS, STEP_UPS } from "./model.ts";

const ESCALATE = list(
  record(
    { after: duration("How long after the hold began."), to: SOURCE },
    { required: ["after", "to"] },
  ),
  "Who may fill the slots as well after a time on hold. Adds reviewers, removes no requirement.",
  20,
);

const APPROVAL_FIELDS: Readonly<Record<string, FormSchema>> = {
  approvers: {
    ...SOURCE,
    pattern: `${SOURCE.pattern ?? ""}|^self$`,
    "x-expected": `${SOURCE["x-expected"] ?? ""}, or \`self\``,
    description: "Short for a quorum of one. `self`: the person the identity acts for confirms.",
  },
  quorum: list(
    record(
      {
        count: { type: "integer", minimum: 1, maximum: 20, description: "Distinct persons." },
        from: oneOrMore(SOURCE, "Any of these."),
        escalate: ESCALATE,
      },
      { required: ["count", "from"] },
    ),
    "Filled when distinct persons can be matched to all slots of all clauses.",
    20,
  ),
  confirm: list(
    record(
      { id: id("Cited in the review."), text: text("What the approver states.") },
      { required: ["id", "text"] },
    ),
    "Statements each approver ticks; part of the review.",
    20,
  ),
  step_up: choice(STEP_UPS, "What an approver must prove beyond being signed in."),
  edits: record(
    {
      fields: list(PATH, "What a person may change."),
      editor_may_approve: flag("Whether who edited may approve the edited revision."),
    },
    { required: ["fields"] },
  ),
  deadline: duration("How long the request may stay held; then it expires and nothing runs."),
  extend: duration("How long one extension may add."),
  undo: duration("How long after approval a reviewer may retract. Low and medium risk only."),
  escalate: ESCALATE,
  on_reject: choice(["none", "halt_session"], "What else a rejection does."),
  owner_may_approve: flag("Whether the identity's owner may fill a slot."),
  on_behalf_of_may_approve: flag("Whether the person the identity acts for may fill a slot."),
  exclude: list(EXCLUDED, "Persons that must not fill a slot."),
};

const OUTCOME_FIELDS: Readonly<Record<string, FormSchema>> = {
  owner: person("The person accountable; told when nobody is eligible."),
  risk: choice(RISKS, "How much friction the review gets. Default: medium; low for allow."),
  request_fields: list(PATH, "Fields a submit must carry, or it is refused naming them."),
  assurance: choice(
    ["cooperative", "mediated"],
    "`mediated`: refused where the enforcement point could be gone around.",
  ),
  grant: record(
    { deadline: duration("How long an approval may wait for its redemption. Default: 15m.") },
    { required: ["deadline"] },
  ),
  controls: list(text("A control this serves, e.g. `nist-csf-2.0:PR.AA-05`.", 128), "Controls."),
};

const MATCH = record(
  {
    action: oneOrMore(PATTERN, "The action's name."),
    subject: record(
      {
        type: oneOrMore(PATTERN, "The identity's type."),
        id: oneOrMore(PATTERN, "The identity's id."),
        group: oneOrMore(PATTERN, "A group the identity is in."),
      },
      { minProperties: 1, description: "The identity, as the registry knows it." },
    ),
    resource: record(
      {
        type: oneOrMore(PATTERN, "The resource's type."),
        id: oneOrMore(PATTERN, "The resource's id."),
      },
      { minProperties: 1, description: "What the action is on." },
    ),
    impact: oneOrMore(
      choice(IMPACTS, "A kind of harm."),
      "What the call could do, as the classifier sees it: any of these.",
    ),
  },
  {
    minProperties: 1,
    description: "Which requests it is about. All that is named must match.",
  },
);

const RULE = record(
  {
    id: id("Cited in decisions and reports."),
    why: text("One sentence for those who review and those who are refused."),
    ...OUTCOME_FIELDS,
    match: MATCH,
    when: {
      anyOf: [{ type: "string", minLength: 1, maxLength: 4000 }, { type: "boolean" }],
      description: "A CEL condition. Without it the rule holds whenever it matches.",
    },
    decision: choice(["allow", "hold", "deny"], "What the rule says."),
    mode: choice(["enforce", "shadow"], "`shadow`: evaluated and recorded, changes nothing."),
    impact: {
      type: "string",
      pattern: "^[a-z][a-z0-9_-]{0,63}$",
      description: "Which kind of harm this is about, e.g. `spend`.",
      "x-expected": "a lower-case word such as `spend`",
    },
    veto_window: duration("With `allow`: runs after this time unless a person interrupts."),
    deadline: duration("The approval's deadline, where `approval` is only `self`."),
    approval: {
      anyOf: [
        choice(["self"], "The person the identity acts for confirms."),
        record(APPROVAL_FIELDS),
      ],
      description: "What must be true before a held request is approved.",
    },
  },
  { required: ["id", "match", "decision"] },
);

const OPERAND = "action\\.properties(?:\\.[A-Za-z0-9_$-]{1,128}){1,16}";
const AMOUNT_PATH: FormSchema = {
  type: "string",
  pattern: `^${OPERAND}$`,
  "x-expected": "a path of an argument such as `action.properties.amount`",
};
/** What cannot be claimed: the registry's word, and what will be executed (I13). */
const VALUE_PATH: FormSchema = {
  type: "string",
  pattern: `^(?:subject\\.(?:id|type|owner|labels\\.[A-Za-z0-9_$-]{1,128})|action\\.name|resource\\.(?:type|id)|${OPERAND})$`,
  "x-expected":
    "a path such as `subject.id`, `subject.owner`, `resource.id` or `action.properties.vendor`; what the requester claims cannot part a budget (I13)",
};
const BUDGET = record(
  {
    sum: { ...AMOUNT_PATH, description: "The money that is added up." },
    count: { ...flag("How many requests."), "x-expected": "`true`" },
    distinct: { ...VALUE_PATH, description: "How many different values." },
    per: oneOrMore(VALUE_PATH, "Each of these has a total of its own. Default: one for everybody."),
    match: {
      ...MATCH,
      description:
        "Which requests count, as in a rule. Default: those that have the field; all for `count`.",
    },
    window: duration("How long a request counts after it was redeemed; it slides."),
    limit: {
      anyOf: [
        { type: "string", maxLength: 40, description: "Money: `10000.00 USD`." },
        { type: "integer", minimum: 0, maximum: 1_000_000_000, description: "A number." },
      ],
      description: "What counts together must not be more; with `sum`, money.",
      "x-expected": "money such as `10000.00 USD` for `sum`, a whole number otherwise",
    },
  },
  { required: ["window", "limit"] },
);

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const TIME_OF_DAY: FormSchema = {
  type: "string",
  pattern: "^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
  description: "Wall-clock time in the window's zone.",
  "x-expected": 'a time of day such as `"02:00"`',
};
const SENSITIVE_PATH: FormSchema = {
  type: "string",
  pattern:
    "^(?:action\\.properties|resource\\.properties|subject\\.properties|context)(?:\\.(?:\\*|[A-Za-z0-9_$-]{1,128})){0,16}$",
  description: "A dotted path; `*` stands for every element or member.",
  "x-expected": "a dotted path such as `action.properties.lines.*.iban`",
};
const JSON_SCHEMA: FormSchema = {
  type: "object",
  additionalProperties: true,
  description: "A JSON Schema (2020-12).",
};

/** The JSON Schema of a policy file. */
export const POLICY_SCHEMA: FormSchema = record(
  {
    version: { type: "integer", enum: [1], description: "The version of this format." },
    mode: choice(["enforce", "shadow"], "`shadow`: everything is recorded, nothing is held."),
    unknown_actions: choice(
      ["default", "deny"],
      "What happens to an action that `actions` does not declare: rules and the default as for any, or deny.",
    ),
    default: record(
      {
        decision: {
          ...choice(["hold", "deny"], "What is said where no rule matches. Default: deny."),
          "x-expected": "`hold` or `deny`: what may run unasked is said by a rule",
        },
        why: text("One sentence for those who review and those who are refused."),
        ...OUTCOME_FIELDS,
        ...APPROVAL_FIELDS,
      },
      { required: ["decision"] },
    ),
    groups: {
      type: "object",
      propertyNames: name("A group."),
      additionalProperties: { type: "array", items: person("A member."), maxItems: 10_000 },
      maxProperties: 10_000,
      description: "Who is in which group. Groups not named here come from the identity provider.",
    },
    windows: {
      type: "object",
      propertyNames: name("A window."),
      additionalProperties: record(
        {
          days: list(choice(DAYS, "A day."), "The days on which the window opens.", 7),
          from: TIME_OF_DAY,
          to: TIME_OF_DAY,
          zone: { type: "string", maxLength: 64, description: "IANA zone, e.g. Europe/Berlin." },
        },
        { required: ["days", "from", "to", "zone"] },
      ),
      maxProperties: 1_000,
      description: "Times for `in_window`. With `to` before `from`, it closes on the next day.",
    },
    budgets: {
      type: "object",
      propertyNames: name("A budget."),
      additionalProperties: BUDGET,
      maxProperties: 100,
      description: "Totals over a sliding window, for `budget` in conditions.",
    },
    actions: {
      type: "object",
      propertyNames: { ...name("An action."), pattern: "^[^\\s*]{1,256}$" },
      additionalProperties: record({
        properties: { ...JSON_SCHEMA, description: "What `action.properties` must look like." },
        resource: { ...JSON_SCHEMA, description: "What `resource` must look like." },
        sensitive: list(SENSITIVE_PATH, "Fields stored and shown as commitments only."),
        misfit: choice(
          ["hold", "deny"],
          "What becomes of arguments that do not fit: no condition can see into them. Default: hold.",
        ),
        reversible: flag("Whether its effect can be undone; shown to reviewers, decides nothing."),
        recipients: list(PATH, "Fields that name who receives it; reviewers see a first time."),
      }),
      maxProperties: 10_000,
      description: "The arguments of each action. A request that does not fit is held.",
    },
    rules: { type: "array", items: RULE, maxItems: 10_000, description: "The rules." },
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:haltpoint:schema:policy:1",
    title: "Haltpoint policy",
    required: ["version"],
  },
);
