/**
 * A server in a process of its own, to be killed: `node child-server.ts FILE PORT`. Prints its
 * address once it listens, and nothing else.
 */
import { startServer } from "../../../packages/server/src/compose.ts";
import { createLog } from "../../../packages/server/src/edges/http/log.ts";
import { configFor } from "./config.ts";

const [file = "", port = "0"] = process.argv.slice(2);
const config = configFor(file, { listen: { host: "127.0.0.1", port: Number(port) } });
const server = await startServer(config, { log: createLog("error") });
process.stdout.write(`${server.url}\n`);
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
