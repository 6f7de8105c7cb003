/** A decision as text for a person. */
import { visibleText } from "@haltpoint/protocol";
import { budgetSentence } from "./budget-words.ts";
import { durationText } from "./duration.ts";
import {
  RESOURCE_SUSPENDER,
  type Obligations,
  type PolicyDecision,
  type PolicyInput,
  type QuorumClause,
  type RuleTrace,
} from "./model.ts";

const HEADS: Readonly<Record<PolicyDecision["effect"], string>> = {
  allow: "allowed",
  hold: "held",
  deny: "denied",
};

/**
 * What was decided, by which rules, on which values, and what each near miss lacked. Near misses
 * are there when the decision was made with `nearMisses`. Several lines; no value of a sensitive
 * field is in a decision.
 */
export function explain(decision: PolicyDecision, input: PolicyInput): string {
  const { action, resource } = input.revision;
  const head = `${HEADS[decision.effect]}: ${action.name} on ${resource.type} ${resource.id} by ${input.identity.id}`;
  const lines = [
    visibleText(head),
    ...decision.reasons.map((reason) => `  ${reason}`),
    ...consequences(decision),
    ...budgetLines(decision),
    ...section("matched", decision.traces, ["matched", "error"]),
    ...section("in shadow, not enforced", decision.traces, ["shadow"]),
    ...section("nearly matched", decision.traces, ["missed"]),
    ...(decision.shadow === null
      ? []
      : [
          `without shadow mode: ${HEADS[decision.shadow.effect]} by ${listed(decision.shadow.rules)}`,
        ]),
    `policy ${decision.policyVersion}`,
  ];
  return lines.join("\n");
}

function budgetLines({ budgets }: PolicyDecision): readonly string[] {
  return budgets.map((use) => {
    return `  budget ${use.name}${use.over ? " (over)" : ""}: ${budgetSentence(use)}`;
  });
}

function consequences(decision: PolicyDecision): readonly string[] {
  const { obligations, vetoWindowMs, risk, impact } = decision;
  const window =
    vetoWindowMs > 0 ? [`runs at the earliest after ${durationText(vetoWindowMs)}`] : [];
  const kind = impact === null ? "" : `, ${impact}`;
  if (obligations === null) return [`  risk ${risk}${kind}`, ...window.map((line) => `  ${line}`)];
  return [`  risk ${risk}${kind}`, ...needs(obligations), ...window].map(
    (line) => `  ${line.trim()}`,
  );
}

function needs(obligations: Obligations): readonly string[] {
  const { approval, quorum, confirm, stepUp, deadlineMs, excludedPersons } = obligations;
  return [
    approval === "self"
      ? "needs the person it acts for to confirm"
      : `needs ${quorum.map(clauseText).join(" and ")}`,
    ...(stepUp === "none" ? [] : [`each with ${stepUp}`]),
    ...confirm.map(({ text }) => `each confirms: ${text}`),
    ...(excludedPersons.length === 0 ? [] : [`not by ${listed(excludedPersons.map(personText))}`]),
    `within ${durationText(deadlineMs)}, else it expires and nothing runs`,
  ];
}

function personText(person: string): string {
  return person === RESOURCE_SUSPENDER ? "whoever suspended it" : person;
}

function clauseText({ count, from, escalate }: QuorumClause): string {
  const later = escalate.map(({ afterMs, to }) => `, after ${durationText(afterMs)} also ${to}`);
  return `${count} of ${from.join(" or ")}${later.join("")}`;
}

function section(
  title: string,
  traces: readonly RuleTrace[],
  outcomes: readonly RuleTrace["outcome"][],
): readonly string[] {
  const shown = traces.filter(({ outcome }) => outcomes.includes(outcome));
  if (shown.length === 0) return [];
  return [
    title,
    ...shown.flatMap(({ rule, why, effect, values, detail }) => [
      `  ${rule} (${effect}): ${why}`,
      ...Object.entries(values).map(([path, value]) => `    ${path} = ${value}`),
      ...(detail === undefined ? [] : [`    ${detail}`]),
    ]),
  ];
}

function listed(members: readonly string[]): string {
  return members.length === 0 ? "the default" : members.join(", ");
}
