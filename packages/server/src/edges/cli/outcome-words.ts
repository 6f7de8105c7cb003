/** What a decision did, in one or two lines; and who is still needed. */
import { EXIT, visibleText, type RequestView } from "@haltpoint/protocol";
import { quorumText } from "./card.ts";
import type { Call } from "./command.ts";
import { nextCommand } from "./next-command.ts";
import { clockTime } from "./times.ts";

function agentOf({ identity }: RequestView): string {
  return visibleText(identity.id);
}

export function tellApproved(call: Call, view: RequestView): void {
  const { screen } = call;
  const { short_id: id, quorum, not_before: notBefore } = view;
  if (view.status === "held" && quorum !== null) {
    screen.print(`Your approval counts. More are needed: so far ${quorumText(view)}.`);
    return;
  }
  if (notBefore !== null && notBefore > Date.now()) {
    screen.print(`Approved. It runs at ${clockTime(notBefore)} at the earliest.`);
    screen.print(`Until then you can take it back: ${nextCommand(call, `retract ${id}`)}`);
    return;
  }
  screen.print(`Approved: ${visibleText(view.title)}.`);
  if (view.status === "succeeded") {
    screen.print("The server has done it: it was part of your approval.");
    return;
  }
  if (view.halt !== null) {
    screen.print(`It does not start while a halt is in force: ${nextCommand(call, "halt list")}`);
    return;
  }
  screen.print(
    `${agentOf(view)} may run exactly this, once. To stop it: ${nextCommand(call, `interrupt ${id}`)}`,
  );
}

export function tellRejected(call: Call, view: RequestView): void {
  call.screen.print(`Rejected: ${visibleText(view.title)}. Nothing ran.`);
  call.screen.print(`${agentOf(view)} is told your reason.`);
}

/** @returns the exit status: policy may have denied what the edit made of it. */
export function tellEdited(call: Call, view: RequestView): number {
  const { screen } = call;
  if (view.status === "denied") {
    const why = view.decided?.reason ?? view.message;
    screen.print(`Edited, and policy denies the result: ${visibleText(why)}. It will not run.`);
    return EXIT.denied;
  }
  const what = `Edited: it is now ${visibleText(view.title)} (revision ${view.revision.number}).`;
  screen.print(what);
  if (view.status === "held") {
    screen.print(`Earlier reviews no longer count. Approvals of this: ${quorumText(view)}.`);
  } else {
    screen.print(`Approved as edited; ${agentOf(view)} may run exactly this, once.`);
  }
  return EXIT.ok;
}

export function tellOverridden(call: Call, view: RequestView): void {
  call.screen.print(`Overridden: ${agentOf(view)} may run this once, without its reviewers.`);
  call.screen.print("They are told, and somebody other than you must follow up.");
}

export function tellInterrupted(call: Call, view: RequestView): void {
  const { screen } = call;
  if (view.status === "interrupting") {
    screen.print(`${agentOf(view)} is told to stop; it has not reported back yet.`);
    screen.print(`See whether it has: ${nextCommand(call, `show ${view.short_id}`)}`);
    return;
  }
  screen.print(`Interrupted: ${visibleText(view.title)}. It will not run.`);
}
