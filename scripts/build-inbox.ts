import { buildInbox } from "./inbox/build.ts";
import { checkout } from "./check/step.ts";

/** `node scripts/build-inbox.ts`: the inbox's pages, built only when their sources changed. */
const startedMs = performance.now();
const { isBuilt } = await buildInbox(checkout);
if (isBuilt) {
  console.log(`inbox built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
