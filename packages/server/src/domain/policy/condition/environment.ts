/**
 * What the CEL package's type checker is told, so that a mistake in a condition is found when the
 * policy is loaded. Nothing registered here is ever called: conditions run as our own closures.
 */
import { Environment, type ObjectSchema } from "@marcbachmann/cel-js";
import { Money } from "./value.ts";

/** The types of an action's arguments, as far as its schema says them. */
export type ArgumentTypes = ObjectSchema;

const TIMESTAMP = "google.protobuf.Timestamp";

/** Checks conditions about one action, or about any where `types` is undefined. */
export function environmentFor(types?: ArgumentTypes): Environment {
  const environment = BASE.clone();
  if (types === undefined) {
    environment.registerVariable("action", { schema: { name: "string", properties: "map" } });
  } else {
    environment.registerVariable("action", { schema: { name: "string", properties: types } });
  }
  return environment;
}

/** Stands for what `budget` gives; there is never one. */
class Budget {}

function never(): never {
  throw new Error("conditions are evaluated by closures, not by the CEL package");
}

/** Mixed arithmetic and comparison, which CEL leaves out and JSON numbers need. */
const MIXED = ["+", "-", "*", "/", "%"].flatMap((op) => [
  `int ${op} double: double`,
  `double ${op} int: double`,
  ...(op === "%" ? ["double % double: double"] : []),
]);
const MONEY = ["<", "<=", ">", ">=", "=="].map((op) => `Money ${op} Money: bool`);

const FUNCTIONS = [
  "money(dyn): Money",
  "money(dyn, dyn): Money",
  "in_window(string): bool",
  `in_window(string, ${TIMESTAMP}): bool`,
  "budget(string): Budget",
];

const SUBJECT: ObjectSchema = {
  id: "string",
  type: "string",
  owner: "string",
  stage: "string",
  groups: "list<string>",
  labels: "map<string, string>",
};
const IMPACT: ObjectSchema = {
  categories: "list<string>",
  access: "string",
  confidence: "string",
  outside: "list<string>",
  from_results: "list<string>",
  from_person: "list<string>",
  origin: "string",
  content_origin: "string",
  program: "bool",
};

/** What the variables that are always there have, for a hint where one is misspelt. */
export const KNOWN_FIELDS: readonly string[] = [SUBJECT, IMPACT].flatMap((each) =>
  Object.keys(each),
);

const BASE: Environment = (() => {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: {
      maxAstNodes: 500,
      maxDepth: 40,
      maxListElements: 200,
      maxMapEntries: 50,
      maxCallArguments: 8,
    },
  })
    .registerType("Money", Money)
    .registerType("Budget", {
      ctor: Budget,
      // Money or a number, by the budget: checked where it is compiled.
      fields: { over: "bool", total: "dyn", after: "dyn", limit: "dyn", left: "dyn" },
    })
    .registerVariable("subject", { schema: SUBJECT })
    .registerVariable("claims", { schema: { subject: "map" } })
    .registerVariable("resource", { schema: { type: "string", id: "string", properties: "map" } })
    .registerVariable("context", "map")
    .registerVariable("impact", { schema: IMPACT })
    .registerVariable("now", TIMESTAMP);
  for (const signature of FUNCTIONS) environment.registerFunction(signature, never);
  for (const signature of [...MIXED, ...MONEY, "double == int: bool", "Money + Money: Money"]) {
    environment.registerOperator(signature, never);
  }
  return environment;
})();
