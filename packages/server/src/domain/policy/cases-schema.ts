/** The form of a file of policy cases. */
import { RISKS, STEP_UPS } from "./model.ts";
import { choice, duration, flag, list, oneOrMore, PATTERN, record, SOURCE, text } from "./form.ts";
import type { FormSchema } from "./form.ts";

const ANYTHING: FormSchema = { type: "object", additionalProperties: true };
const names = (description: string): FormSchema => ({
  type: "array",
  items: { type: "string", maxLength: 256 },
  maxItems: 100,
  description,
});

const IDENTITY = record(
  {
    id: text("Default: agent-1."),
    type: text("Default: agent."),
    owner: {
      type: "string",
      maxLength: 500,
      description: "A person; empty: nobody. Default: owner-1.",
    },
    stage: text("Default: active."),
    groups: names("Groups the identity is in."),
    labels: {
      type: "object",
      additionalProperties: { type: "string" },
      description: "What the registry says of it.",
    },
    acts_for_people: flag("Whether it acts for people."),
    may: list(PATTERN, "Actions it is limited to. Default: not limited."),
    mode: choice(["enforce", "shadow"], "Default: enforce."),
  },
  { description: "The identity that asks, as the registry knows it." },
);
const SHARED: Readonly<Record<string, FormSchema>> = {
  identity: IDENTITY,
  assurance: choice(["mediated", "cooperative"], "Default: mediated."),
  organisation: record(
    {
      domains: names("Its own domains."),
      accounts: names("Its own accounts."),
      payees: names("Payees that are known."),
    },
    { description: "What is the organisation's own. Default: nothing." },
  ),
  budgets: {
    type: "object",
    additionalProperties: {
      anyOf: [
        { type: "string", maxLength: 40 },
        { type: "integer", minimum: 0 },
      ],
      "x-expected": "money such as `9000.00 USD`, or a whole number",
    },
    description: "What counts for a budget already, by its name. Default: nothing.",
  },
  now: text("RFC 3339. Default: 2026-01-05T12:00:00Z, a Monday."),
};

const REQUEST = record(
  {
    subject: record(
      { properties: ANYTHING },
      { description: "What the request claims of itself." },
    ),
    action: record({ name: text("Its name.", 256), properties: ANYTHING }, { required: ["name"] }),
    resource: record(
      { type: text("Its type."), id: text("Its id."), properties: ANYTHING },
      { required: ["type", "id"], description: "Default: resource 1." },
    ),
    context: ANYTHING,
  },
  { required: ["action"] },
);

const EXPECT = record(
  {
    decision: choice(["allow", "hold", "deny"], "What policy must say."),
    rules: names("Exactly the rules that take part."),
    reason: text("What one of the reasons must contain."),
    risk: choice(RISKS, "The risk."),
    impact: text("The impact; `none` for none."),
    impacts: names("Exactly the impacts, by rules and by the classifier."),
    approval: choice(["self", "quorum"], "Who approves."),
    quorum: {
      type: "array",
      items: record(
        { count: { type: "integer", minimum: 1 }, from: oneOrMore(SOURCE, "Any of these.") },
        { required: ["count", "from"] },
      ),
      maxItems: 20,
      description: "Exactly the clauses.",
    },
    confirm: names("Exactly the ids of the statements."),
    step_up: choice(STEP_UPS, "The step-up."),
    missing_fields: names("Exactly the fields the request lacks."),
    veto_window: duration("The veto window."),
    deadline: duration("How long it may stay held."),
    shadow: choice(["allow", "hold", "deny"], "What it would have been without shadow mode."),
  },
  { required: ["decision"] },
);

/** The JSON Schema of a file of policy cases. */
export const CASES_SCHEMA: FormSchema = record(
  {
    ...SHARED,
    cases: list(
      record(
        { name: text("What the case shows.", 200), ...SHARED, request: REQUEST, expect: EXPECT },
        { required: ["name", "request", "expect"] },
      ),
      "The cases. What stands beside `cases` applies to all of them.",
      10_000,
    ),
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:haltpoint:schema:policy-cases:1",
    title: "Haltpoint policy cases",
    required: ["cases"],
  },
);
