/** The SDK's guard before the effect, as a program would use it. */
import { type Client, guard, type GuardOptions } from "@haltpoint/sdk";
import type { Arguments, AttemptedCall } from "../point.ts";
import { cause, clientOf } from "./agent-process.ts";

type Effect = Parameters<typeof guard<Arguments, string>>[0];

export interface Around extends Partial<GuardOptions<Arguments>> {
  readonly client?: Client;
  readonly effect?: Effect;
}

export async function guarded(
  { action, args, key, patienceMs }: AttemptedCall,
  signal: AbortSignal | undefined,
  { effect = cause, ...options }: Around = {},
): Promise<string> {
  const heard: string[] = [];
  const guardedEffect = guard<Arguments, string>(effect, {
    client: options.client ?? clientOf(),
    action,
    resource: ({ reference }) => ({ type: "order", id: String(reference) }),
    stoppable: "yes",
    waitMs: patienceMs,
    stopWithinMs: 1_000,
    onEdited: (changes, reason) => {
      for (const { path, from, to } of changes) {
        const values = `from ${JSON.stringify(from)} to ${JSON.stringify(to)}`;
        heard.push(`A reviewer changed \`${path}\` ${values}: ${reason ?? ""}.`);
      }
    },
    ...options,
  });
  const done = await guardedEffect(args, { key, signal });
  return [...heard, done].join(" ");
}
