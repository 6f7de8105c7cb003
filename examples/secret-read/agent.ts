/**
 * An agent that works on an incident and needs the password of a database for it. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… VAULT_URL=… node agent.ts --environment production
 *
 * Ends with 0 when it read the secret, 3 when a person or policy said no. The value is used, and never
 * printed or sent to Haltpoint.
 */
import { parseArgs } from "node:util";
import { createClient, guard, Refusal, type RunContext } from "@haltpoint/sdk";

const { values } = parseArgs({
  options: {
    environment: { type: "string", default: "production" },
    secret: { type: "string", default: "billing-db" },
  },
});
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", VAULT_URL = "" } = process.env;

interface Place extends Record<string, unknown> {
  readonly environment: string;
}

interface Secret extends Place {
  readonly secret: string;
}

const client = createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY });

const listNames = guard(
  async (place: Place, run) => {
    const response = await ask("list", place, run);
    return ((await response.json()) as { readonly names: readonly string[] }).names;
  },
  { client, action: "vault.list", resource: { type: "vault", id: "main" } },
);

const readSecret = guard(
  async (wanted: Secret, run) => {
    const response = await ask("read", wanted, run);
    if (!response.ok) throw new Error(`the vault answered ${response.status}`);
    return ((await response.json()) as { readonly value: string }).value;
  },
  {
    client,
    action: "vault.get_secret",
    resource: ({ environment, secret }) => ({ type: "secret", id: `${environment}/${secret}` }),
    context: { justification: "incident 4711: invoices are counted twice" },
    stoppable: "until_sent",
    onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
  },
);

function ask(
  what: string,
  body: Readonly<Record<string, unknown>>,
  { signal, idempotencyKey }: RunContext,
): Promise<Response> {
  return fetch(`${VAULT_URL}/${what}`, {
    method: "POST",
    signal,
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
  });
}

const { environment, secret } = values;
try {
  const names = await listNames({ environment });
  console.log(`the vault knows ${names.join(", ")}; I need ${environment}/${secret}`);
  const password = await readSecret({ environment, secret });
  console.log(`read ${environment}/${secret}: ${password.length} characters, not shown`);
  const { ok } = await fetch(`${VAULT_URL}/login`, {
    method: "POST",
    body: JSON.stringify({ password }),
  });
  console.log(ok ? "logged in to billing" : "it opens nothing in production");
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`not read. ${error.message}`);
  process.exitCode = 3;
}
