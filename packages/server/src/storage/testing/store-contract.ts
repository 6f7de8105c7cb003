/**
 * What every store must do, whatever database is below it: run against each adapter.
 *
 * Nothing here knows which one it is; only the port is used.
 */
import { describe } from "vitest";
import { budgetContract } from "./budget-contract.ts";
import { commitContract } from "./commit-contract.ts";
import { concurrencyContract } from "./concurrency-contract.ts";
import { expectationContract } from "./expectation-contract.ts";
import { listContract } from "./list-contract.ts";
import type { MakePlace } from "./place.ts";
import { readContract } from "./read-contract.ts";
import { signInContract } from "./sign-in-contract.ts";
import { timeContract } from "./time-contract.ts";

export function storeContract(name: string, makePlace: MakePlace): void {
  describe(`store contract: ${name}`, () => {
    commitContract(makePlace);
    expectationContract(makePlace);
    concurrencyContract(makePlace);
    readContract(makePlace);
    listContract(makePlace);
    signInContract(makePlace);
    timeContract(makePlace);
    budgetContract(makePlace);
  });
}
