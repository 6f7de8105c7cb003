/**
 * Approve, reject, edit, override, interrupt: show the whole action, make sure, send the digest that
 * was shown, tell what came of it.
 *
 * INVARIANT: a decision carries the digest that was displayed (T19). Where nobody sits at a
 * terminal, `--yes` stands for a person's yes to what was just printed; for high and critical risk
 * that is not enough, and `--digest` must name what was looked at before. Both are for development
 * people; of others see `from-here.ts`.
 */
import { visibleText, type RequestView } from "@haltpoint/protocol";
import { askText, askYesNo, confirmOrStop, typeToConfirm } from "./ask-person.ts";
import { noteAlike } from "./alike.ts";
import { cardText, isComplete } from "./card.ts";
import type { Call } from "./command.ts";
import { connect } from "./connection.ts";
import { CommandFailure, givenUp, usageFailure } from "./command-failure.ts";
import { lostText } from "./decided-words.ts";
import {
  tellApproved,
  tellEdited,
  tellInterrupted,
  tellOverridden,
  tellRejected,
} from "./outcome-words.ts";
import { findRequest } from "./find-request.ts";
import { GRAVE, requireFromHere } from "./from-here.ts";
import { parseSet, plannedChanges } from "./edit-fields.ts";

export async function approve(call: Call): Promise<void> {
  const { client } = connect(call);
  const view = await findRequest(client, call);
  displayHeld(call, view);
  await noteAlike(call, client, view);
  requireComplete(view);
  await requireFromHere(call, client, view, "approve");
  const confirmed = await confirmStatements(call, view);
  const reason = await reasonFor(call, view.reason_required, "Why do you approve it?");
  await makeSure(call, view, { question: "Approve exactly what is printed above?", isGrave: true });
  const digest = digestOf(call, view);
  const answer = await client.review(view.id, {
    verdict: "approve",
    digest,
    confirmed,
    ...(reason === undefined ? {} : { reason }),
  });
  call.screen.printJson({ ...answer, displayed: view });
  tellApproved(call, answer.request);
}

export async function reject(call: Call): Promise<void> {
  const { client } = connect(call);
  const view = await findRequest(client, call);
  displayHeld(call, view);
  await noteAlike(call, client, view);
  const reason = await reasonFor(call, true, "Why do you reject it? The agent is told.");
  await makeSure(call, view, { question: "Reject it?", isGrave: false });
  const answer = await client.review(view.id, {
    verdict: "reject",
    digest: digestOf(call, view),
    ...(reason === undefined ? {} : { reason }),
  });
  call.screen.printJson({ ...answer, displayed: view });
  tellRejected(call, answer.request);
}

export async function edit(call: Call): Promise<number> {
  const { client } = connect(call);
  const set = parseSet(call.options.list("set"));
  const approves = call.options.flag("approve");
  const view = await findRequest(client, call);
  displayHeld(call, view);
  requireComplete(view);
  if (approves) await requireFromHere(call, client, view, "approve");
  call.screen.print(`\nYour edit:\n${plannedChanges(view.revision.content, set).join("\n")}\n`);
  const confirmed = approves ? await confirmStatements(call, view) : [];
  const reason = await reasonFor(call, true, "Why do you change it? The agent is told.");
  const question = approves
    ? "Change it so and approve that?"
    : "Change it so? Reviews start again.";
  await makeSure(call, view, { question, isGrave: approves });
  const answer = await client.edit(view.id, {
    digest: digestOf(call, view),
    set,
    reason: reason ?? "",
    ...(approves ? { approve: true, confirmed } : {}),
  });
  call.screen.printJson({ ...answer, displayed: view });
  return tellEdited(call, answer.request);
}

export async function override(call: Call): Promise<void> {
  const { client } = connect(call);
  const view = await findRequest(client, call);
  displayHeld(call, view);
  requireComplete(view);
  await requireFromHere(call, client, view, "override");
  const reason = await reasonFor(call, true, "Why can this not wait for its reviewers?");
  const question = "Let it run without them? They are told, and somebody else must follow up.";
  await makeSure(call, view, { question, isGrave: true });
  const body = { digest: digestOf(call, view), reason: reason ?? "" };
  const answer = await client.override(view.id, body);
  call.screen.printJson({ ...answer, displayed: view });
  tellOverridden(call, answer.request);
}

