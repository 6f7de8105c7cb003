/**
 * An agent that connects a vendor's integration and needs an OAuth scope for it. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… AUTHORIZATION_URL=… node agent.ts --scope contacts.read
 *
 * Ends with 0 when the scope was issued, 3 when a person or policy said no.
 */
import { parseArgs } from "node:util";
import { createClient, guard, Refusal } from "@haltpoint/sdk";

const { values } = parseArgs({ options: { scope: { type: "string", default: "contacts.read" } } });
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", AUTHORIZATION_URL = "" } = process.env;

interface NewScope extends Record<string, unknown> {
  readonly client: string;
  readonly vendor: string;
  readonly scope: string;
}

const addScope = guard(
  async ({ client, scope }: NewScope, { signal, idempotencyKey }) => {
    const response = await fetch(`${AUTHORIZATION_URL}/clients/${client}/scopes`, {
      method: "POST",
      signal,
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify({ scope }),
    });
    if (!response.ok) throw new Error(`the authorization server answered ${response.status}`);
    return scope;
  },
  {
    client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
    action: "oauth.scope.add",
    resource: ({ client }) => ({ type: "oauth_client", id: client }),
    context: { justification: "the nightly import of the customers' contacts" },
    stoppable: "until_sent",
    onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
    onEdited: (changes, reason) => {
      for (const { path, from, to } of changes) {
        console.log(`a reviewer changed ${path} from ${String(from)} to ${String(to)}: ${reason}`);
      }
    },
  },
);

console.log(`I need ${values.scope} for the integration of Acme GmbH`);
try {
  const scope = await addScope({ client: "acme-crm", vendor: "Acme GmbH", scope: values.scope });
  console.log(`issued: ${scope}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`not issued. ${error.message}`);
  process.exitCode = 3;
}
