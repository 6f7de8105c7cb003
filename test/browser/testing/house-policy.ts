/** One rule for each thing that people do in the pages. */
export const HOUSE_POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
  security: [dee, eli]
  board: [fay, gus]

actions:
  payments.transfer:
    properties:
      type: object
      required: [amount, recipient]
      additionalProperties: false
      properties:
        amount: { type: string, format: money }
        recipient: { type: string }
        note: { type: string }
  orders.submit:
    properties:
      type: object
      required: [amount, vendor]
      additionalProperties: false
      properties: { amount: { type: string, format: money }, vendor: { type: string } }

rules:
  - id: resuming
    why: Security lets a suspended identity act again, and not who suspended it
    owner: chen
    match: { action: identity.resume }
    decision: hold
    request_fields: [context.justification]
    approval: { approvers: group:security, exclude: [suspender_of:resource], deadline: 8h }
  - id: jobs
    why: Jobs of the night run unasked
    match: { action: jobs.run }
    decision: allow
  - id: posts
    why: Finance reads what is said in our name
    owner: chen
    match: { action: chat.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, deadline: 8h }
  - id: payments
    why: Finance approves payments
    owner: chen
    match: { action: payments.transfer }
    decision: hold
    risk: medium
    approval:
      approvers: group:finance
      confirm: [{ id: recipient, text: The recipient is known to us }]
      deadline: 8h
      extend: 1h
  - id: orders
    why: Finance approves orders
    owner: chen
    match: { action: orders.submit }
    decision: hold
    risk: medium
    approval:
      approvers: group:finance
      edits: { fields: [action.properties.amount], editor_may_approve: true }
      deadline: 8h
  - id: keys
    why: Two of security approve keys
    owner: chen
    match: { action: keys.rotate }
    decision: hold
    risk: medium
    approval:
      quorum: [{ count: 2, from: group:security }]
      deadline: 8h
  - id: accounts
    why: The board closes accounts, and proves who they are
    owner: chen
    match: { action: accounts.close }
    decision: hold
    risk: high
    approval: { approvers: group:board, step_up: passkey, deadline: 8h }
`;
