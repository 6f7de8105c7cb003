/** A program with the SDK's guard in front of its effect. */
import { performAttempts } from "./agent-process.ts";
import { guarded } from "./guarded.ts";

performAttempts((call, signal) => guarded(call, signal));
