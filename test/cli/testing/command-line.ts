/** Runs the command line in this process, with streams that a test can read and type into. */
import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { runCli } from "../../../packages/server/src/edges/cli/cli.ts";
import type {
  Composition,
  Host,
  Input,
  Output,
} from "../../../packages/server/src/edges/cli/host.ts";
import type { Random } from "../../../packages/server/src/ports/random.ts";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- documents are asserted member by member
  json(): any;
  /** Standard error as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- problems are asserted member by member
  problem(): any;
}

export interface Around {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A terminal: each text is typed once the screen shows what is before it. */
  readonly terminal?: readonly (readonly [shows: string, types: string])[];
  readonly columns?: number;
  /** What the server under test has random bytes from. */
  readonly random?: Random;
}

/** A command that goes on until it is stopped. */
export interface Running {
  /** What it has printed so far, to either stream. */
  text(): string;
  /** Waits until it has printed something that matches. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to stop, as Ctrl-C does. */
  stop(): Promise<Ran>;
}

const WAIT_MS = 20_000;

export async function haltpoint(args: readonly string[], around: Around): Promise<Ran> {
  return start(args, around).ended;
}

export function startHaltpoint(args: readonly string[], around: Around): Running {
  const { streams, ended, stop } = start(args, around);
  return {
    text: () => streams.all(),
    shows: (pattern) => streams.shows(pattern),
    stop: () => {
      stop();
      return ended;
    },
  };
}

function start(args: readonly string[], around: Around) {
  const streams = fakeStreams(around);
  const listeners = new Set<() => void>();
  const host: Host = {
    ...streams.process,
    env: around.env ?? {},
    cwd: around.cwd,
    program: "haltpoint",
    version: "0.0.0-test",
    compose: () => compositionWith(around.random),
    onStop: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const typing = typeAnswers(streams, around.terminal ?? []);
  const ended = runCli(args, host).then(async (status): Promise<Ran> => {
    listeners.clear();
    await typing.stop();
    const [out, err] = [streams.out(), streams.err()];
    return { status, out, err, json: () => JSON.parse(out), problem: () => JSON.parse(err) };
  });
  return { streams, ended, stop: () => [...listeners].forEach((listener) => listener()) };
}

async function compositionWith(random: Random | undefined): Promise<Composition> {
  const composition = await import("../../../packages/server/src/compose.ts");
  if (random === undefined) return composition;
  const { startServer } = composition;
  return {
    ...composition,
    startServer: (config, more) => startServer(config, { ...more, random }),
  };
}

function fakeStreams(around: Around) {
  const isTTY = around.terminal !== undefined;
  const written = { out: "", err: "" };
  const listeners = new Set<() => void>();
  const sink = (to: "out" | "err"): Output => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[to] += chunk.toString("utf8");
        for (const listener of listeners) listener();
        done();
      },
    });
    return Object.assign(stream, { isTTY, columns: around.columns ?? 80, rows: 50 });
  };
  const stdin: Input & { write(text: string): boolean } = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode: () => undefined,
  });
  const all = (): string => stripVTControlCharacters(written.out + written.err);
  return {
    process: { stdin, stdout: sink("out"), stderr: sink("err") },
    type: (text: string) => stdin.write(text),
    out: () => written.out,
    err: () => written.err,
    all,
    async shows(pattern: RegExp, signal?: AbortSignal): Promise<RegExpExecArray> {
      const deadline = AbortSignal.timeout(WAIT_MS);
      for (;;) {
        const found = pattern.exec(all());
        if (found !== null) return found;
        if (deadline.aborted) throw new Error(`${String(pattern)} was not shown:\n${all()}`);
        if (signal?.aborted === true) throw new Error("the command has ended");
        await new Promise<void>((resolve) => {
          const wake = () => {
            listeners.delete(wake);
            resolve();
          };
          listeners.add(wake);
          deadline.addEventListener("abort", wake, { once: true });
          signal?.addEventListener("abort", wake, { once: true });
        });
      }
    },
  };
}

/** Types each answer when its question is there; what was not asked fails the test. */
function typeAnswers(
  streams: ReturnType<typeof fakeStreams>,
  answers: NonNullable<Around["terminal"]>,
): { stop(): Promise<void> } {
  const ended = new AbortController();
  let unasked = answers.length;
  const typing = (async () => {
    for (const [shows, types] of answers) {
      await streams.shows(
        new RegExp(shows.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")),
        ended.signal,
      );
      unasked -= 1;
      streams.type(types);
    }
  })().catch(() => undefined);
  return {
    stop: async () => {
      ended.abort();
      await typing;
      if (unasked > 0) {
        throw new Error(
          `${unasked} question(s) were never asked; on the screen:\n${streams.all()}`,
        );
      }
    },
  };
}
