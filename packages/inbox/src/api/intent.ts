import type { Answer, Ask } from "./call.ts";
import { isPassing } from "./failure.ts";

const pausesMs = [300, 1_200];

/**
 * What somebody means to do once. Its Idempotency-Key stays the same while they try the same thing
 * again, so that an answer that got lost cannot make it happen twice; another thing gets another key.
 */
export class Intent {
  readonly #newKey: () => string;
  #current: { readonly asked: string; readonly key: string } | null = null;

  constructor(newKey: () => string) {
    this.#newKey = newKey;
  }

  keyFor(ask: Ask): string {
    const asked = JSON.stringify([ask.method, ask.path, ask.body ?? null]);
    if (this.#current?.asked !== asked) this.#current = { asked, key: this.#newKey() };
    return this.#current.key;
  }

  /** It happened: meaning the same once more is another intent. */
  done(): void {
    this.#current = null;
  }
}

/** Sends it until there is an answer that stands, at most a few times and within two seconds. */
export async function sendIntent<T>(
  intent: Intent,
  ask: Ask,
  send: (ask: Ask) => Promise<Answer<T>>,
  pause: (ms: number) => Promise<void>,
): Promise<Answer<T>> {
  const keyed = { ...ask, key: intent.keyFor(ask) };
  let answer = await send(keyed);
  for (const ms of pausesMs) {
    if (answer.ok || !isPassing(answer.failure)) break;
    await pause(ms);
    answer = await send(keyed);
  }
  if (answer.ok) intent.done();
  return answer;
}
