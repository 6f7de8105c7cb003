/**
 * A request as a person reads it before deciding: complete, in a fixed order, nothing shortened.
 *
 * INVARIANT: I2. What is shown here is what the digest below it is the digest of; that is checked,
 * not believed, so that nobody approves what was not on the screen (T18, T19).
 */
import {
  revisionDigest,
  visibleText,
  type BudgetView,
  type RequestView,
  type Revision,
} from "@haltpoint/protocol";
import { actorText, changeText } from "./decided-words.ts";
import { clockTime, relativeTime } from "./times.ts";
import { valueLines, valueText } from "./values.ts";

const LABEL_WIDTH = 14;

/** The whole card. `nowMs` is only for "in 2 h". */
export function cardText(view: RequestView, nowMs: number): string {
  return [
    visibleText(view.title),
    "",
    ...summary(view, nowMs),
    ...whyHeld(view),
    "",
    ...contentPart(view),
    ...changesPart(view),
    ...confirmPart(view),
    ...peoplePart(view),
  ].join("\n");
}

/** Whether everything the digest covers was sent to this person. */
export function isComplete(view: RequestView): boolean {
  try {
    return revisionDigest(view.revision.content) === view.revision.digest;
  } catch {
    return false;
  }
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)} ${text}`;
}

function summary(view: RequestView, nowMs: number): readonly string[] {
  const { identity, on_behalf_of: onBehalfOf, stoppable, release_only: releaseOnly } = view;
  const lines = [
    row("request", `${view.short_id}   ${visibleText(view.id)}`),
    row("status", statusText(view, nowMs)),
    row(
      "risk",
      `${visibleText(view.risk)}${view.impact === null ? "" : `, ${visibleText(view.impact)}`}`,
    ),
    row("once running", releaseOnly ? RELEASED : STOPPABLE[stoppable]),
    row("assurance", ASSURANCE[view.assurance]),
  ];
  if (view.quorum !== null) lines.push(row("approvals", quorumText(view)));
  const who = `${visibleText(identity.id)} (${visibleText(identity.type)}), owned by ${visibleText(identity.owner)}`;
  lines.push(row("asked by", who));
  if (onBehalfOf !== null) lines.push(row("on behalf of", valueText(onBehalfOf)));
  lines.push(
    row("asked", `${clockTime(view.created_at, nowMs)} (${relativeTime(view.created_at, nowMs)})`),
  );
  return lines;
}

const RELEASED = "handed over; nobody can stop it and no outcome is reported";
const STOPPABLE: Readonly<Record<RequestView["stoppable"], string>> = {
  yes: "can be stopped",
  until_sent: "can be stopped until it is sent",
  no: "cannot be stopped",
};
const ASSURANCE: Readonly<Record<RequestView["assurance"], string>> = {
  mediated: "mediated: it cannot be done without Haltpoint",
  cooperative: "cooperative: an honest program waits, a compromised one could go round",
};

/** `held until 14:32 (in 3 h 12 min)` */
function statusText(view: RequestView, nowMs: number): string {
  const { status, deadline, not_before: notBefore, decided, run, outcome } = view;
  const parts: string[] = [status];
  if (deadline !== null) {
    const end = `until ${clockTime(deadline, nowMs)} (${relativeTime(deadline, nowMs)})`;
    parts[0] = `${status} ${end}`;
  }
  if (notBefore !== null && notBefore > nowMs)
    parts.push(`runs from ${clockTime(notBefore, nowMs)}`);
  if (view.basis !== null) parts.push(`basis ${view.basis}`);
  if (decided !== null) {
    const because = decided.reason === undefined ? "" : `: ${visibleText(decided.reason)}`;
    parts.push(
      `${decided.status} by ${actorText(decided.by)} at ${clockTime(decided.at, nowMs)}${because}`,
    );
  }
  if (run !== null) parts.push(`running since ${clockTime(run.started_at, nowMs)}`);
  if (outcome !== null) {
    const detail = outcome.detail === null ? "" : ` (unverified: ${valueText(outcome.detail)})`;
    parts.push(`outcome ${visibleText(outcome.result)}${detail}`);
  }
  if (view.follow_up !== "none") parts.push(`follow-up ${view.follow_up}`);
  if (view.contradicted) parts.push("(!) a later report contradicts this");
  return parts.join("; ");
}

/** `0 of 2; it takes one of group:finance and one of group:security` */
export function quorumText({ quorum }: RequestView): string {
  if (quorum === null) return "none needed";
  const needed = quorum.needed.map(({ count, from }) => {
    const who = from.map((source) => visibleText(source)).join(" or ");
    return `${count === 1 ? "one" : String(count)} of ${who}`;
  });
  const nobody = quorum.impossible ? "   (!) nobody who could fill this exists now" : "";
  return `${quorum.filled} of ${quorum.slots}; it takes ${needed.join(" and ")}${nobody}`;
}

function whyHeld(view: RequestView): readonly string[] {
  const lines = view.reasons.map((reason, index) =>
    row(index === 0 ? "why" : "", visibleText(reason)),
  );
  if (view.rules.length > 0)
    lines.push(row("rules", view.rules.map((rule) => visibleText(rule)).join(", ")));
  lines.push(
    ...view.budgets.map((budget, at) => row(at === 0 ? "budgets" : "", budgetText(budget))),
  );
  if (view.shadow !== null) {
    const rules = view.shadow.rules.map((rule) => visibleText(rule)).join(", ");
    lines.push(row("shadow", `would have been: ${visibleText(view.shadow.effect)} (${rules})`));
  }
  return lines;
}

/** `(!) spend-per-day: would be 11,400.00 of 10,000.00 USD in 24 hours; 9,000.00 USD so far` */
function budgetText({ name, text, over }: BudgetView): string {
  return `${over ? "(!) " : ""}${visibleText(name)}: ${visibleText(text)}`;
}

function contentPart(view: RequestView): readonly string[] {
  const { number, digest, content } = view.revision;
  const heading = `What would run, complete (revision ${number}, digest ${visibleText(digest)}):`;
  const lines = valueLines(inReadingOrder(content)).map((line) => `  ${line}`);
  if (isComplete(view)) return [heading, ...lines];
  return [
    `What would run (revision ${number}, digest ${visibleText(digest)}):`,
    ...lines,
    "  (!) The arguments are not shown to you: you are not among those who decide this.",
  ];
}

/** What is done and to what before who asks; members this version does not know come last. */
function inReadingOrder(content: Revision): Readonly<Record<string, unknown>> {
  const { action, resource, subject, context, ...rest } = content;
  return { action, resource, subject, ...(context === undefined ? {} : { context }), ...rest };
}

function changesPart({ changes, edits }: RequestView): readonly string[] {
  if (changes.length === 0 && edits.length === 0) return [];
  return [
    "",
    "Changed since it was submitted:",
    ...changes.map((change) => `  ${changeText(change)}`),
    ...edits.map(
      ({ by, at, reason }) => `  by ${actorText(by)} at ${clockTime(at)}: ${visibleText(reason)}`,
    ),
  ];
}

function confirmPart({
  confirm,
  editable_fields: editable,
  status,
}: RequestView): readonly string[] {
  if (status !== "held") return [];
  const lines = confirm.map(({ id, text }) => `  ${visibleText(id)}: ${visibleText(text)}`);
  const fields = editable.map((field) => visibleText(field)).join(", ");
  return [
    ...(lines.length === 0 ? [] : ["", "Whoever approves confirms:", ...lines]),
    ...(editable.length === 0 ? [] : ["", `May be edited: ${fields}`]),
  ];
}

function peoplePart({ reviews, question, revision }: RequestView): readonly string[] {
  const lines = reviews.map(({ person, verdict, at, reason, confirmed, revision: of }) => {
    const void_ = of === revision.number ? "" : ` (of revision ${of}, no longer counts)`;
    const because = reason === null ? "" : `: ${visibleText(reason)}`;
    const ticked =
      confirmed.length === 0
        ? ""
        : ` [confirmed ${confirmed.map((id) => visibleText(id)).join(", ")}]`;
    const did = verdict === "approve" ? "approved" : "rejected";
    return `  ${visibleText(person)} ${did} at ${clockTime(at)}${void_}${because}${ticked}`;
  });
  const asked =
    question === null
      ? []
      : [
          "",
          `${visibleText(question.by)} asks: ${visibleText(question.text)}`,
          ...(question.answer === null
            ? ["  no answer yet"]
            : ["The agent answers (unverified):", ...valueLines(question.answer, "  answer")]),
        ];
  return [...(lines.length === 0 ? [] : ["", "Reviews:", ...lines]), ...asked];
}
