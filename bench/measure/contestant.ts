/**
 * A contestant: one system under measurement in a process of its own, told by messages when to
 * work. Everybody is started before the first round and idles between its slices, so that all of
 * them see the same machine in the same minute and none sees another's heap.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How much work to do at a time, and for how long. */
export interface Slice {
  readonly concurrency: number;
  readonly durationMs: number;
}

/** What a slice did. */
export interface Done {
  readonly count: number;
  readonly elapsedMs: number;
  /** Processor time of the contestant's own process, not of a server it calls. */
  readonly cpuMs: number;
  /** Latencies by what they are of, in milliseconds. */
  readonly latenciesMs: Readonly<Record<string, readonly number[]>>;
}

export interface Contestant {
  readonly name: string;
  run(slice: Slice): Promise<Done>;
  stop(): Promise<void>;
}

type Order = { readonly kind: "run"; readonly slice: Slice } | { readonly kind: "stop" };
type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly done: Done }
  | { readonly kind: "failed"; readonly message: string };

const HERE = fileURLToPath(new URL("..", import.meta.url));

/**
 * Starts a contestant's file with arguments and waits until it is ready.
 *
 * @param file relative to the folder of the benches.
 */
export async function startContestant(
  name: string,
  file: string,
  args: readonly string[],
): Promise<Contestant> {
  const execArgv = process.env["HALTPOINT_BENCH_NODE_OPTIONS"]?.split(" ") ?? [];
  const child = fork(`${HERE}${file}`, args, { stdio: "inherit", execArgv });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const next = (): Promise<Report> =>
    new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`${name} ended early`));
      child.once("exit", onExit);
      child.once("message", (message) => {
        child.off("exit", onExit);
        resolve(message as Report);
      });
    });
  const ask = async (order: Order): Promise<Report> => {
    const answer = next();
    child.send(order);
    return answer;
  };
  const ready = await next();
  if (ready.kind === "failed") throw new Error(`${name}: ${ready.message}`);
  return {
    name,
    async run(slice) {
      const report = await ask({ kind: "run", slice });
      if (report.kind === "done") return report.done;
      throw new Error(`${name}: ${report.kind === "failed" ? report.message : report.kind}`);
    },
    async stop() {
      child.send({ kind: "stop" } satisfies Order);
      await exited;
    },
  };
}

/** The other side: prepares, then works slice by slice until it is told to stop. */
export async function serveContestant(
  prepare: () => Promise<{
    /** One unit of work; adds its latencies to the recorder. */
    readonly once: (record: Recorder) => Promise<void>;
    readonly close: () => Promise<void>;
  }>,
): Promise<void> {
  const tell = (report: Report): void => {
    process.send?.(report);
  };
  try {
    const { once, close } = await prepare();
    process.on("message", (message) => {
      const order = message as Order;
      if (order.kind === "stop") {
        void close().then(() => process.disconnect());
        return;
      }
      workThrough(order.slice, once).then(
        (done) => tell({ kind: "done", done }),
        (error: unknown) => tell({ kind: "failed", message: String(error) }),
      );
    });
    tell({ kind: "ready" });
  } catch (error) {
    tell({ kind: "failed", message: error instanceof Error ? (error.stack ?? "") : String(error) });
    process.disconnect();
  }
}

export type Recorder = (what: string, latencyMs: number) => void;

/** `concurrency` workers, each doing one unit after the other until the time is over. */
async function workThrough(slice: Slice, once: (record: Recorder) => Promise<void>): Promise<Done> {
  const latenciesMs: Record<string, number[]> = {};
  const record: Recorder = (what, latencyMs) => {
    (latenciesMs[what] ??= []).push(latencyMs);
  };
  const start = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - start < slice.durationMs) {
      await once(record);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: slice.concurrency }, worker));
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { count, elapsedMs, cpuMs: (user + system) / 1_000, latenciesMs };
}
