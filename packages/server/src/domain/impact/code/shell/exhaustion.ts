import type { Function as FunctionNode, While } from "unbash";
import { quote } from "../inspection.ts";
import type { Inspection } from "../inspection.ts";

/** What uses up the machine by running again and again. */

/** A function that calls itself; worse where it does so in the background or twice in a pipe. */
export function callsItself(name: string, node: FunctionNode, inspection: Inspection): void {
  const spawns =
    node.body.type === "BraceGroup" &&
    node.body.body.commands.some(
      ({ command, background }) => background === true || command.type === "Pipeline",
    );
  inspection.find(
    "destruction",
    spawns ? "high" : "low",
    `The function ${quote(name)} calls itself and may use up the machine.`,
  );
}

/** `while true; do … & done` starts commands without waiting for them. */
export function startsWithoutEnd(node: While, inspection: Inspection): void {
  const first = node.clause.commands[0]?.command;
  const endless = first?.type === "Command" && /^(?:true|:|false)$/u.test(first.name?.value ?? "");
  if (!endless || !node.body.commands.some(({ background }) => background === true)) return;
  inspection.find(
    "destruction",
    "low",
    "Would start commands without end, until the machine is used up.",
  );
}
