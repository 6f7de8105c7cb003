/** `login` and `logout`: this command line becomes somebody who allows it in their browser. */
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { visibleText, type CliTokenView } from "@haltpoint/protocol";
import {
  createPeopleClient,
  createSignInClient,
  HaltpointProblem,
  Unreachable,
} from "@haltpoint/sdk";
import type { Call } from "./command.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { signedInHere, urlOf } from "./connection.ts";
import { keepCredential, readCredentials } from "./credentials.ts";
import { readDevelopmentFile } from "./development-file.ts";
import { clockTime, relativeTime } from "./times.ts";

type Token = Extract<CliTokenView, { readonly token: string }>;

export async function login(call: Call): Promise<void> {
  const { host, screen, session } = call;
  const url = urlOf(call, readDevelopmentFile(call));
  session.url = url;
  // Before anything is asked: a session that cannot be kept would be lost.
  readCredentials(host);
  const client = signInClient(url);
  const asked = await client.authorize(labelOf(call));
  // Beside the answer, also where that is JSON: whoever runs this has to see it.
  host.stderr.write(
    `Open this in your browser and allow this command line:\n\n` +
      `  ${visibleText(asked.verification_url)}\n\n` +
      `The page must show the code ${visibleText(asked.user_code)}. ` +
      `It is good until ${clockTime(asked.expires_at)}; waiting …\n`,
  );
  const { token, person, expires_at: expiresAt } = await tokenOf(client, asked);
  const kept = { token, person: person.id, expires_at: expiresAt };
  const path = keepCredential(host, url, kept);
  screen.printJson({ url, person, expires_at: expiresAt });
  const until = `${clockTime(expiresAt)} (${relativeTime(expiresAt)})`;
  screen.print(`Signed in at ${url} as ${visibleText(person.id)}, until ${until}.`);
  screen.note(`Kept in ${path}; end it with \`${host.program} logout\`.`);
}

export async function logout(call: Call): Promise<void> {
  const { host, screen, session } = call;
  const known = signedInHere(call);
  if (known === null) {
    const url = urlOf(call, readDevelopmentFile(call));
    screen.printJson({ url, ended: false });
    screen.print(`Nobody is signed in at ${url} from here.`);
    return;
  }
  const { url, token, person } = known;
  session.url = url;
  try {
    await createPeopleClient({ url, token }).signOut();
  } catch (error) {
    // It has ended already: all that is left is to forget it.
    if (!(error instanceof HaltpointProblem && error.code === "unauthenticated")) throw error;
  }
  keepCredential(host, url, null);
  screen.printJson({ url, ended: true });
  screen.print(`Signed out: ${visibleText(person)} at ${url}.`);
}

function signInClient(url: string): ReturnType<typeof createSignInClient> {
  try {
    return createSignInClient({ url });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageFailure(`\`${url}\` cannot be used: ${error.message}`);
  }
}

/** Who asks, so that whoever is to allow it can tell that it is them. */
function labelOf({ host }: Call): string {
  return `${userName()} on ${hostname()}, haltpoint ${host.version}`.slice(0, 120);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as in some containers.
    return "somebody";
  }
}

/** Asks until somebody has allowed or refused it, or it is too late. */
async function tokenOf(
  client: ReturnType<typeof createSignInClient>,
  asked: {
    readonly device_code: string;
    readonly interval_ms: number;
    readonly expires_at: number;
  },
): Promise<Token> {
  // By the server's clock it is over when it says so; ours only keeps this from going on for ever.
  const lateAt = Math.max(asked.expires_at, Date.now()) + asked.interval_ms;
  while (Date.now() < lateAt) {
    await pause(asked.interval_ms);
    const answer = await answerOf(() => client.token(asked.device_code));
    if (answer !== null && "token" in answer) return answer;
  }
  throw new CommandFailure(
    "sign_in_failed",
    "nobody allowed this in time.\nRun `haltpoint login` again.",
  );
}

/** Null: the server is away or asks to wait; it is asked again. */
async function answerOf(ask: () => Promise<CliTokenView>): Promise<CliTokenView | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Unreachable) return null;
    if (error instanceof HaltpointProblem && (error.status === 429 || error.status >= 500)) {
      return null;
    }
    throw error;
  }
}
