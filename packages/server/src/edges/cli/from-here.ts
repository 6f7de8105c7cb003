/**
 * Whether something may be decided from a command line, before anybody is asked anything. The server
 * decides it again. Whoever runs as the reviewer's user can type, too, so grave decisions are for the
 * web inbox, and `--yes` is a person's yes at low risk only; who signs in for development proves
 * nothing anyway (T36).
 */
import { visibleText, type RequestView } from "@haltpoint/protocol";
import type { PeopleClient } from "@haltpoint/sdk";
import type { Call } from "./command.ts";
import { CommandFailure } from "./command-failure.ts";

/** Risks that are approved in the web inbox only. */
export const GRAVE: ReadonlySet<string> = new Set(["high", "critical"]);

export async function requireFromHere(
  call: Call,
  client: PeopleClient,
  view: RequestView,
  what: "approve" | "override",
): Promise<void> {
  if ((await client.whoami()).via === "development") return;
  const inbox = `${call.session.url ?? ""}/r/${view.id}`;
  const risk = visibleText(view.risk);
  if (what === "override" || GRAVE.has(view.risk)) {
    const does = what === "override" ? "override" : `approve ${risk} risk`;
    throw new CommandFailure("channel_not_allowed", `${does} in the web inbox:\n  ${inbox}`);
  }
  if (view.risk === "low" || !call.options.flag("yes")) return;
  throw new CommandFailure(
    "channel_not_allowed",
    `--yes is not enough at ${risk} risk: leave it out and answer at a terminal, or approve it in the web inbox:\n  ${inbox}`,
  );
}
