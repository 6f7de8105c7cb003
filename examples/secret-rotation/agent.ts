/**
 * A service account's runbook that rotates the secret of a production system. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… VAULT_URL=… node agent.ts
 *
 * Ends with 0 when the secret was rotated, 3 when a person or policy said no.
 */
import { createClient, guard, Refusal } from "@haltpoint/sdk";

const { HALTPOINT_URL = "", HALTPOINT_KEY = "", VAULT_URL = "" } = process.env;

interface Rotation extends Record<string, unknown> {
  readonly secret: string;
  readonly system: string;
}

const rotate = guard(
  async ({ secret }: Rotation, { signal, idempotencyKey }) => {
    const response = await fetch(`${VAULT_URL}/secrets/${secret}/versions`, {
      method: "POST",
      signal,
      headers: { "idempotency-key": idempotencyKey },
    });
    if (!response.ok) throw new Error(`the vault answered ${response.status}`);
    return ((await response.json()) as { readonly version: number }).version;
  },
  {
    client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
    action: "secret.rotate",
    resource: ({ secret }) => ({ type: "secret", id: secret }),
    stoppable: "until_sent",
    onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
  },
);

console.log("the secret billing-db of the system billing is 90 days old; rotating it");
try {
  const version = await rotate({ secret: "billing-db", system: "billing" });
  console.log(`rotated: billing-db is at version ${version}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`not rotated. ${error.message}`);
  process.exitCode = 3;
}
