/**
 * A service account that releases the shop. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… PLATFORM_URL=… node agent.ts --version 1.4
 *
 * Ends with 0 when the version was released, 3 when a person, policy or its stage said no.
 */
import { parseArgs } from "node:util";
import { createClient, guard, HaltpointProblem, Refusal } from "@haltpoint/sdk";

const { values } = parseArgs({ options: { version: { type: "string", default: "1.0" } } });
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", PLATFORM_URL = "" } = process.env;

interface Release extends Record<string, unknown> {
  readonly version: string;
}

const release = guard(
  async (wanted: Release, { signal, idempotencyKey }) => {
    const response = await fetch(`${PLATFORM_URL}/releases`, {
      method: "POST",
      signal,
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(wanted),
    });
    if (!response.ok) throw new Error(`the platform answered ${response.status}`);
  },
  {
    client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
    action: "release.deploy",
    resource: { type: "application", id: "shop" },
    stoppable: "until_sent",
    onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
  },
);

const { version } = values;
try {
  await release({ version });
  console.log(`released ${version}`);
} catch (error) {
  if (!(error instanceof Refusal || error instanceof HaltpointProblem)) throw error;
  console.log(`not released. ${error.message}`);
  process.exitCode = 3;
}
