/**
 * A sales agent that looks at customers, or has their rows sent to a print house. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… CRM_URL=… node agent.ts --limit 20
 *     HALTPOINT_URL=… HALTPOINT_KEY=… CRM_URL=… node agent.ts --export
 *
 * Ends with 0 when it got the rows or had them sent, 3 when a person or policy said no.
 */
import { parseArgs } from "node:util";
import { createClient, guard, Refusal, type RunContext } from "@haltpoint/sdk";

const { values } = parseArgs({
  options: {
    columns: { type: "string", default: "name,city" },
    limit: { type: "string", default: "20" },
    export: { type: "boolean", default: false },
  },
});
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", CRM_URL = "" } = process.env;

interface Rows extends Record<string, unknown> {
  readonly table: string;
  readonly columns: readonly string[];
}

interface List extends Rows {
  readonly limit: number;
}

interface Export extends Rows {
  readonly recipient: string;
}

const common = {
  client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
  resource: { type: "table", id: "customers" },
  stoppable: "until_sent",
  onHeld: (request: { readonly short_id: string; readonly message: string }) =>
    console.log(`held as ${request.short_id}: ${request.message}`),
} as const;

const listRows = guard(
  async (list: List, run) => {
    const { rows } = (await post("rows", list, run)) as { readonly rows: readonly unknown[] };
    return rows.length;
  },
  { ...common, action: "crm.list_rows", context: { justification: "a summary by city" } },
);

const exportRows = guard(
  async (wanted: Export, run) => (await post("exports", wanted, run)) as { readonly rows: number },
  {
    ...common,
    action: "crm.export_rows",
    context: { justification: "addresses for the catalogue in spring" },
    onEdited: (changes, reason) => {
      for (const { path, from, to } of changes) {
        console.log(`a reviewer changed ${path} from ${String(from)} to ${String(to)}: ${reason}`);
      }
    },
  },
);

async function post(
  path: string,
  body: Rows,
  { signal, idempotencyKey }: RunContext,
): Promise<unknown> {
  const response = await fetch(`${CRM_URL}/${path}`, {
    method: "POST",
    signal,
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the CRM answered ${response.status}`);
  return response.json();
}

const rows: Rows = { table: "customers", columns: values.columns.split(",") };
try {
  if (values.export) {
    console.log(`I want the print house to have ${values.columns} of all customers`);
    const sent = await exportRows({ ...rows, recipient: "print-house.example" });
    console.log(`exported: ${sent.rows} rows`);
  } else {
    console.log(`I want to look at ${values.columns} of ${values.limit} customers`);
    console.log(`read: ${await listRows({ ...rows, limit: Number(values.limit) })} rows`);
  }
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`nothing left the CRM. ${error.message}`);
  process.exitCode = 3;
}
