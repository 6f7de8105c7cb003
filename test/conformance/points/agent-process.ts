/** The agent's side of the channel: performs what it is told to attempt, and says what it got. */
import { createClient } from "@haltpoint/sdk";
import type { AttemptedCall } from "../point.ts";

export type ToAgent =
  | { readonly kind: "attempt"; readonly id: number; readonly call: AttemptedCall }
  | { readonly kind: "abandon"; readonly id: number };

export type FromAgent =
  | { readonly kind: "ready" }
  | {
      readonly kind: "told";
      readonly id: number;
      readonly isDone: boolean;
      readonly words: string;
    };

/** Resolves with the words of success; what it throws are the words of anything else. */
export type Perform = (call: AttemptedCall, signal: AbortSignal) => Promise<string>;

export function performAttempts(perform: Perform): void {
  const say = (message: FromAgent): void => void process.send?.(message);
  const callers = new Map<number, AbortController>();
  process.on("message", (message: ToAgent) => {
    if (message.kind === "abandon") return callers.get(message.id)?.abort();
    const { id, call } = message;
    const caller = new AbortController();
    callers.set(id, caller);
    perform(call, caller.signal).then(
      (words) => say({ kind: "told", id, isDone: true, words }),
      (error: unknown) => say({ kind: "told", id, isDone: false, words: wordsOf(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  say({ kind: "ready" });
}

/** What an agent gets of an error: its message, and who it was where a person decided. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const by = "by" in error && typeof error.by === "string" ? ` (by ${error.by})` : "";
  return `${error.message}${by}`;
}

export function clientOf(more: { readonly fetch?: typeof fetch } = {}) {
  const timeoutMs = Number(env("ANSWER_WITHIN_MS"));
  const [url, apiKey] = [env("HALTPOINT_URL"), env("HALTPOINT_KEY")];
  return createClient({ url, apiKey, timeoutMs, ...more });
}

/** The effect: what is guarded. */
export async function cause(
  args: object,
  { idempotencyKey, signal }: { readonly idempotencyKey: string; readonly signal?: AbortSignal },
): Promise<string> {
  const response = await fetch(env("EFFECT_URL"), {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(args),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw new Error(`the other side answered ${response.status}`);
  return `done with ${JSON.stringify(args)}.`;
}

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}`);
  return value;
}
