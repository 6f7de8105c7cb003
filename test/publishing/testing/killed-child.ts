/**
 * A process that is killed amid the approval of a policy: `node killed-child.ts before|after`, the
 * commit. Says first where it leaves its store, as one line of JSON, a {@link Killed}.
 */
import { writeSync } from "node:fs";
import { recordOf } from "../../replay/testing/record.ts";
import { BASE, decideAs, NEXT, proposeAs } from "./people.ts";

export interface Killed {
  readonly folder: string;
  readonly file: string;
  readonly id: string;
}

const when = process.argv[2];
const { app, folder, file } = await recordOf(BASE, 10, 3);
const proposed = await proposeAs(app, { text: NEXT, person: "ana", key: "propose" });
const id = proposed.ok ? (proposed.value.proposal?.id ?? "") : "";
writeSync(1, `${JSON.stringify({ folder, file, id } satisfies Killed)}\n`);
const commit = app.store.commit.bind(app.store);
app.store.commit = async (asked) => {
  if (when === "after") await commit(asked);
  process.kill(process.pid, "SIGKILL");
  return commit(asked);
};
await decideAs(app, { id, person: "bo", verdict: "approve", key: "approve" });
