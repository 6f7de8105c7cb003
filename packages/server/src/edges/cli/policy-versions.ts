/** `policy versions|show|revert`: what is, or was, in force, and going back to it. */
import { visibleText, type PolicyVersionView, type PolicyView } from "@haltpoint/protocol";
import type { PeopleClient } from "@haltpoint/sdk";
import { argument, type Call } from "./command.ts";
import { CommandFailure } from "./command-failure.ts";
import { connect } from "./connection.ts";
import { proposeText } from "./policy.ts";
import { tableLines } from "./table.ts";
import { clockTime } from "./times.ts";

const SHORT_LENGTH = 12;

const HOW: Readonly<Record<PolicyVersionView["how"], string>> = {
  first: "first",
  proposal: "proposal",
  development: "development",
  recovery: "recovery on the host",
};

export async function versions(call: Call): Promise<void> {
  const { screen } = call;
  const { items } = await connect(call).client.policies.versions();
  screen.printJson(items);
  if (items.length === 0) {
    screen.print("No policy was ever in force.");
    return;
  }
  const columns = [
    { title: "VERSION" },
    { title: "SINCE" },
    { title: "BY" },
    { title: "HOW" },
    { title: "REQUEST OR REASON", gives: true as const },
  ];
  const rows = items.map(({ version, at, by, how, request, reason }) => [
    version.slice(0, SHORT_LENGTH),
    clockTime(at),
    by.replace(/^person:/, ""),
    HOW[how],
    request ?? reason ?? "",
  ]);
  screen.print(tableLines(columns, rows, screen.width).join("\n"));
}

export async function show(call: Call): Promise<void> {
  const policy = await versionOf(call, connect(call).client);
  call.screen.printJson(policy);
  call.screen.print(visibleText(policy.text, { keepLines: true }));
}

/** A proposal like any other, of a text that was in force before. */
export async function revert(call: Call): Promise<void> {
  const policy = await versionOf(call, connect(call).client);
  const short = policy.version.slice(0, SHORT_LENGTH);
  const reason = call.options.text("reason") ?? `back to version ${short}`;
  await proposeText(call, { file: `version ${short}`, text: policy.text }, reason);
}

/** By its beginning, as `policy versions` prints it. */
async function versionOf(call: Call, client: PeopleClient): Promise<PolicyView> {
  const typed = argument(call, 0);
  const { items } = await client.policies.versions();
  const found = new Set(
    items.flatMap(({ version }) => (version.startsWith(typed) ? [version] : [])),
  );
  const [only, another] = found;
  if (only === undefined || another !== undefined) {
    const what = only === undefined ? "no version that was in force begins" : "two versions begin";
    throw new CommandFailure(
      "not_found",
      `${what} with \`${typed}\`; \`haltpoint policy versions\` lists them.`,
    );
  }
  return client.policies.version(only);
}
