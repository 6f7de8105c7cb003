/** The SDK's guard in a process of its own. */
import type { Attempt, PointProcess, PointSetup, PointUnderTest, Told } from "../point.ts";
import { Child } from "../testing/child-process.ts";
import type { FromAgent, ToAgent } from "./agent-process.ts";

export const sdkGuard: PointUnderTest = {
  name: "the SDK's guard",
  stoppable: "yes",
  releaseOnly: false,
  joins: true,
  actions: { allowed: "stock.look", held: "stock.order", denied: "stock.erase" },
  start: (setup) => startAgent(new URL("./sdk-guard-agent.ts", import.meta.url), setup),
};

/** Starts a program that performs attempts as it is told to over its channel. */
export async function startAgent(
  script: URL,
  setup: PointSetup,
  args: readonly string[] = [],
): Promise<PointProcess> {
  const waiting = new Map<number, (told: Told) => void>();
  const { child } = await Child.start({
    script,
    args,
    env: {
      HALTPOINT_URL: setup.haltpointUrl,
      HALTPOINT_KEY: setup.apiKey,
      EFFECT_URL: setup.effectUrl,
      ANSWER_WITHIN_MS: String(setup.answerWithinMs),
    },
    onMessage: (message) => {
      const said = message as FromAgent;
      if (said.kind === "told") waiting.get(said.id)?.(said);
    },
  });
  const tell = (message: ToAgent): void => child.tell(message);
  let attempts = 0;
  return {
    attempt: (call): Attempt => {
      attempts += 1;
      const id = attempts;
      const told = new Promise<Told>((resolve) => waiting.set(id, resolve));
      tell({ kind: "attempt", id, call });
      return { told, abandon: () => tell({ kind: "abandon", id }) };
    },
    kill: () => child.kill(),
    stall: () => child.signal("SIGSTOP"),
    goOn: () => child.signal("SIGCONT"),
  };
}
