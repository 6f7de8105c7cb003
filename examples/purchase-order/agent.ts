/**
 * A procurement agent. It wants to order from a vendor and asks nobody; the guard in front of its
 * one dangerous function does. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… SHOP_URL=… node agent.ts [--amount "9000.00 USD"]
 *
 * Ends with 0 when it ordered, 3 when a person or policy said no, 4 when it was interrupted.
 */
import { parseArgs } from "node:util";
import { createClient, Denied, guard, Interrupted, Rejected } from "@haltpoint/sdk";

const { values } = parseArgs({
  options: {
    amount: { type: "string", default: "9000.00 USD" },
    vendor: { type: "string", default: "Acme GmbH" },
    order: { type: "string", default: `PO-${process.pid}` },
  },
});

interface PurchaseOrder extends Record<string, unknown> {
  readonly amount: string;
  readonly vendor: string;
  readonly items: string;
}

const client = createClient({ url: env("HALTPOINT_URL"), apiKey: env("HALTPOINT_KEY") });

/** The effect. It is called with what was approved, which may not be what was asked for. */
const placeOrder = guard(
  async (order: PurchaseOrder, { signal, idempotencyKey }) => {
    say(`ordering from ${order.vendor} for ${order.amount}`);
    const response = await fetch(`${env("SHOP_URL")}/orders`, {
      method: "POST",
      signal,
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(order),
    });
    if (!response.ok) throw new Error(`the shop answered ${response.status}`);
    return order;
  },
  {
    client,
    action: "procurement.purchase_order.submit",
    resource: { type: "purchase_order", id: values.order },
    context: { justification: "laptops for the three people who start on Monday" },
    stoppable: "until_sent",
    onHeld: (request) => say(`held as ${request.short_id}: ${request.message}`),
    onEdited: (changes, reason) => {
      for (const { path, from, to } of changes) {
        say(`a reviewer changed ${path} from ${String(from)} to ${String(to)}: ${reason ?? ""}`);
      }
    },
  },
);

const wanted = { amount: values.amount, vendor: values.vendor, items: "3 laptops" };
say(`I want to order from ${wanted.vendor} for ${wanted.amount}`);
try {
  const ordered = await placeOrder(wanted);
  say(`ordered from ${ordered.vendor} for ${ordered.amount}`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  say(`not ordered. ${error.message}`);
  process.exitCode = error instanceof Interrupted ? 4 : 3;
  if (!(error instanceof Denied || error instanceof Rejected || error instanceof Interrupted)) {
    process.exitCode = 1;
  }
}

function say(text: string): void {
  console.log(text);
}

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`set ${name}`);
  return value;
}
