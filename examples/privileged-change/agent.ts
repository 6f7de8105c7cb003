/**
 * A workflow agent with three steps. The first two prepare; the last one, privileged, waits for a
 * person. Each step is guarded, and the agent does not know which of them will be held. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… DATABASE_URL=… node agent.ts [--rollback-plan TEXT]
 *
 * Ends with 0 when all steps were done, 3 when a person or policy said no to one.
 */
import { parseArgs } from "node:util";
import { createClient, guard, Refusal, type RunContext } from "@haltpoint/sdk";

const { values } = parseArgs({ options: { "rollback-plan": { type: "string" } } });
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", DATABASE_URL = "" } = process.env;
const client = createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY });
const resource = { type: "database", id: "orders" };
const plan = values["rollback-plan"];

interface Step extends Record<string, unknown> {
  readonly step: string;
  readonly database: string;
}

interface Change extends Record<string, unknown> {
  readonly statement: string;
  readonly database: string;
}

const prepare = guard(({ step }: Step, run) => perform(step, run), {
  client,
  action: "change.step",
  resource,
});

const apply = guard(({ statement }: Change, run) => perform(statement, run), {
  client,
  action: "change.apply",
  resource,
  context: {
    justification: "the quarterly report needs to read pg_authid until Friday",
    ...(plan === undefined ? {} : { rollback_plan: plan }),
  },
  onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
});

async function perform(what: string, { signal, idempotencyKey }: RunContext): Promise<void> {
  const response = await fetch(DATABASE_URL, {
    method: "POST",
    signal,
    headers: { "idempotency-key": idempotencyKey },
    body: JSON.stringify({ what }),
  });
  if (!response.ok) throw new Error(`the database answered ${response.status}`);
  console.log(`done: ${what}`);
}

try {
  await prepare({ step: "snapshot", database: "orders" });
  await prepare({ step: "rehearse", database: "orders" });
  await apply({ statement: "alter role reporting superuser", database: "orders" });
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`not applied. ${error.message}`);
  process.exitCode = 3;
}
