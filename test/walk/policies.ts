/** What policy may say in the walk: each a whole decision, by name. */
import type { Obligations, PolicyDecision } from "../../packages/server/src/domain/policy/model.ts";

const FINANCE = { count: 1, from: ["group:finance"], escalate: [] } as const;
const SECURITY = { count: 1, from: ["group:security"], escalate: [] } as const;

const BASE: Obligations = {
  risk: "medium",
  approval: "quorum",
  quorum: [FINANCE],
  confirm: [],
  stepUp: "none",
  editableFields: [],
  editorMayApprove: false,
  ownerMayApprove: false,
  onBehalfOfMayApprove: false,
  excludedPersons: [],
  deadlineMs: 3,
  extendMs: 0,
  undoMs: 0,
  grantDeadlineMs: 3,
  assurance: "cooperative",
  onReject: "none",
  ruleOwners: ["own"],
  controls: [],
};

const DECISION: PolicyDecision = {
  effect: "allow",
  vetoWindowMs: 0,
  obligations: null,
  fallback: BASE,
  missingFields: [],
  reasons: ["because"],
  matchedRules: ["rule"],
  grantDeadlineMs: 3,
  risk: "low",
  impact: null,
  impacts: [],
  shadow: null,
  policyVersion: "v1",
  budgets: [],
  traces: [],
};

const hold = (over: Partial<Obligations>, vetoWindowMs = 0): PolicyDecision => {
  const obligations = { ...BASE, ...over };
  return { ...DECISION, effect: "hold", obligations, vetoWindowMs, risk: obligations.risk };
};

const EDITABLE = { editableFields: ["action.properties.amount"] } as const;
const TWO_CLAUSES = [FINANCE, SECURITY] as const;

export const POLICIES = {
  allow: DECISION,
  deny: { ...DECISION, effect: "deny" },
  missing: { ...DECISION, effect: "deny", missingFields: ["context.justification"] },
  veto: { ...DECISION, vetoWindowMs: 2 },
  "longer veto": { ...DECISION, vetoWindowMs: 3 },
  "veto or nothing": { ...DECISION, vetoWindowMs: 2, fallback: null },
  one: hold({}),
  "two in finance": hold({ quorum: [{ ...FINANCE, count: 2 }] }),
  two: hold({ quorum: TWO_CLAUSES }),
  undo: hold({ quorum: TWO_CLAUSES, undoMs: 2 }),
  "one, undo": hold({ undoMs: 1 }),
  self: hold({ approval: "self", quorum: [], risk: "low", undoMs: 1 }),
  strict: hold({
    risk: "high",
    stepUp: "passkey",
    confirm: [{ id: "vendor", text: "The vendor is known to us" }],
  }),
  editable: hold(EDITABLE),
  "editable, two": hold({ ...EDITABLE, quorum: TWO_CLAUSES }),
  "editor approves": hold({ ...EDITABLE, editorMayApprove: true }),
  "editable, veto": hold(EDITABLE, 2),
  "without ana": hold({ ...EDITABLE, excludedPersons: ["ana"] }),
  "owner may": hold({ ownerMayApprove: true, onBehalfOfMayApprove: true }),
  escalates: hold({
    quorum: [{ ...FINANCE, escalate: [{ afterMs: 1, to: "group:leads" }] }],
    extendMs: 2,
    ...EDITABLE,
  }),
  patient: hold({ ...EDITABLE, deadlineMs: 2, extendMs: 2 }),
  "no obligations": { ...DECISION, effect: "hold" },
} as const satisfies Record<string, PolicyDecision>;

export type PolicyName = keyof typeof POLICIES;

export function policyNamed(name: PolicyName): PolicyDecision {
  return POLICIES[name];
}
