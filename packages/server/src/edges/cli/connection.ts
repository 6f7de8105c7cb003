/** Which server, and as whom. */
import { createPeopleClient, type PeopleClient } from "@haltpoint/sdk";
import type { Call } from "./command.ts";
import { readDevelopmentFile, type DevelopmentFile } from "./development-file.ts";
import { usageFailure } from "./command-failure.ts";

const DEFAULT_URL = "http://127.0.0.1:4747";

export interface Connection {
  readonly url: string;
  readonly token: string;
  readonly client: PeopleClient;
}

/** Prepares calls as the person the command line or the environment names. Asks nothing yet. */
export function connect(call: Call): Connection {
  const { token, development } = credentialOf(call);
  const url = urlOf(call, development);
  if (development !== null) requireOwnServer(url, development);
  call.session.url = url;
  try {
    return { url, token, client: createPeopleClient({ url, token }) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageFailure(`\`${url}\` or the token cannot be used: ${error.message}`);
  }
}

/** A token that proves nothing must not reach whoever a URL names: they could use it here (T36). */
function requireOwnServer(url: string, development: DevelopmentFile): void {
  const own = development.url.replace(/\/+$/, "");
  if (url === own) return;
  throw usageFailure(
    `\`--as\` is for people of \`haltpoint dev\` at ${own}; their tokens are sent nowhere else.\n` +
      "Leave --url and HALTPOINT_URL out, or say who you are there with --token or HALTPOINT_TOKEN.",
  );
}

/** The URL without a credential; for asking whether anybody is there. */
export function urlOf(call: Call, development: DevelopmentFile | null): string {
  const { options, host } = call;
  const given = options.text("url") ?? nonEmpty(host.env["HALTPOINT_URL"]);
  return (given ?? development?.url ?? DEFAULT_URL).replace(/\/+$/, "");
}

interface Credential {
  readonly token: string;
  readonly development: DevelopmentFile | null;
}

/** The command line comes before the environment, and a token before a development person. */
function credentialOf(call: Call): Credential {
  const { options, host } = call;
  const [token, person] = [options.text("token"), options.text("as")];
  if (token !== undefined && person !== undefined) {
    throw usageFailure("--token and --as both say who you are: give one of them");
  }
  if (token !== undefined) return { token, development: null };
  if (person !== undefined) return developmentPerson(call, person);
  const variable = nonEmpty(host.env["HALTPOINT_TOKEN"]);
  if (variable !== undefined) return { token: variable, development: null };
  const name = nonEmpty(host.env["HALTPOINT_AS"]);
  if (name !== undefined) return developmentPerson(call, name);
  throw usageFailure(whoAreYou(call));
}

function developmentPerson(call: Call, name: string): Credential {
  const development = readDevelopmentFile(call);
  if (development === null) {
    throw usageFailure(
      "`--as` is for people of `haltpoint dev`, and none runs from this folder.\n" +
        "Start it with `haltpoint dev` in this folder, go to its folder, or name it with --data.",
    );
  }
  const token = development.people.get(name);
  if (token === undefined) {
    const known = [...development.people.keys()].join(", ");
    throw usageFailure(`there is no development person \`${name}\`; there are: ${known}`);
  }
  return { token, development };
}

function whoAreYou(call: Call): string {
  const people = [...(readDevelopmentFile(call)?.people.keys() ?? [])];
  const first = "nobody is named, so the server would not know who you are.";
  if (people.length > 0) return `${first}\nAdd --as NAME; here it can be: ${people.join(", ")}`;
  return (
    `${first}\nSet HALTPOINT_TOKEN to your token (an operator makes one with ` +
    "`haltpoint person token add`),\nor try Haltpoint out: `haltpoint dev`, then --as NAME."
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
