/** Which server, and as whom. */
import { createPeopleClient, type PeopleClient } from "@haltpoint/sdk";
import type { Call } from "./command.ts";
import { readDevelopmentFile, type DevelopmentFile } from "./development-file.ts";
import { usageFailure } from "./command-failure.ts";
import { readCredentials, type SignedInHere } from "./credentials.ts";

const DEFAULT_URL = "http://127.0.0.1:4747";

export interface Connection {
  readonly url: string;
  readonly token: string;
  readonly client: PeopleClient;
}

/** Prepares calls as the person the command line or the environment names. Asks nothing yet. */
export function connect(call: Call): Connection {
  const { token, development, signedInAt } = credentialOf(call);
  const url = signedInAt ?? urlOf(call, development);
  if (development !== null) requireOwnServer(url, development);
  call.session.url = url;
  call.session.isSignedIn = signedInAt !== null;
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
      "Leave --url and HALTPOINT_URL out, or sign in there with `haltpoint login` and leave --as out.",
  );
}

/** The URL without a credential; for asking whether anybody is there. */
export function urlOf(call: Call, development: DevelopmentFile | null): string {
  return plainUrl(givenUrl(call) ?? development?.url ?? DEFAULT_URL);
}

function givenUrl({ options, host }: Call): string | undefined {
  return options.text("url") ?? nonEmpty(host.env["HALTPOINT_URL"]);
}

function plainUrl(url: string): string {
  return url.replace(/\/+$/, "");
}

/**
 * The session that `haltpoint login` left here for the server that is meant: the named one, else
 * the one of this folder or this machine, else the only one there is.
 */
export function signedInHere(call: Call): (SignedInHere & { readonly url: string }) | null {
  const kept = readCredentials(call.host);
  if (kept.size === 0) return null;
  const given = givenUrl(call);
  const meant = given === undefined ? [readDevelopmentFile(call)?.url, DEFAULT_URL] : [given];
  for (const each of meant) {
    const url = each === undefined ? "" : plainUrl(each);
    const session = kept.get(url);
    if (session !== undefined) return { ...session, url };
  }
  if (given !== undefined) return null;
  const [only, another] = kept;
  if (only === undefined) return null;
  if (another === undefined) return { ...only[1], url: only[0] };
  const urls = [...kept.keys()].join(", ");
  throw usageFailure(`you are signed in at several servers; say which with --url: ${urls}`);
}

interface Credential {
  readonly token: string;
  readonly development: DevelopmentFile | null;
  /** The server that the token of a sign-in is of; null: it is none. */
  readonly signedInAt: string | null;
}

/** Whether anything says who this is, short of asking a server. */
export function isNamed(call: Call): boolean {
  const { options, host } = call;
  return (
    ["token", "as"].some((name) => options.text(name) !== undefined) ||
    ["HALTPOINT_TOKEN", "HALTPOINT_AS"].some((name) => nonEmpty(host.env[name]) !== undefined) ||
    signedInHere(call) !== null
  );
}

/**
 * The command line comes before the environment, that before a sign-in, and a token before a
 * development person.
 */
function credentialOf(call: Call): Credential {
  const { options, host } = call;
  const [token, person] = [options.text("token"), options.text("as")];
  if (token !== undefined && person !== undefined) {
    throw usageFailure("--token and --as both say who you are: give one of them");
  }
  if (token !== undefined) return { token, development: null, signedInAt: null };
  if (person !== undefined) return developmentPerson(call, person);
  const variable = nonEmpty(host.env["HALTPOINT_TOKEN"]);
  if (variable !== undefined) return { token: variable, development: null, signedInAt: null };
  const name = nonEmpty(host.env["HALTPOINT_AS"]);
  if (name !== undefined) return developmentPerson(call, name);
  const signedIn = signedInHere(call);
  if (signedIn === null) throw usageFailure(whoAreYou(call));
  return { token: signedIn.token, development: null, signedInAt: signedIn.url };
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
  return { token, development, signedInAt: null };
}

function whoAreYou(call: Call): string {
  const people = [...(readDevelopmentFile(call)?.people.keys() ?? [])];
  const first = "nobody is named, so the server would not know who you are.";
  if (people.length > 0) return `${first}\nAdd --as NAME; here it can be: ${people.join(", ")}`;
  return (
    `${first}\nSign in with \`haltpoint login\` (--url names the server),\n` +
    "or try Haltpoint out: `haltpoint dev`, then --as NAME."
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
