/** Questions to the person at the terminal. Every one has "no" as its default. */
import { confirm, isCancel, text } from "@clack/prompts";
import { visibleText } from "@haltpoint/protocol";
import { givenUp } from "./command-failure.ts";
import type { Host } from "./host.ts";

const NOTHING_DONE = "nothing was changed.";

/**
 * Puts a question. The end of the input (Ctrl-D, a terminal that is gone) answers it like Ctrl-C:
 * without that, the prompt would wait for ever for what cannot come.
 */
async function put<T>(
  host: Host,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<Exclude<T, symbol>> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const onKey = (
    _text: unknown,
    key: { readonly name?: string; readonly ctrl?: boolean },
  ): void => {
    if (key.ctrl === true && key.name === "d") end();
  };
  const { stdin } = host;
  stdin.on("keypress", onKey).once("end", end).once("close", end);
  try {
    const answer = await ask(ended.signal);
    if (isCancel(answer)) throw givenUp(NOTHING_DONE);
    return answer as Exclude<T, symbol>;
  } finally {
    stdin.off("keypress", onKey).off("end", end).off("close", end);
  }
}

/** Whether the person says yes. Ctrl-C and Ctrl-D end the command. */
export function askYesNo(host: Host, question: string): Promise<boolean> {
  return put(host, (signal) =>
    confirm({
      message: visibleText(question),
      initialValue: false,
      input: host.stdin,
      output: host.stdout,
      signal,
    }),
  );
}
/** @throws CommandFailure where the person says no. */
export async function confirmOrStop(host: Host, question: string): Promise<void> {
  if (!(await askYesNo(host, question))) throw givenUp(NOTHING_DONE);
}

/** A line of text that is not empty. Ctrl-C and Ctrl-D end the command. */
export async function askText(host: Host, question: string): Promise<string> {
  const answer = await put(host, (signal) =>
    text({
      message: visibleText(question),
      input: host.stdin,
      output: host.stdout,
      validate: (typed) => ((typed ?? "").trim() === "" ? "write a few words" : undefined),
      signal,
    }),
  );
  return answer.trim();
}

/** Has the person type something exactly: the last step before what is critical. */
export async function typeToConfirm(host: Host, question: string, expected: string): Promise<void> {
  const shown = visibleText(expected);
  const typed = await askText(host, `${question} Type \`${shown}\``);
  if (typed !== shown) throw givenUp(`that was not \`${shown}\`; ${NOTHING_DONE}`);
}
