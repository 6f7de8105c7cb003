/**
 * A stage for the examples: a real server process, real agents, and people who use the real command
 * line. What they type and read is printed; every expectation is checked.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPeopleClient, type IdentityBody, type PeopleClient } from "@haltpoint/sdk";
import { Actor } from "./actor.ts";
import { check } from "./expectation.ts";
import type { Transcript } from "./transcript.ts";

const HALTPOINT = fileURLToPath(new URL("../../packages/server/bin/haltpoint", import.meta.url));
const OPERATOR = "operator-1";
const KEY_MS = 3_600_000;

/** `end`: the last paragraph; `content`: of a card what would run, and what is to be confirmed. */
export type Shown = "all" | "end" | "content" | "nothing";

/** How a command must end, and how much of what it prints is worth reading again. */
export interface Expected {
  /** The exit status. Default 0. */
  readonly status?: number;
  /** Default `end`. */
  readonly shown?: Shown;
}

/** What a person saw, up to what a decision needs of it. */
export interface Card {
  readonly id: string;
  readonly digest: string;
}

export interface Program {
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another address of the server than its own. */
  readonly serverUrl?: string;
  /** Default true. */
  readonly isHeard?: boolean;
}

export class Stage {
  readonly transcript: Transcript;
  /** Where people work: the policy and its cases are here, and `.haltpoint`. */
  #folder = "";
  #isClosed = false;
  readonly #actors: Actor[] = [];
  #overheard: string[] | null = null;
  #server: Actor | null = null;
  #url = "";

  constructor(transcript: Transcript) {
    this.transcript = transcript;
  }

  /** Starts a server on an empty store, with the `policy.yaml` of this folder. */
  async open(example: URL): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "haltpoint-example-"));
    const source = fileURLToPath(example);
    for (const file of await readdir(source)) {
      if (file.endsWith(".yaml")) await cp(join(source, file), join(this.#folder, file));
    }
    await this.#startServer("0");
  }

  get url(): string {
    return this.#url;
  }

  /** Ends the server without warning, as a crash would. */
  async killServer(): Promise<void> {
    await this.#server?.kill();
  }

  /** Starts it again on the same store and port. */
  restartServer(): Promise<void> {
    return this.#startServer(new URL(this.#url).port);
  }

  /** A program that acts; what it says is printed with its name. */
  actor(name: string, { script, args = [], env, serverUrl, isHeard = true }: Program): Actor {
    check(!this.#isClosed, `the stage was closed before ${name} came on`);
    const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
      env: { ...surroundings(), HALTPOINT_URL: serverUrl ?? this.#url, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const actor = new Actor(name, child, (line) => {
      if (!isHeard) return;
      const heard = `${name} │ ${line}`;
      if (this.#overheard === null) this.transcript.print(heard);
      else this.#overheard.push(heard);
    });
    this.#actors.push(actor);
    return actor;
  }

  /** Starts the process where an effect happens; resolves to its address. */
  target(name: string, script: URL, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const target = this.actor(name, { script, env, isHeard: false });
    return target.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  }

  /** A person types a command. Prints what they typed and read; checks how it ended. */
  async person(
    who: string,
    args: readonly string[],
    { status = 0, shown = "end" }: Expected = {},
  ): Promise<string> {
    const typed = `\n${who} $ haltpoint ${args.map(quoted).join(" ")}`;
    if (shown !== "nothing") this.transcript.print(typed);
    // Two screens: what the agents say meanwhile is printed after this one.
    this.#overheard ??= [];
    const env = { ...surroundings(), HALTPOINT_AS: who };
    const child = spawn(process.execPath, [HALTPOINT, ...args], {
      cwd: this.#folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const actor = new Actor(who, child, () => undefined);
    const ended = await actor.end();
    const text = actor.said.trimEnd();
    if (shown !== "nothing")
      this.transcript.print(excerpt(text, shown).replaceAll(/^(?=.)/gm, "    "));
    if (ended !== 0) this.transcript.print(`    (exit status ${ended})`);
    for (const line of this.#overheard ?? []) this.transcript.print(line);
    this.#overheard = null;
    check(ended === status, `${who}'s command ended with ${ended}, not ${status}:\n${text}`);
    return text;
  }

  /** A person reads the whole card, and has what it takes to decide exactly that. */
  async reads(who: string, id: string, shown: Shown = "all"): Promise<Card> {
    const text = await this.person(who, ["show", id], { shown });
    const [, digest = ""] = /digest ([\w-]{43})/.exec(text) ?? [];
    check(digest !== "", `${who} was shown no digest:\n${text}`);
    return { id, digest };
  }

  /** For what the reader need not see: the same calls, without a command line around them. */
  async client(who: string): Promise<PeopleClient> {
    const text = await readFile(join(this.#folder, ".haltpoint", "dev.json"), "utf8");
    const { people } = JSON.parse(text) as { readonly people: Readonly<Record<string, string>> };
    return createPeopleClient({ url: this.#url, token: people[who] ?? "" });
  }

  /** Registers an identity and returns its key. */
  async identity(id: string, body: IdentityBody): Promise<string> {
    const { identities } = await this.client(OPERATOR);
    await identities.create({ id, type: "agent", ...body });
    return (await identities.createKey(id, KEY_MS)).secret;
  }

  /** Waits until a request stands as it should. */
  async stands(id: string, status: string): Promise<void> {
    const { get } = await this.client(OPERATOR);
    const deadline = performance.now() + 10_000;
    let found = "";
    while (performance.now() < deadline) {
      found = (await get(id)).status;
      if (found === status) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    check(false, `${id} is ${found}, not ${status}`);
  }

  readText(file: string): Promise<string> {
    return readFile(join(this.#folder, file), "utf8");
  }

  writeText(file: string, text: string): Promise<void> {
    return writeFile(join(this.#folder, file), text);
  }

  /** Ends whatever is on it. May come at any time, also while it opens. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#actors.map((actor) => actor.stop()));
    await this.#server?.stop();
    if (this.#folder !== "") await rm(this.#folder, { recursive: true, force: true });
  }

  async #startServer(port: string): Promise<void> {
    check(!this.#isClosed, "the stage was closed before its server started");
    const args = [HALTPOINT, "dev", "--policy", "policy.yaml", "--port", port];
    const child = spawn(process.execPath, args, {
      cwd: this.#folder,
      env: surroundings(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#server = new Actor("server", child, () => undefined);
    this.#url = await this.#server.says(/Haltpoint is at (http:\/\/127\.0\.0\.1:\d+)/);
  }
}

/** The same for everybody, whatever started the example and whichever server its user knows. */
function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|HALTPOINT_)/.test(name));
  return Object.fromEntries(kept);
}

function excerpt(text: string, shown: Shown): string {
  const paragraphs = text.split("\n\n");
  if (shown === "end") return paragraphs.at(-1) ?? "";
  if (shown !== "content") return text;
  const last = paragraphs.length - 1;
  const parts = paragraphs.filter(
    (each, index) =>
      /^(What would run|Whoever approves)/.test(each) ||
      (index === last && !each.startsWith("Decide:")),
  );
  return ["[…]", ...parts].join("\n\n");
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
