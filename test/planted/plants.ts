import { budgetPlants } from "./budget-plants.ts";
import { concurrencyPlants } from "./concurrency-plants.ts";
import { failurePlants } from "./failure-plants.ts";
import { fuzzPlants } from "./fuzz-plants.ts";
import { lifecyclePlants } from "./lifecycle-plants.ts";
import { machinePlants } from "./machine-plants.ts";
import { pagePlants } from "./page-plants.ts";
import type { Plant } from "./plant.ts";

/** Every bug that the tests are shown to notice. `npm run test:planted` runs them. */
export const plants: readonly Plant[] = [
  {
    name: "commitment-without-salt",
    file: "packages/protocol/src/commitment.ts",
    find: "[COMMITMENT_DOMAIN, opening.salt, opening.value]",
    replace: "[COMMITMENT_DOMAIN, opening.value]",
    tests: ["packages/protocol/src/commitment.test.ts"],
    invariant: "T28: a short sensitive value must not be guessed from its digest",
  },
  {
    name: "caller-sends-a-commitment",
    file: "packages/protocol/src/commitment.ts",
    find: "if (key === COMMITMENT_KEY) {",
    replace: "if (false as boolean) {",
    tests: ["packages/protocol/src/commitment.test.ts"],
    invariant: "I2: two revisions must not share a digest",
  },
  ...machinePlants,
  ...budgetPlants,
  ...lifecyclePlants,
  ...concurrencyPlants,
  ...fuzzPlants,
  ...failurePlants,
  ...pagePlants,
];
