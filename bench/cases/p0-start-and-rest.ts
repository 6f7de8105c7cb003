/** P0: how soon the real server is ready, and how much memory it holds when nothing happens. */
import { newDataFile } from "../measure/data-file.ts";
import { valueCase, type CaseLine } from "../measure/case-line.ts";
import { effort } from "../measure/rounds.ts";
import { spawn } from "node:child_process";
import { median, rounded } from "../measure/figures.ts";
import { ratios } from "../measure/rounds.ts";
import { prepareServer, residentBytes, startServerProcess } from "../haltpoint/server-process.ts";

const IDLE_MS = 5_000;
const MEBIBYTE = 1_048_576;

export async function* p0(): AsyncGenerator<CaseLine> {
  const prepared = await prepareServer(newDataFile("idle"));
  const readyMs: number[] = [];
  const nodeMs: number[] = [];
  const residentMb: number[] = [];
  const { rounds, sliceMs } = effort();
  for (let round = 0; round < rounds; round += 1) {
    nodeMs.push(await bareNodeMs());
    const server = await startServerProcess(prepared);
    try {
      readyMs.push(server.readyAfterMs);
      await new Promise((resolve) => setTimeout(resolve, Math.min(IDLE_MS, sliceMs * 3)));
      const bytes = residentBytes(server.child);
      if (bytes !== null) residentMb.push(bytes / MEBIBYTE);
    } finally {
      await server.stop();
    }
  }
  yield valueCase(
    { bench: "P0", case: "start to ready in ms", against: "the bar" },
    readyMs,
    { at: "most", value: 1_000, unit: "ms" },
    {
      times_bare_node: rounded(median(ratios(readyMs, nodeMs))),
      bare_node_ms: rounded(median(nodeMs)),
    },
  );
  if (residentMb.length === 0) return;
  yield valueCase(
    { bench: "P0", case: "idle resident memory in MB", against: "the bar" },
    residentMb,
    { at: "most", value: 120, unit: "MB" },
  );
}

/** `node -e 0`, for a start that can be compared between machines. */
async function bareNodeMs(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  return performance.now() - startedAt;
}
