/**
 * An agent that wants to do one thing, whatever it is:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… TARGET_URL=… node agent.ts ACTION WHAT [--cost "90.00 USD"]
 *
 * With `--key` an identical call joins what is held, also after a restart. Ends with 0 when it was
 * done, 3 when a person or policy said no, 4 when it was interrupted, 12 when nobody decided in time.
 */
import { parseArgs } from "node:util";
import { createClient, Expired, guard, Interrupted, Refusal } from "@haltpoint/sdk";

const { values, positionals } = parseArgs({
  options: { cost: { type: "string" }, for: { type: "string" }, key: { type: "string" } },
  allowPositionals: true,
});
const [action = "", what = ""] = positionals;
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", TARGET_URL = "" } = process.env;

interface Deed extends Record<string, unknown> {
  readonly what: string;
  readonly cost?: string;
}

let said = "";

const perform = guard(
  async (deed: Deed, { signal }) => {
    console.log(`begins: ${deed.what}`);
    const body = deed.cost === undefined ? deed.what : `${deed.what} for ${deed.cost}`;
    const response = await fetch(TARGET_URL, { method: "POST", signal, body });
    if (!response.ok) throw new Error(`the target answered ${response.status}`);
    return body;
  },
  {
    client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
    action,
    resource: { type: "thing", id: what.replaceAll(" ", "-") },
    ...(values.for === undefined ? {} : { context: { on_behalf_of: values.for } }),
    stoppable: "until_sent",
    callerReturns: values.key !== undefined,
    onHeld: ({ short_id: id, status, message }) => sayOnce(`${status} as ${id}: ${message}`),
  },
);

/** It hears of every review; only what is new to whoever reads along is said. */
function sayOnce(text: string): void {
  if (text !== said) console.log(text);
  said = text;
}

try {
  const deed = values.cost === undefined ? { what } : { what, cost: values.cost };
  console.log(`did: ${await perform(deed, { key: values.key })}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`did not: ${error.message}`);
  process.exitCode = error instanceof Interrupted ? 4 : error instanceof Expired ? 12 : 3;
}
