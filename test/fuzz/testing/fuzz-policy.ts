/** A policy whose conditions read what the agent sends, as careless ones would. */
export const FUZZ_POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups: { finance: [ana, bo] }
actions:
  orders.submit:
    sensitive: [action.properties.iban]
rules:
  - id: reads
    why: Reading needs nobody
    match: { action: files.read }
    decision: allow
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
  - id: backtracking
    why: A pattern that backtracks in most engines
    match: { action: text.match }
    when: action.properties.text.matches("(a+)+$")
    decision: allow
  - id: quadratic
    why: Every element against every other
    match: { action: list.pairs }
    when: action.properties.list.all(x, action.properties.list.all(y, x != -y - 1))
    decision: allow
  - id: cubic
    why: Three rounds, one inside the other
    match: { action: list.pairs }
    when: action.properties.list.exists(x, action.properties.list.exists(y, action.properties.list.exists(z, x + y + z == -1)))
    decision: allow
`;
