/**
 * A process to be killed: `node commit-stream.ts FILE PREFIX` opens the store, says `open`, and
 * commits without end, saying `REQUEST VERSION` for each commit that was acknowledged.
 *
 * `hold` as the prefix: opens the store and only keeps it open.
 */
import { writeSync } from "node:fs";
import { openSqliteStore } from "../sqlite/store.ts";
import { random } from "./random-bytes.ts";
import { change, submission } from "./samples.ts";
import { systemClock } from "./system-clock.ts";

const WRITERS = 16;
const CHANGES_PER_REQUEST = 3;

const [file = "", prefix = ""] = process.argv.slice(2);
const store = await openSqliteStore({ file, clock: systemClock, random });
say("open");
if (prefix === "hold") {
  setInterval(() => undefined, 60_000);
} else {
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForever(writer)));
}

async function writeForever(writer: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const id = `req_${prefix}_${writer}_${round}`;
    await store.commit(submission(id));
    say(`${id} 1`);
    for (let version = 1; version <= CHANGES_PER_REQUEST; version += 1) {
      await store.commit(change(id, version));
      say(`${id} ${version + 1}`);
    }
  }
}

/** At once and whole: what was said before the kill was acknowledged before the kill. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
