/** The kill switch: `halt`, `halt lift`, `halt list`. Placing one asks nothing but why. */
import { visibleText, type HaltScope, type HaltView, type RequestView } from "@haltpoint/protocol";
import { HaltpointProblem, type PeopleClient } from "@haltpoint/sdk";
import { requiredReason } from "./acting.ts";
import { confirmOrStop } from "./ask-person.ts";
import { argument, type Call } from "./command.ts";
import { connect } from "./connection.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { actorText } from "./decided-words.ts";
import { nextCommand } from "./next-command.ts";
import { tableLines } from "./table.ts";
import { clockTime } from "./times.ts";

export const SCOPE_KINDS = [
  "identity",
  "owner",
  "group",
  "session",
  "trace",
  "action",
  "impact",
] as const;

const SHORT_LENGTH = 4;
/** Approved requests looked at for those that a lift lets go. */
const LISTED_MAX = 200;

export async function halt(call: Call): Promise<void> {
  const { screen } = call;
  const given = call.args[0];
  if (given === undefined) throw usageFailure(`say what to halt: ${SCOPES_TEXT}`);
  const scope = scopeOf(given);
  const { client } = connect(call);
  const reason = await requiredReason(call, "Why?");
  const placed = await client.halt({ scope, reason });
  screen.printJson(placed);
  const count = placed.interrupted ?? 0;
  const stopped =
    count === 0
      ? "Nothing was running or approved"
      : `${count} running or approved ${count === 1 ? "action is" : "actions are"} stopped`;
  screen.print(`Halted: ${scopeText(scope)}. ${stopped}; nothing of it starts until the lift.`);
  const lift = nextCommand(call, `halt lift ${shortOf(placed)} --reason "…"`);
  const two = scope.kind === "everything" ? " (it takes two operators)" : "";
  screen.print(`Lift it${two}: ${lift}`);
  await warnOfUnknown(call, client, scope);
}

/**
 * A halt of somebody who is not registered stops nobody. It stays, since it may be meant for later;
 * whoever mistyped it must not believe that the right one is stopped.
 */
async function warnOfUnknown(call: Call, client: PeopleClient, scope: HaltScope): Promise<void> {
  if (scope.kind !== "identity") return;
  try {
    await client.identities.get(scope.id);
  } catch (error) {
    if (!(error instanceof HaltpointProblem) || error.code !== "not_found") return;
    const shown = visibleText(scope.id);
    const all = nextCommand(call, "identity list");
    throw new CommandFailure(
      "not_found",
      `NOBODY IS STOPPED BY THIS HALT: no identity \`${shown}\` is registered.\n` +
        `The halt is in force all the same. Halt the one that you mean; ${all} lists them.`,
    );
  }
}

export async function liftHalt(call: Call): Promise<void> {
  const { client } = connect(call);
  const { screen, options } = call;
  const view = await findHalt(client, argument(call, 0));
  screen.print(`${haltLine(view)}\n`);
  const reason = await requiredReason(call, "Why is it safe to go on?");
  if (!options.flag("yes")) {
    if (!screen.isTerminal || screen.isJson) {
      throw usageFailure(
        "this is no terminal, so nobody was asked and nothing was lifted. Give --yes.",
      );
    }
    const waiting = await approvedSince(client, view);
    if (waiting.length > 0) {
      screen.print("Approved while it was in force, and runs once no halt is left:");
      for (const each of waiting) screen.print(`  ${each.short_id}  ${visibleText(each.title)}`);
    }
    await confirmOrStop(call.host, "Lift this halt? What was approved since it was placed runs.");
  }
  const lifted = await client.lift(view.id, { reason });
  screen.printJson(lifted);
  if (lifted.active) {
    screen.print(
      "You asked for the lift. It is still in force: a second operator has to lift it too.",
    );
    return;
  }
  screen.print("Lifted. What was approved before the halt stays dead; agents ask again.");
  screen.print("What was approved while it was in force may run now.");
}

/** What this person may see of what starts with the lift. */
async function approvedSince(
  client: PeopleClient,
  { id }: HaltView,
): Promise<readonly RequestView[]> {
  const { items } = await client.list({ status: "approved", limit: LISTED_MAX });
  return items.filter((view) => view.halt === id);
}

/** Says of each halt in force that nothing of it starts: who looks elsewhere has to know. */
export async function noteHalts(call: Call, client: PeopleClient): Promise<void> {
  const { items } = await client.halts();
  const inForce = items.filter(({ active }) => active);
  for (const view of inForce) call.screen.note(`\n${haltLine(view)}: nothing of it starts.`);
  if (inForce.length > 0) call.screen.note(`All of them: ${nextCommand(call, "halt list")}`);
}

export async function listHalts(call: Call): Promise<void> {
  const { client } = connect(call);
  const { screen, options } = call;
  const page = await client.halts();
  const items = options.flag("all") ? page.items : page.items.filter((each) => each.active);
  screen.printJson({ ...page, items });
  if (items.length === 0) {
    screen.print("No halt is in force.");
    return;
  }
  const columns = [
    { title: "ID" },
    { title: "HALTED" },
    { title: "BY" },
    { title: "AT" },
    { title: "WHY", gives: true as const },
    { title: "STATE" },
  ];
  const rows = items.map((each) => [
    shortOf(each),
    scopeText(each.scope),
    actorText(each.by),
    clockTime(each.at),
    each.reason,
    stateOf(each),
  ]);
  screen.print(tableLines(columns, rows, screen.width).join("\n"));
}

const SCOPES_TEXT = `\`everything\`, or ${SCOPE_KINDS.map((kind) => `${kind}:ID`).join(", ")}`;

function scopeOf(text: string): HaltScope {
  if (text === "everything") return { kind: "everything" };
  const separator = text.indexOf(":");
  const kind = SCOPE_KINDS.find((each) => each === text.slice(0, separator));
  const id = text.slice(separator + 1);
  if (kind === undefined || id === "") {
    throw usageFailure(`\`${text}\` is nothing that can be halted; write ${SCOPES_TEXT}`);
  }
  return { kind, id };
}

export function scopeText(scope: HaltScope): string {
  return scope.kind === "everything" ? "everything" : `${scope.kind} ${visibleText(scope.id)}`;
}

function stateOf({ active, lifts }: HaltView): string {
  if (!active) return "lifted";
  return lifts.length === 0 ? "in force" : "in force; one person asked for the lift";
}

function haltLine(view: HaltView): string {
  const { scope, by, at, reason } = view;
  const why = visibleText(reason);
  return `Halt of ${scopeText(scope)} by ${actorText(by)} at ${clockTime(at)}: ${why} (${stateOf(view)})`;
}

function shortOf({ id }: HaltView): string {
  return id.slice(-SHORT_LENGTH);
}

/** By its id, or the last characters of it as `halt list` shows them. */
async function findHalt(client: PeopleClient, typed: string): Promise<HaltView> {
  const { items } = await client.halts();
  const wanted = typed.toUpperCase();
  const found = items.filter(
    ({ id }) =>
      id === typed || (wanted.length >= SHORT_LENGTH && id.toUpperCase().endsWith(wanted)),
  );
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CommandFailure(
      "not_found",
      `there is no halt \`${typed}\`; \`halt list --all\` shows them.`,
    );
  }
  if (others.length === 0) return first;
  const lines = found.map((each) => `  ${each.id}  ${haltLine(each)}`);
  throw new CommandFailure(
    "ambiguous_id",
    `\`${typed}\` fits more than one halt:\n${lines.join("\n")}`,
  );
}
