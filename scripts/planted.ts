import { plants } from "../test/planted/plants.ts";
import { runPlants, runSound } from "./tests/planted-run.ts";

/** `npm run test:planted`: every planted bug must be caught by an assertion of its tests. */
const verdicts = await runPlants(await runSound(), plants);
const isProven = verdicts.length > 0 && verdicts.every((verdict) => verdict.kind === "caught");
if (!isProven) process.exitCode = 1;
