import type { Plant } from "./plant.ts";

/** Bugs in what a budget counts, keeps and gives back. */
const server = (name: string): string => `packages/server/src/${name}.ts`;
const races = ["test/budgets/races.test.ts"];
const counting = ["test/budgets/counting.test.ts"];

export const budgetPlants: readonly Plant[] = [
  {
    name: "budget-not-fenced-at-submission",
    file: server("app/submit-request"),
    find: "      ...(totals.length === 0 ? {} : { budgets: totals }),\n",
    replace: "",
    tests: races,
    invariant: "I9, T37: two that are submitted at once do not both take the last room",
  },
  {
    name: "budget-not-fenced-at-redemption",
    file: server("app/execute"),
    find: "    ...(totals.length === 0 ? {} : { budgets: totals }),\n",
    replace: "",
    tests: races,
    invariant: "I12, T37: a redemption has seen what was approved before it",
  },
  {
    name: "budget-fence-off-by-the-request",
    file: server("app/budgets"),
    find: "const room = unitsIn(use.limit) - BigInt(count.units);",
    replace: "const room = unitsIn(use.limit);",
    tests: ["test/budgets/splitting.test.ts"],
    invariant: "I9: the room that a decision relied on is the room without the request itself",
  },
  {
    name: "own-reservation-counted",
    file: server("storage/sql/budgets"),
    find: " - partsOf(row) - BigInt(ownUnits)",
    replace: " - partsOf(row) - BigInt(ownUnits) * 0n",
    tests: counting,
    invariant: "I9: a request is not counted against itself when it is redeemed",
  },
  {
    name: "indeterminate-run-gives-back",
    file: server("domain/request/counting"),
    find: '  "interrupting",\n  "indeterminate",\n',
    replace: '  "interrupting",\n',
    tests: counting,
    invariant: "I9: a run whose outcome nobody knows keeps its reservation",
  },
  {
    name: "hold-reserves",
    file: server("domain/request/counting"),
    find: '  "approved",\n  "running",\n',
    replace: '  "held",\n  "approved",\n  "running",\n',
    tests: counting,
    invariant: "I9: what nobody has said yes to takes no room from what policy may allow",
  },
  {
    name: "cooperative-point-gives-back",
    file: server("domain/request/evolve"),
    find: 'event.result === "not_started" && next.assurance === "mediated"',
    replace: 'event.result === "not_started"',
    tests: counting,
    invariant: "I9: only a mediated point's word that nothing happened gives back a reservation",
  },
  {
    name: "window-from-the-approval",
    file: server("domain/request/evolve"),
    find: "spent: { revision: next.revision.number, at: event.at }",
    replace: "spent: { revision: next.revision.number, at: next.grant?.approvedAt ?? event.at }",
    tests: counting,
    invariant: "I9: what was redeemed counts from its redemption, not from its approval",
  },
  {
    name: "new-budget-begins-with-nothing",
    file: server("app/count-earlier"),
    find: "page.items.filter((state) => isCounting(state, walk))",
    replace: "page.items.filter((state) => isCounting(state, walk) && state.version < 0)",
    tests: ["test/budgets/publishing.test.ts"],
    invariant: "I9: a policy change does not reset what was spent within the window",
  },
  {
    name: "other-currency-is-added",
    file: server("domain/policy/budgets"),
    find: "if (read.amount.currency !== currency) {",
    replace: "if (read.amount.currency === null) {",
    tests: counting,
    invariant: "I9: amounts of another currency hold, and are not added",
  },
];
