/**
 * The process of a Haltpoint server under the suite; started with its file, port and lease. The
 * lease is shorter than a configuration may make it, so that a lapse can be awaited.
 */
import { startServer } from "../../../packages/server/src/compose.ts";
import { createLog } from "../../../packages/server/src/edges/http/log.ts";
import { configFor, DEFAULT_TEST_LIMITS } from "../../http/testing/config.ts";

const [file = "", port = "0", leaseMs = "15000", heartbeatMs = "5000"] = process.argv.slice(2);
const limits = {
  ...DEFAULT_TEST_LIMITS,
  leaseMs: Number(leaseMs),
  heartbeatMs: Number(heartbeatMs),
};
const listen = { host: "127.0.0.1", port: Number(port) };
const server = await startServer(configFor(file, { limits, listen }), {
  log: createLog("error"),
});
process.on("disconnect", () => process.exit());
process.send?.({ url: server.url });
