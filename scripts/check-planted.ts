import { runProofs } from "./check/run.ts";

/** `npm run check:planted`: only the proof that each rule notices a violation of it. */
const verdict = await runProofs();
if (!verdict.passed) process.exitCode = 1;
