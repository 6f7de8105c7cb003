import fc from "fast-check";

/**
 * Read by vitest before each test file. `npm test` searches the same small slice each time, so that
 * it says the same of the same sources; a campaign searches elsewhere each time. HALTPOINT_SEED
 * chooses for both; a property that fails prints its seed.
 */
const fixedSeed = 20_261_122;
const chosen = process.env["HALTPOINT_SEED"];

if (chosen !== undefined) fc.configureGlobal({ seed: Number(chosen) });
else if (process.env["HALTPOINT_CAMPAIGN"] !== "1") fc.configureGlobal({ seed: fixedSeed });
