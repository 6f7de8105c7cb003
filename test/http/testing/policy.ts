/** A policy with one action for each thing that can be asked of the server. */
export const POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
  security: [dee, eli]

actions:
  orders.submit:
    sensitive: [action.properties.iban]

rules:
  - id: reads
    why: Reading needs nobody
    match: { action: files.read }
    decision: allow
  - id: erasures
    why: Nothing is erased by agents
    match: { action: files.erase }
    decision: deny
  - id: slow
    why: Allowed, and people may step in before
    match: { action: mail.send }
    decision: allow
    veto_window: 1s
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
      extend: 1h
  - id: posts
    why: Finance approves posts, and may think again
    owner: chen
    match: { action: chat.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, undo: 1h, deadline: 8h }
  - id: keys
    why: Two of security approve keys
    owner: chen
    match: { action: keys.rotate }
    decision: hold
    risk: medium
    approval:
      quorum: [{ count: 2, from: group:security }]
      deadline: 8h
`;
