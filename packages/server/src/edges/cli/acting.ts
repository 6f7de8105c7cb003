/** What else a person does to a request: ask, retract, extend, delegate, resolve, follow up. */
import { visibleText, type DecisionAnswer } from "@haltpoint/protocol";
import { askText } from "./ask-person.ts";
import { argument, type Call } from "./command.ts";
import { connect } from "./connection.ts";
import { findRequest } from "./find-request.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { clockTime, relativeTime } from "./times.ts";

const RESULTS = ["succeeded", "failed", "interrupted", "not_started"] as const;
const VERDICTS = ["ok", "violation"] as const;

export async function ask(call: Call): Promise<void> {
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const answer = await client.ask(id, { text: argument(call, 1) });
  tell(call, answer, [
    `Asked ${visibleText(answer.request.identity.id)}. Its answer will stand on the card, unverified.`,
    deadlineLine(answer),
  ]);
}

export async function retract(call: Call): Promise<void> {
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const reason = call.options.text("reason");
  const answer = await client.retract(id, reason === undefined ? {} : { reason });
  tell(call, answer, ["Taken back: it is held again.", deadlineLine(answer)]);
}

export async function extend(call: Call): Promise<void> {
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const reason = call.options.text("reason");
  const answer = await client.extend(id, reason === undefined ? {} : { reason });
  tell(call, answer, ["Extended.", deadlineLine(answer)]);
}

export async function delegate(call: Call): Promise<void> {
  const to = call.options.text("to");
  if (to === undefined) throw usageFailure("say to whom: --to PERSON");
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const reason = call.options.text("reason");
  const body = { to, ...(reason === undefined ? {} : { reason }) };
  const answer = await client.delegate(id, body);
  tell(call, answer, [`Delegated to ${visibleText(to)}; you may still decide it yourself.`]);
}

export async function resolve(call: Call): Promise<void> {
  const result = oneOf(argument(call, 1), RESULTS, "what happened");
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const reason = await requiredReason(call, "How did you find out?");
  const answer = await client.resolve(id, { result, reason });
  tell(call, answer, [`Recorded as ${result}. Nothing is run again.`]);
}

export async function followUp(call: Call): Promise<void> {
  const verdict = oneOf(argument(call, 1), VERDICTS, "what you found");
  const { client } = connect(call);
  const { id } = await findRequest(client, call);
  const reason = await requiredReason(call, "What did you find?");
  const answer = await client.followUp(id, { verdict, reason });
  tell(call, answer, [`Followed up: ${verdict}.`]);
}

function tell(call: Call, answer: DecisionAnswer, lines: readonly string[]): void {
  call.screen.printJson(answer);
  call.screen.print(lines.filter((line) => line !== "").join("\n"));
}

function deadlineLine({ request: { deadline } }: DecisionAnswer): string {
  if (deadline === null) return "";
  return `It waits until ${clockTime(deadline)} (${relativeTime(deadline)}).`;
}

/** `--reason`, or what the person at the terminal types. */
export async function requiredReason(call: Call, question: string): Promise<string> {
  const given = call.options.text("reason")?.trim();
  if (given !== undefined && given !== "") return given;
  if (call.screen.isTerminal && !call.screen.isJson) return askText(call.host, question);
  throw new CommandFailure(
    "reason_required",
    'say why with --reason "…"; it is part of the record.',
  );
}

export function oneOf<const T extends string>(text: string, known: readonly T[], what: string): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw usageFailure(`\`${text}\` is not ${what}; write one of: ${known.join(", ")}`);
}
