/** What the demo's scenes have in common: one agent, and one target whose effects are counted. */
import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Actor } from "../stage/actor.ts";
import type { Stage } from "../stage/stage.ts";

const AGENT = "agent-7";
export const FOLDER = new URL(".", import.meta.url);

export interface Wish {
  readonly action: string;
  readonly what: string;
  readonly options?: readonly string[];
  /** How it is called in the transcript. Default `agent`. */
  readonly name?: string;
  readonly targetUrl?: string;
  readonly serverUrl?: string;
}

export interface Cast {
  readonly stage: Stage;
  readonly id: string;
  /** Starts the agent. */
  readonly agent: (wish: Wish) => Actor;
  /** Checks that just this has happened at the target since the scene began. */
  readonly happened: (expected: readonly string[]) => Promise<void>;
  /** Begins a scene. */
  readonly scene: (title: string) => void;
}

export async function castOn(stage: Stage): Promise<Cast> {
  const { transcript } = stage;
  const key = await stage.identity(AGENT, { owner: "ana", acts_for_people: false });
  const url = await stage.target("target", new URL("target.ts", import.meta.url));
  let before = 0;
  let count = 0;
  return {
    stage,
    id: AGENT,
    agent: ({ action, what, options = [], name = "agent", targetUrl = url, serverUrl }) =>
      stage.actor(name, {
        script: new URL("agent.ts", import.meta.url),
        args: [action, what, ...options],
        env: { HALTPOINT_KEY: key, TARGET_URL: targetUrl },
        ...(serverUrl === undefined ? {} : { serverUrl }),
      }),
    happened: async (expected) => {
      const found = (await effectsAt<string>(url)).slice(before);
      const words = found.join(", ") || "nothing";
      check(words === (expected.join(", ") || "nothing"), `what happened: ${words}`);
      count = before + found.length;
      transcript.tell(`What happened: ${words}`);
    },
    scene: (title) => {
      before = count;
      transcript.scene(title);
    },
  };
}

/** Waits until it is held, and returns the short id a person would type. */
export function heldAs(agent: Actor): Promise<string> {
  return agent.says(/held as (\w{4})/);
}
