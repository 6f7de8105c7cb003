/**
 * What a notice says: our words, one title, a link. Nothing the agent wrote but what is in the title,
 * and nothing in it that could approve (T16, T18).
 */
import { shortId, visibleText } from "@haltpoint/protocol";
import { actorName, type RequestState } from "../domain/request/model.ts";
import type { StoredHalt } from "../ports/store.ts";
import { HALTPOINT_ITSELF } from "./halt-writes.ts";
import type { Notice, NoticeKind } from "./notices.ts";

/** The foot of every mail. */
const FOOT = "Opening this message or a link in it never approves anything.";

export interface Words {
  /** One line: the subject of a mail, the first line of a chat message. */
  readonly headline: string;
  /** Lines below it. */
  readonly lines: readonly string[];
  readonly link: string;
}

export interface AboutRequest {
  readonly state: RequestState;
  readonly title: string;
}

/** @param publicUrl without a slash at its end. */
export function requestWords(
  kind: Exclude<NoticeKind, "halted" | "halt_lifted">,
  { state, title }: AboutRequest,
  publicUrl: string,
): Words {
  const link = `${publicUrl}/r/${state.id}`;
  const about = { headline: visibleText(headlineOf(kind, state, title)), link };
  return { ...about, lines: linesOf(kind, state).map((line) => visibleText(line)) };
}

export function haltWords(
  kind: "halted" | "halt_lifted",
  halt: StoredHalt,
  publicUrl: string,
): Words {
  const what =
    halt.scope.kind === "everything" ? "everything" : `${halt.scope.kind} ${halt.scope.id}`;
  const lift = halt.lifts.at(-1);
  const headline =
    kind === "halted"
      ? `HALT of ${what} by ${personOf(halt.by)}`
      : `Lifted by ${personOf(lift?.by ?? "")}: the halt of ${what}`;
  const reason = kind === "halted" ? halt.reason : (lift?.reason ?? "");
  const lines = [
    `Reason: ${reason}`,
    kind === "halted"
      ? "Nothing of it starts, and what runs is told to stop, until the halt is lifted."
      : "What was approved before the halt stays dead; agents ask again.",
  ];
  return {
    headline: visibleText(headline),
    lines: lines.map((line) => visibleText(line)),
    link: `${publicUrl}/running`,
  };
}

/** The whole text of a mail. */
export function mailText({ headline, lines, link }: Words): string {
  return [headline, "", ...lines, "", `Open it: ${link}`, "", "-- ", FOOT, ""].join("\r\n");
}

/** The whole text of a chat message, without its link. */
export function chatText({ headline, lines }: Words): string {
  return [headline, ...lines].join("\n");
}

function headlineOf(kind: NoticeKind, state: RequestState, title: string): string {
  switch (kind) {
    case "needs_decision": {
      const expires =
        state.holdDeadline === null ? "" : ` · expires ${clockOf(state.holdDeadline)}`;
      return `${riskOf(state)}: ${title}${expires}`;
    }
    case "nobody_eligible":
      return `Nobody can decide: ${title}`;
    case "overridden":
      return `Overridden without you: ${title}`;
    case "follow_up_overdue":
      return `Nobody has looked back at an override: ${title}`;
    case "answered":
      return `Your question was answered: ${title}`;
    case "contradicted":
      return `What was recorded is contradicted: ${title}`;
    case "outcome_unknown":
      return `Outcome unknown: ${title}`;
    default:
      return `${settledOf(state)}: ${title}`;
  }
}

