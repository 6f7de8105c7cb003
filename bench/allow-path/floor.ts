/** P1, the floor: its server in a process of its own, called from this one. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serveContestant } from "../measure/contestant.ts";
import { newDataFile } from "../measure/data-file.ts";
import { freePort } from "../haltpoint/server-process.ts";
import { allowPath } from "./caller.ts";

const SERVER = fileURLToPath(new URL("floor-server.ts", import.meta.url));

await serveContestant(async () => {
  const [sampleFile = ""] = process.argv.slice(2);
  const port = await freePort();
  const args = [SERVER, newDataFile("floor"), sampleFile, String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/readyz`))) {
    if (child.exitCode !== null) throw new Error("the floor's server ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const path = allowPath(url, "none");
  return {
    once: async (record) => void (await path.once(record)),
    async close() {
      await path.close();
      child.kill("SIGTERM");
      await exited;
    },
  };
});

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
