/** What an agent wants to do, and what came of it at the agent: the effect that tests look at. */
import type { RequestView, Revision } from "@haltpoint/protocol";
import { guard, type Client, type RunContext } from "@haltpoint/sdk";

export interface Errand {
  /** Of the request, known as soon as it is held or runs. */
  readonly id: string;
  /** With what arguments it ran, each time it ran. */
  readonly ran: readonly Args[];
  /** What the agent got: the word its effect returned, or why it did not run. */
  readonly end: Promise<string>;
}

export type Args = Readonly<Record<string, unknown>>;

export interface Wanted {
  readonly action: string;
  readonly args?: Args;
  readonly context?: Args;
  readonly resource?: Revision["resource"];
  /** Goes on until it is told to stop. */
  readonly isEndless?: boolean;
  readonly onHeld?: (request: RequestView) => void;
}

/** Sends an agent; resolves once a person can see its request. */
export function send(client: Client, wanted: Wanted): Promise<Errand> {
  const ran: Args[] = [];
  return new Promise((resolve, reject) => {
    let known = false;
    const become = (id: string): void => {
      if (known) return;
      known = true;
      resolve({ id, ran, end });
    };
    const effect = async (args: Args, run: RunContext): Promise<string> => {
      ran.push(args);
      become(run.requestId);
      if (wanted.isEndless === true) await stopped(run.signal);
      return "done";
    };
    const guarded = guard<Args, string>(effect, {
      client,
      action: wanted.action,
      resource: wanted.resource ?? { type: "thing", id: "T-1" },
      ...(wanted.context === undefined ? {} : { context: wanted.context }),
      stoppable: "yes",
      onHeld: (request) => {
        wanted.onHeld?.(request);
        become(request.id);
      },
    });
    const end = guarded(wanted.args ?? {}).catch((error: unknown) => {
      const { name, message } = error as Error;
      if (!known) reject(new Error(`${name}: ${message}`, { cause: error }));
      return `${name}: ${message}`;
    });
  });
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