/** Stopping is never made harder by risk: `--yes` is always enough. */
export async function interrupt(call: Call): Promise<void> {
  const { client } = connect(call);
  const view = await findRequest(client, call);
  call.screen.print(`${cardText(view, Date.now())}\n`);
  const reason = await reasonFor(call, true, "Why do you stop it?");
  await makeSure(call, view, { question: "Stop it now?", isGrave: false });
  const answer = await client.interrupt(view.id, { reason: reason ?? "" });
  call.screen.printJson({ ...answer, displayed: view });
  tellInterrupted(call, answer.request);
}

/** Prints the card, and ends here where there is nothing left to decide. */
function displayHeld(call: Call, view: RequestView): void {
  call.screen.print(`${cardText(view, Date.now())}\n`);
  if (view.status === "held") return;
  const { decided, status } = view;
  if (status === "expired") {
    const at = decided?.at ?? view.updated_at;
    throw new CommandFailure("expired", lostText({ status, by: "clock", at }));
  }
  if (decided !== null) throw new CommandFailure("already_decided", lostText(decided));
  const detail = `this is \`${status}\`: only what is held can be decided. Your command changed nothing.`;
  throw new CommandFailure("not_in_state", detail);
}

/** Nobody says yes to what they were not shown. */
function requireComplete(view: RequestView): void {
  if (isComplete(view)) return;
  throw new CommandFailure(
    "not_eligible",
    "you were not shown everything this action would do, so you cannot let it run.\n" +
      "You may stop it: `haltpoint interrupt`.",
  );
}

/** The digest that was asked for, if any; the server compares it with what is there now. */
function digestOf(call: Call, view: RequestView): string {
  return call.options.text("digest") ?? view.revision.digest;
}

async function confirmStatements(call: Call, view: RequestView): Promise<readonly string[]> {
  const given = call.options.list("confirm");
  const known = view.confirm.map(({ id }) => id);
  const stranger = given.find((id) => !known.includes(id));
  if (stranger !== undefined) {
    const list =
      known.length === 0 ? "nothing has to be confirmed here" : `it is one of: ${known.join(", ")}`;
    throw usageFailure(`there is no statement \`${stranger}\` to confirm; ${list}`);
  }
  if (!isAsked(call)) return given;
  const confirmed = [...given];
  for (const { id, text } of view.confirm) {
    if (confirmed.includes(id)) continue;
    if (!(await askYesNo(call.host, `Do you confirm this? ${text}`))) {
      throw givenUp(
        `not approved: you did not confirm \`${visibleText(id)}\`. Nothing was changed.`,
      );
    }
    confirmed.push(id);
  }
  return confirmed;
}

async function reasonFor(
  call: Call,
  isRequired: boolean,
  question: string,
): Promise<string | undefined> {
  const given = call.options.text("reason")?.trim();
  if (given !== undefined && given !== "") return given;
  if (!isRequired) return undefined;
  if (isAsked(call)) return askText(call.host, question);
  throw new CommandFailure(
    "reason_required",
    'say why with --reason "…"; it is part of the record.',
  );
}

/** A person is there and wants to be asked. */
function isAsked(call: Call): boolean {
  return call.screen.isTerminal && !call.screen.isJson && !call.options.flag("yes");
}

async function makeSure(
  call: Call,
  view: RequestView,
  ask: { readonly question: string; readonly isGrave: boolean },
): Promise<void> {
  const { screen, options, host } = call;
  const given = options.text("digest");
  const isGrave = ask.isGrave && GRAVE.has(view.risk);
  if (options.flag("yes") && (!isGrave || given !== undefined)) return;
  if (screen.isTerminal && !screen.isJson) {
    if (given !== undefined && given !== view.revision.digest) {
      throw new CommandFailure("stale_revision", STALE);
    }
    if (isGrave && options.flag("yes")) screen.note(`--yes is not enough at ${view.risk} risk.`);
    if (isGrave && view.risk === "critical") {
      return typeToConfirm(host, ask.question, view.revision.content.resource.id);
    }
    return confirmOrStop(host, ask.question);
  }
  const first = "this is no terminal, so nobody was asked and nothing was decided.";
  const next = isGrave
    ? `At ${visibleText(view.risk)} risk give --yes and the digest of what you have looked at:\n` +
      `  --yes --digest ${view.revision.digest}`
    : "Give --yes to decide without being asked.";
  throw usageFailure(`${first}\n${next}`);
}

const STALE =
  "this is not the action you gave the digest of: it was changed since.\n" +
  "Read what is printed above and decide again. Nothing was changed.";
