/** The action all contestants of P1 and P2 are asked about. */
import type { SubmitBody } from "@haltpoint/protocol";

export const ACTION = "procurement.purchase_order.submit";

/** A purchase order like those of the shipped example: a few hundred bytes of arguments. */
export function purchaseOrder(number: number, amount = "9000.00 USD"): SubmitBody {
  return {
    action: {
      name: ACTION,
      properties: {
        amount,
        vendor: "Acme Industrial Supplies",
        items: "12 × hydraulic pump HP-40",
      },
    },
    resource: { type: "purchase_order", id: `PO-${number}` },
    context: { justification: "Line 3 stands still until the pumps are replaced", session: "s-1" },
  };
}
