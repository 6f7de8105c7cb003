/** The request somebody means by its whole id or the last characters of it. */
import { visibleText, type RequestView } from "@haltpoint/protocol";
import { HaltpointProblem, type PeopleClient } from "@haltpoint/sdk";
import { argument, type Call } from "./command.ts";
import { CommandFailure } from "./command-failure.ts";

/** Where several requests are meant, the failure says of each what it is about. */
export async function findRequest(client: PeopleClient, call: Call): Promise<RequestView> {
  const typed = argument(call, 0);
  try {
    return await client.get(typed);
  } catch (error) {
    if (!(error instanceof HaltpointProblem) || error.code !== "ambiguous_id") throw error;
    const { candidates = [], detail } = error;
    const lines = await Promise.all(candidates.map((id) => candidateLine(client, id)));
    const text = [`${detail}. It could be:`, ...lines].join("\n");
    throw new CommandFailure("ambiguous_id", text, { problem: { detail, candidates } });
  }
}

async function candidateLine(client: PeopleClient, id: string): Promise<string> {
  const view = await client.get(id).catch(() => null);
  if (view === null) return `  ${visibleText(id)}`;
  return `  ${visibleText(id)}  ${view.status}  ${visibleText(view.title)}`;
}
