/** The policy of P1 and P2: small orders are allowed, larger ones wait for a person of finance. */
import { ACTION } from "./purchase-order.ts";

export const POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
actions:
  ${ACTION}:
    properties:
      type: object
      required: [amount, vendor, items]
      additionalProperties: false
      properties:
        amount: { type: string, description: "decimal and currency, such as 9000.00 USD" }
        vendor: { type: string }
        items: { type: string }
rules:
  - id: small-orders
    why: Orders up to 5,000 USD need nobody
    match: { action: ${ACTION} }
    when: money(action.properties.amount) <= money("5000.00 USD")
    decision: allow
    impact: spend
  - id: spend-over-threshold
    why: Finance approves any spend above 5,000 USD
    owner: chen
    match: { action: ${ACTION} }
    when: money(action.properties.amount) > money("5000.00 USD")
    decision: hold
    risk: medium
    impact: spend
    request_fields: [context.justification]
    approval: { approvers: group:finance, deadline: 8h }
    grant: { deadline: 24h }
`;
