/** A policy whose action says all that a card can show. */
export const CARD_POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo, chen]
actions:
  payments.transfer:
    properties:
      type: object
      required: [amount, payee]
      properties:
        amount: { type: string, format: money }
        payee: { type: string }
        priority: { type: integer }
        due: { type: string, format: date }
        iban: { type: string }
        notes: { type: array, items: { type: string } }
    sensitive: [action.properties.iban]
    reversible: false
    recipients: [action.properties.payee]
rules:
  - id: small
    why: Small transfers need nobody
    match: { action: payments.transfer }
    when: money(action.properties.amount) <= money("100.00 USD")
    decision: allow
    impact: spend
  - id: large
    why: Finance approves transfers above 100 USD
    owner: chen
    match: { action: payments.transfer }
    when: money(action.properties.amount) > money("100.00 USD")
    decision: hold
    risk: medium
    impact: spend
    approval:
      approvers: group:finance
      edits: { fields: [action.properties.amount] }
      deadline: 8h
      extend: 1h
`;

export const transferBody = (amount = "500.00 USD", payee = "Acme", more: object = {}) => ({
  action: { name: "payments.transfer", properties: { amount, payee, ...more } },
  resource: { type: "account", id: "A-1" },
});
