/**
 * A server in a process of its own, so that its memory and its end can be watched:
 * `node fuzzed-child.ts FILE HELD_MAX`. Prints one line of JSON, a {@link Place}, once it listens;
 * after that its log goes to standard error. It is the real server with its real limits; only how
 * many requests one identity may have held is given, and that a burst of them halts nobody.
 */
import { publishPolicy } from "../../../packages/server/src/app/publish-policy.ts";
import { startServer } from "../../../packages/server/src/compose.ts";
import { createLog } from "../../../packages/server/src/edges/http/log.ts";
import { configFor, DEFAULT_TEST_LIMITS } from "../../http/testing/config.ts";
import { addIdentity, addPerson } from "../../http/testing/server-under-test.ts";
import { FUZZ_POLICY } from "./fuzz-policy.ts";

export interface Place {
  readonly url: string;
  /** An identity's key, and tokens: of a person with every right, and of a reviewer without any. */
  readonly agent: string;
  readonly chief: string;
  readonly reviewer: string;
}

const [file = "", heldMax = "1000"] = process.argv.slice(2);
const limits = { ...DEFAULT_TEST_LIMITS, heldPerIdentityMax: Number(heldMax), burstHeldMax: 0 };
const server = await startServer(configFor(file, { limits }), { log: createLog("debug") });
const { app, url } = server;
const published = await publishPolicy(app, { text: FUZZ_POLICY, by: "setup", file: "fuzz" });
if (!published.ok) throw new Error(published.problem.detail);
await addPerson(app, "chen");
const reviewer = await addPerson(app, "ana");
const chief = await addPerson(app, "chief", ["operator", "policy_admin", "override", "resolver"]);
await addPerson(app, "spare");
// Who could approve what the chief proposes.
await addPerson(app, "vice", ["policy_admin"]);
const agent = await addIdentity(app, "agent-1");
await addIdentity(app, "spare-agent");
const place: Place = { url, agent, chief, reviewer };
process.stdout.write(`${JSON.stringify(place)}\n`);
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
