/** Questions to the person at the terminal. Every one has "no" as its default. */
import { confirm, isCancel, text } from "@clack/prompts";
import { visibleText } from "@haltpoint/protocol";
import { givenUp } from "./command-failure.ts";
import type { Host } from "./host.ts";

const NOTHING_DONE = "nothing was changed.";

/** Whether the person says yes. Ctrl-C ends the command. */
export async function askYesNo(host: Host, question: string): Promise<boolean> {
  const answer = await confirm({
    message: visibleText(question),
    initialValue: false,
    input: host.stdin,
    output: host.stdout,
  });
  if (isCancel(answer)) throw givenUp(NOTHING_DONE);
  return answer;
}

/** @throws CommandFailure where the person says no. */
export async function confirmOrStop(host: Host, question: string): Promise<void> {
  if (!(await askYesNo(host, question))) throw givenUp(NOTHING_DONE);
}

/** A line of text that is not empty. Ctrl-C ends the command. */
export async function askText(host: Host, question: string): Promise<string> {
  const answer = await text({
    message: visibleText(question),
    input: host.stdin,
    output: host.stdout,
    validate: (typed) => ((typed ?? "").trim() === "" ? "write a few words" : undefined),
  });
  if (isCancel(answer)) throw givenUp(NOTHING_DONE);
  return answer.trim();
}

/** Has the person type something exactly: the last step before what is critical. */
export async function typeToConfirm(host: Host, question: string, expected: string): Promise<void> {
  const shown = visibleText(expected);
  const typed = await askText(host, `${question} Type \`${shown}\``);
  if (typed !== shown) throw givenUp(`that was not \`${shown}\`; ${NOTHING_DONE}`);
}
