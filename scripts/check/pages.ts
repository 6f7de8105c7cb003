import { join } from "node:path";
import { buildInbox } from "../inbox/build.ts";
import { firstLoad } from "../inbox/first-load.ts";
import { listFiles } from "./source-files.ts";
import type { Finding, Step } from "./step.ts";

const folder = "packages/inbox/src";
const firstLoadBytesMax = 150_000;

/** The inbox builds, and what it loads first stays small. */
export const pages: Step = {
  name: "pages",
  async run(root) {
    await buildInbox(root);
    const { bytes } = await firstLoad(root);
    const findings: Finding[] = [];
    if (bytes > firstLoadBytesMax) {
      const detail = `the first-load script of /inbox has ${bytes} bytes gzip, at most ${firstLoadBytesMax}: load the rest lazily`;
      findings.push({ rule: "first-load", file: `${folder}/main.tsx`, detail });
    }
    const filesRead = (await listFiles(join(root, folder))).length;
    return {
      filesRead,
      findings,
      note: `first load of /inbox ${(bytes / 1000).toFixed(1)} kB gzip`,
    };
  },
};
