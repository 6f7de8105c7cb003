import { runCheck } from "./check/run.ts";

/** `npm run check`: every rule on the checkout, then every rule on a planted violation of it. */
const verdicts = await runCheck();
const failed = verdicts.filter((verdict) => !verdict.passed);
console.log(
  failed.length === 0
    ? `check: all ${verdicts.length} steps passed`
    : `check: failed: ${failed.map((verdict) => verdict.name).join(", ")}`,
);
if (failed.length > 0) process.exitCode = 1;
