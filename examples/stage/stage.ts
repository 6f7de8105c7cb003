/**
 * A stage for the examples: a real server process, real agents, and people who use the real command
 * line. Everything that is said is printed; every expectation is checked; a surprise ends the
 * example with exit status 1.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HALTPOINT = fileURLToPath(new URL("../../packages/server/bin/haltpoint", import.meta.url));
const WAIT_MS = 60_000;

/** What is not as it should be; the example ends with it. */
export class Surprise extends Error {
  override readonly name = "Surprise";
}

/** A process on the stage, with everything it has said so far. */
export class Actor {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #said = "";
  #listeners = new Set<() => void>();

  constructor(name: string, child: ChildProcess, echo: boolean) {
    this.name = name;
    this.#child = child;
    const hear = (chunk: Buffer): void => {
      const text = chunk.toString("utf8");
      this.#said += text;
      if (echo) say(name, text);
      for (const listener of this.#listeners) listener();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    this.#ended = new Promise((resolve) => {
      child.once("close", (code) => {
        resolve(code ?? -1);
        for (const listener of this.#listeners) listener();
      });
    });
  }

  get said(): string {
    return this.#said;
  }

  /** Waits until it has said something that matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = performance.now() + WAIT_MS;
    let listener: () => void = () => undefined;
    try {
      for (;;) {
        const match = pattern.exec(this.#said);
        if (match !== null) return match;
        const leftMs = deadline - performance.now();
        const over = leftMs <= 0 || this.#child.exitCode !== null;
        if (over) throw new Surprise(`${this.name} did not say ${String(pattern)}:\n${this.#said}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(leftMs, 500));
          listener = () => {
            clearTimeout(timer);
            resolve();
          };
          this.#listeners.add(listener);
        });
        this.#listeners.delete(listener);
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Waits for its end and checks how it ended. */
  async ends(exitStatus: number): Promise<void> {
    const code = await this.#ended;
    check(
      code === exitStatus,
      `${this.name} ended with ${code}, not ${exitStatus}:\n${this.#said}`,
    );
  }

  /** Ends it as the operating system does, without a word. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
    await this.#ended;
  }
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Stage {
  readonly #folder: string;
  readonly #policy: string;
  readonly #actors: Actor[] = [];
  #server: Actor;
  #url: string;
  #isCardKnown = false;

  private constructor(folder: string, policy: string, server: Actor, url: string) {
    this.#folder = folder;
    this.#policy = policy;
    this.#server = server;
    this.#url = url;
  }

  /** Starts a server with this policy on an empty store. */
  static async open(policy: URL): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "haltpoint-example-"));
    const { server, url } = await startServer(folder, fileURLToPath(policy), "0");
    return new Stage(folder, fileURLToPath(policy), server, url);
  }

  get url(): string {
    return this.#url;
  }

  /** Kills the server without warning, and starts it again on the same store and port. */
  async killAndRestartServer(): Promise<void> {
    await this.#server.kill();
    const port = new URL(this.#url).port;
    const { server, url } = await startServer(this.#folder, this.#policy, port);
    this.#server = server;
    this.#url = url;
  }

  /** A program that acts; what it says is printed. */
  actor(
    name: string,
    script: URL,
    env: Readonly<Record<string, string>>,
    args: string[] = [],
  ): Actor {
    const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
      env: { ...process.env, HALTPOINT_URL: this.#url, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const actor = new Actor(name, child, true);
    this.#actors.push(actor);
    return actor;
  }

  /**
   * A person types a command. Checks the exit status; prints what they typed and read: the first
   * time all of it, later only how it ended, since the card is always the same.
   */
  async person(who: string, args: readonly string[], exitStatus = 0): Promise<Answer> {
    console.log(`\n${who} $ haltpoint ${args.map(quoted).join(" ")}`);
    const answer = await this.#run(who, args);
    const whole = !this.#isCardKnown;
    this.#isCardKnown = true;
    console.log(indented(whole ? answer.text : (answer.text.split("\n\n").at(-1) ?? "")));
    check(
      answer.status === exitStatus,
      `${who}'s command ended with ${answer.status}, not ${exitStatus}`,
    );
    return answer;
  }

  /** Registers an identity with an owner and returns its key; nothing of it is printed. */
  async identity(id: string, owner: string, operator: string): Promise<string> {
    const add = ["identity", "add", id, "--type", "agent", "--owner", owner];
    await this.#quietly(operator, add);
    const { text } = await this.#quietly(operator, ["identity", "key", "add", id, "--json"]);
    const { secret } = JSON.parse(text) as { readonly secret: string };
    return secret;
  }

  /** What a command prints with `--json`. */
  async json<T>(who: string, args: readonly string[]): Promise<T> {
    const { text } = await this.#quietly(who, [...args, "--json"]);
    return JSON.parse(text) as T;
  }

  async close(): Promise<void> {
    for (const actor of this.#actors) await actor.stop();
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #quietly(who: string, args: readonly string[]): Promise<Answer> {
    const answer = await this.#run(who, args);
    check(answer.status === 0, `haltpoint ${args.join(" ")} failed:\n${answer.text}`);
    return answer;
  }

  async #run(who: string, args: readonly string[]): Promise<Answer> {
    const command = [HALTPOINT, ...args, "--as", who, "--data", this.#folder];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    const actor = new Actor(who, child, false);
    const status = await new Promise<number>((resolve) => {
      child.once("close", (code) => resolve(code ?? -1));
    });
    return { status, text: actor.said.trimEnd() };
  }
}

async function startServer(
  folder: string,
  policy: string,
  port: string,
): Promise<{ readonly server: Actor; readonly url: string }> {
  const args = [HALTPOINT, "dev", "--policy", policy, "--data", folder, "--port", port];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const server = new Actor("server", child, false);
  const [, url = ""] = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  return { server, url };
}

/** Prints what is about to be shown. */
export function scene(title: string): void {
  console.log(`\n── ${title} ${"─".repeat(Math.max(0, 76 - title.length))}`);
}

export function check(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Surprise(otherwise);
}

/** Runs an example to its end; its exit status says whether everything was as it should be. */
export async function play(stage: Stage, scenes: () => Promise<void>): Promise<void> {
  const start = performance.now();
  try {
    await scenes();
    console.log(`\nAs it should be, in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  } catch (error) {
    if (!(error instanceof Surprise)) throw error;
    console.error(`\nNOT as it should be: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await stage.close();
  }
}

function say(name: string, text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(`${name} │ ${line}`);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