function linesOf(kind: NoticeKind, state: RequestState): readonly string[] {
  const { scope } = state;
  const who = `Asked by ${scope.identity} (${state.identityType}), owned by ${scope.owner} · ${shortId(state.id)}`;
  switch (kind) {
    case "needs_decision":
      return [
        who,
        ...quorumLine(state),
        `Why it waits: ${state.policy.reasons[0] ?? "policy asks"}`,
      ];
    case "nobody_eligible":
      return [
        who,
        "No person who is registered, active and free of conflicts could approve it now.",
        "It stays held until somebody can, or until its deadline; then nothing runs.",
      ];
    case "overridden":
      return [
        who,
        `${personOf(`person:${state.override?.by ?? ""}`)} waived the approvals: ${state.override?.reason ?? ""}`,
        "Somebody else owes a look at it: was it right, or a violation?",
      ];
    case "follow_up_overdue":
      return [who, "An override is looked at by somebody other than whoever overrode."];
    case "answered":
      return [who, "The answer is in the request, unverified: the agent wrote it."];
    case "contradicted":
      return [
        who,
        "A late report says something else than what a person recorded. The record stays.",
      ];
    case "outcome_unknown":
      return [
        who,
        "The run stopped telling of itself. No machine will retry it: a person has to look.",
      ];
    default:
      return [who, ...reasonLine(state)];
  }
}

function quorumLine({ obligations }: RequestState): readonly string[] {
  if (obligations === null) return [];
  if (obligations.approval === "self") return ["It takes the person it is done for."];
  const clauses = obligations.quorum.map(({ count, from }) => `${count} of ${from.join(" or ")}`);
  return clauses.length === 0 ? [] : [`It takes ${clauses.join(" and ")}.`];
}

function reasonLine({ decided }: RequestState): readonly string[] {
  return decided?.reason === null || decided === null ? [] : [`Reason: ${decided.reason}`];
}

/** Expired, withdrawn and interrupted are never told as somebody's no. */
function settledOf(state: RequestState): string {
  const by = personOf(state.decided?.by ?? "");
  switch (state.status) {
    case "approved":
    case "running":
    case "interrupting":
      return state.basis === "override" ? `Overridden by ${by}` : `Approved by ${by}`;
    case "rejected":
      return `Rejected by ${by}`;
    case "expired":
      return "Nobody decided in time; nothing ran";
    case "cancelled":
      return "Withdrawn by the requester";
    case "interrupted":
      return `Interrupted by ${personOf(state.interruptedBy?.by ?? "")}`;
    case "denied":
      return "Denied by policy";
    case "released":
      return "Handed over";
    case "succeeded":
      return "Done";
    case "failed":
      return "It ran and failed";
    case "indeterminate":
      return "Outcome unknown";
    case "held":
      return "Held";
  }
}

/** The CloudEvent of a notice, as it is signed and sent. */
export function cloudEvent(
  id: string,
  notice: Notice,
  words: Words,
  data: Readonly<Record<string, unknown>>,
  publicUrl: string,
): string {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: publicUrl,
    type: `haltpoint.${notice.haltId === null ? "request" : "halt"}.${notice.kind}`,
    subject: notice.requestId ?? notice.haltId,
    time: new Date(notice.at).toISOString(),
    datacontenttype: "application/json",
    data: { title: words.headline, link: words.link, ...data },
  });
}

/** What an event of a request says beside its title: how it stands, never its arguments (T28). */
export function requestData({ state }: AboutRequest): Readonly<Record<string, unknown>> {
  return {
    request_id: state.id,
    short_id: shortId(state.id),
    status: state.status,
    revision: state.revision.number,
    risk: riskOf(state).toLowerCase(),
    action: state.scope.action,
    identity: state.scope.identity,
    owner: state.scope.owner,
    deadline: state.holdDeadline,
    decided_by: state.decided?.by ?? null,
  };
}

function riskOf(state: RequestState): string {
  const risk = state.obligations?.risk ?? state.policy.risk;
  return risk.charAt(0).toUpperCase() + risk.slice(1);
}

/** `person:ana` → `ana`; a halt, the clock and policy in words. */
function personOf(by: string): string {
  if (by === actorName({ kind: "clock" })) return "the clock";
  if (by === HALTPOINT_ITSELF) return "Haltpoint itself";
  if (by.startsWith("halt:")) return "a halt";
  return by.replace(/^(person|identity):/, "") || "nobody";
}

/** `14:32 UTC`: whoever reads it may be anywhere. */
function clockOf(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
