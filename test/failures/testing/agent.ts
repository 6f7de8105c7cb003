/**
 * An agent in a process of its own, to be killed: the real guard in front of an effect that happens
 * elsewhere. It is told what to do over the channel to its parent and keeps nothing else.
 */
import { createClient, guard } from "../../../packages/sdk/src/index.ts";
import type { AgentCall, Ending, FromAgent, ToAgent } from "./messages.ts";

const CALL_AGAIN_MS = 20_000;
const PAUSE_MS = 200;

const aborts = new Map<number, AbortController>();
const tell = (message: FromAgent): void => void process.send?.(message);

process.on("message", (message: ToAgent) => {
  if (message.kind === "abort") aborts.get(message.call)?.abort(new Error("not wanted any more"));
  else void perform(message);
});
process.once("disconnect", () => process.exit(0));

async function perform(asked: AgentCall): Promise<void> {
  const { call, url, apiKey, effectUrl, action, key, amount } = asked;
  const abort = new AbortController();
  aborts.set(call, abort);
  const act = guard(
    async (args: { amount: string }, { signal, idempotencyKey }) => {
      const response = await fetch(effectUrl, {
        method: "POST",
        signal,
        headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
        body: JSON.stringify(args),
      });
      if (!response.ok) throw new Error(`the effect answered ${response.status}`);
    },
    {
      client: createClient({ url, apiKey }),
      action,
      resource: { type: "order", id: key },
      callerReturns: true,
      stoppable: "yes",
      signal: abort.signal,
      onHeld: ({ id }) => tell({ kind: "held", call, id }),
    },
  );
  const once = (): Promise<Ending> =>
    act({ amount }, { key }).then(
      () => ({ kind: "ran", detail: "" }),
      (error: unknown) => endingOf(error),
    );
  const startedAt = performance.now();
  let ending = await once();
  // The guard gives up asking soon after a server is gone. Its caller, which has a key of its own,
  // makes the identical call again.
  while (ending.kind === "unreachable" && performance.now() - startedAt < CALL_AGAIN_MS) {
    tell({ kind: "called_again", call });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    ending = await once();
  }
  aborts.delete(call);
  tell({ kind: "ended", call, ending });
}

function endingOf(error: unknown): Ending {
  if (!(error instanceof Error)) return { kind: "threw", detail: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "threw";
  return { kind: code, detail: error.message };
}
