/** A policy with one action for each kind of decision that people make. */
const approval = (more: string): string =>
  `{ approvers: group:finance, deadline: 8h, extend: 1h${more} }`;

const rule = (name: string, risk: string, more = ""): string => `
  - id: ${name}
    why: People decide ${name}
    owner: chen
    match: { action: ${name}.do }
    decision: hold
    risk: ${risk}
    approval: ${approval(more)}`;

export const DECISION_POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
  leads: [lea]
rules:${rule("low", "low")}${rule("medium", "medium", ", edits: { fields: [action.properties.amount] }")}${rule(
  "high",
  "high",
)}${rule("signed", "high", ", step_up: passkey, edits: { fields: [action.properties.amount] }")}${rule(
  "ticked",
  "low",
  ", confirm: [{ id: vendor, text: The vendor is known }]",
)}${rule("lowsigned", "low", ", step_up: passkey")}${rule("undone", "low", ", undo: 1h")}${rule(
  "brief",
  "low",
  ", undo: 1s",
)}
  - id: escalating
    why: The leads, if finance does not answer
    owner: chen
    match: { action: escalating.do }
    decision: hold
    risk: low
    approval:
      quorum: [{ count: 1, from: group:finance, escalate: [{ after: 1s, to: group:leads }] }]
      deadline: 8h
  - id: short
    why: Nobody has long
    owner: chen
    match: { action: short.do }
    decision: hold
    risk: low
    approval: { approvers: group:finance, deadline: 1s }
`;
