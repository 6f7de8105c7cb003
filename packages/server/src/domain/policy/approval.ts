/** The approval a hold asks for: from the file's short and long forms to obligations. */
import { durationMs, HOUR_MS } from "./duration.ts";
import type { Escalation, Obligations, QuorumClause, Risk } from "./model.ts";
import { sortedSet } from "./obligations.ts";
import { membersOf, type RawApproval, type RawEscalation, type RawOutcome } from "./raw-policy.ts";

/** How long an approval waits for its redemption where no rule says: callers may come back. */
const GRANT_DEADLINE_DEFAULT_MS = 24 * HOUR_MS;

/** Something wrong with an approval, at a path below it. */
export interface ApprovalIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/** Who says it, and what is known of it besides. */
export interface Hold extends RawOutcome {
  readonly effectiveRisk: Risk;
}

/** The obligations, or null and why not. `path` counts from the approval. */
export function compileApproval(
  raw: RawApproval,
  hold: Hold,
): { readonly obligations: Obligations | null; readonly issues: readonly ApprovalIssue[] } {
  const issues = approvalIssues(raw, hold);
  const { owner } = hold;
  if (issues.length > 0 || owner === undefined || raw.deadline === undefined) {
    return { obligations: null, issues };
  }
  const self = raw.approvers === "self";
  const obligations: Obligations = {
    risk: hold.effectiveRisk,
    approval: self ? "self" : "quorum",
    quorum: self ? [] : quorumOf(raw),
    confirm: [...(raw.confirm ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1)),
    stepUp: raw.step_up ?? "none",
    editableFields: sortedSet(raw.edits?.fields ?? []),
    editorMayApprove: raw.edits?.editor_may_approve ?? false,
    // A confirmation by the person acted for has no opinion on who fills another rule's slots.
    ownerMayApprove: raw.owner_may_approve ?? self,
    onBehalfOfMayApprove: raw.on_behalf_of_may_approve ?? self,
    excludedPersons: sortedSet(raw.exclude ?? []),
    deadlineMs: durationMs(raw.deadline),
    extendMs: raw.extend === undefined ? 0 : durationMs(raw.extend),
    undoMs: raw.undo === undefined ? 0 : durationMs(raw.undo),
    grantDeadlineMs: grantDeadlineMs(hold),
    assurance: hold.assurance ?? "cooperative",
    onReject: raw.on_reject ?? "none",
    ruleOwners: [owner],
    controls: sortedSet(hold.controls ?? []),
  };
  return { obligations, issues };
}

export function grantDeadlineMs({ grant }: RawOutcome): number {
  return grant === undefined ? GRANT_DEADLINE_DEFAULT_MS : durationMs(grant.deadline);
}

function quorumOf(raw: RawApproval): readonly QuorumClause[] {
  const shared = raw.escalate ?? [];
  const clauses = raw.quorum ?? [{ count: 1, from: raw.approvers ?? [] }];
  return clauses
    .map((clause) => ({
      count: clause.count,
      from: sortedSet(membersOf(clause.from)),
      escalate: escalations([...("escalate" in clause ? (clause.escalate ?? []) : []), ...shared]),
    }))
    .sort((a, b) => (sourcesKey(a) < sourcesKey(b) ? -1 : 1));
}

function sourcesKey({ from }: { readonly from: readonly string[] }): string {
  return from.join(" ");
}

/** One step for each source, the earliest. */
function escalations(raw: readonly RawEscalation[]): readonly Escalation[] {
  const earliest = new Map<string, number>();
  for (const { after, to } of raw) {
    earliest.set(to, Math.min(durationMs(after), earliest.get(to) ?? Infinity));
  }
  return [...earliest]
    .map(([to, afterMs]) => ({ afterMs, to }))
    .sort((a, b) => a.afterMs - b.afterMs || (a.to < b.to ? -1 : 1));
}

function approvalIssues(raw: RawApproval, hold: Hold): readonly ApprovalIssue[] {
  const issues: ApprovalIssue[] = [];
  const issue = (path: readonly (string | number)[], message: string, fix: string): void => {
    issues.push({ path, message, fix });
  };
  if (hold.owner === undefined) {
    issue([], "a hold needs an `owner`", "name the person accountable: `owner: ID`");
  }
  if (raw.deadline === undefined) {
    issue([], "a hold needs a `deadline`", "say when nobody's answer ends it: `deadline: 8h`");
  }
  if ((raw.approvers === undefined) === (raw.quorum === undefined)) {
    const message = "a hold needs `approvers` or `quorum`, one of them";
    issue(raw.quorum === undefined ? [] : ["quorum"], message, "write `approvers: group:NAME`");
  }
  const friction = hold.effectiveRisk === "high" || hold.effectiveRisk === "critical";
  if (raw.approvers === "self") issues.push(...selfIssues(raw, friction));
  if (raw.undo !== undefined && friction) {
    const message = "`undo` is for low and medium risk only";
    issue(["undo"], message, "remove it: what is high is decided once, with care");
  }
  issues.push(...repeated(raw));
  raw.edits?.fields.forEach((field, index) => {
    if (!field.startsWith("subject.")) return;
    const message = "who asks cannot be edited";
    issue(["edits", "fields", index], message, "name fields of the action, resource or context");
  });
  return issues;
}

function selfIssues(raw: RawApproval, friction: boolean): readonly ApprovalIssue[] {
  const issues: ApprovalIssue[] = [];
  if (friction) {
    const message = "`self` is for low and medium risk only";
    issues.push({
      path: ["approvers"],
      message,
      fix: "ask somebody else: `approvers: group:NAME`",
    });
  }
  for (const field of ["quorum", "escalate", "exclude"] as const) {
    if (raw[field] === undefined) continue;
    const message = `\`${field}\` says nothing where the person acted for confirms`;
    issues.push({ path: [field], message, fix: "remove it" });
  }
  return issues;
}

function repeated(raw: RawApproval): readonly ApprovalIssue[] {
  const issues: ApprovalIssue[] = [];
  const sources = (raw.quorum ?? []).map(({ from }) => sortedSet(membersOf(from)).join(" "));
  sources.forEach((key, index) => {
    if (sources.indexOf(key) === index) return;
    const message = `a clause for \`${key}\` is here already`;
    issues.push({ path: ["quorum", index], message, fix: "write one with a larger `count`" });
  });
  const ids = (raw.confirm ?? []).map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) === index) return;
    const message = `a statement \`${id}\` is here already`;
    issues.push({ path: ["confirm", index], message, fix: "give it another `id`" });
  });
  return issues;
}
