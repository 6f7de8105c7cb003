/** What has happened to a request, in words. Made from the ledger's entries, which stay the record. */
import { visibleText, type TimelineItem } from "@haltpoint/protocol";
import type { SealedEntry } from "../../domain/ledger/entry.ts";
import type { EventKind } from "../../domain/request/events.ts";

/** @param isFull also what was said; else only what happened. */
export function timelineOf(
  entries: readonly SealedEntry[],
  isFull: boolean,
): readonly TimelineItem[] {
  return entries.map((entry) => {
    const { sequence, at, kind, actor } = entry;
    const said = isFull ? saidIn(entry) : null;
    return { sequence, at, kind, actor, text: wordsOf(entry), said };
  });
}

type Data = SealedEntry["data"];
type Words = (data: Data, who: string) => string;

const WORDS: Readonly<Record<Exclude<EventKind, "lease_renewed"> | "refused", Words>> = {
  submitted: (data, who) => `${who} asked: ${after(data["to"])}`,
  reviewed: (_, who) => `${who} approved it`,
  approved: ({ basis }) =>
    basis === "self" ? "confirmed by the person it is done for" : "the approvals are enough",
  rejected: (_, who) => `${who} rejected it`,
  overridden: (_, who) => `${who} overrode the approval it needs; somebody else must look at that`,
  expired: ({ was }) =>
    was === "held"
      ? "nobody decided in time; nothing ran"
      : "nobody redeemed it in time; nothing ran",
  withdrawn: (_, who) => `${who} took it back`,
  interrupted: ({ to }, who) =>
    to === "interrupting" ? `${who} told it to stop` : `${who} stopped it`,
  edited: ({ fields, to }, who) =>
    `${who} changed ${listed(fields)}${to === "denied" ? "; policy denies that" : ""}`,
  denied: () => "policy denies it now",
  returned: ({ why, retracted }, who) => returnedBecause(why, retracted, who),
  delayed: () => "a longer window is in force now; it waits",
  question_asked: (_, who) => `${who} asked the agent`,
  question_answered: (_, who) => `${who} answered`,
  extended: (_, who) => `${who} gave it more time`,
  escalated: () => "more people may decide it now",
  delegated: ({ person }, who) => `${who} pointed ${text(person)} at it`,
  eligibility_changed: ({ nobody }) =>
    nobody === true ? "nobody who may decide it exists at present" : "it can be decided again",
  redeemed: ({ to }, who) => (to === "released" ? `${who} took it over` : `${who} began to run it`),
  reported: ({ result }, who) => `${who} reports: ${text(result).replaceAll("_", " ")}`,
  lapsed: () => "the run was lost; what became of it is unknown",
  resolved: ({ to }, who) => `${who} found out: ${text(to)}`,
  outcome_contradicted: ({ result }, who) =>
    `${who} reports \`${text(result)}\`, against what a person found out`,
  followed_up: ({ verdict }, who) =>
    verdict === "violation"
      ? `${who} looked at the override: it was a violation`
      : `${who} looked at the override: it was right`,
  follow_up_overdue: () => "nobody looked at the override in time",
  refused: ({ command, code }, who) =>
    `${who} tried to ${text(command).replaceAll("_", " ")} it and was refused: ${text(code).replaceAll("_", " ")}`,
};

function wordsOf({ kind, data, actor }: SealedEntry): string {
  const words = Object.hasOwn(WORDS, kind) ? WORDS[kind as keyof typeof WORDS] : null;
  // Written by a newer build: its name is better than nothing.
  const said = words === null ? kind.replaceAll("_", " ") : words(data, nameOf(actor));
  return visibleText(said);
}

/** `person:ana` → `ana`. */
function nameOf(actor: string): string {
  return actor === "clock" ? "time" : actor.replace(/^(person|identity):/, "");
}

function after(status: unknown): string {
  if (status === "held") return "held until a person decides";
  return status === "denied" ? "denied by policy" : "allowed by policy";
}

function returnedBecause(why: unknown, retracted: unknown, who: string): string {
  switch (why) {
    case "retracted":
      return `${who} took the approval back`;
    case "reviews_no_longer_count":
      return `held again: the approval of ${listed(retracted)} counts no longer`;
    case "no_interrupter":
      return "held again: nobody could step in during its window";
    default:
      return "held again: policy asks for more now";
  }
}

/** What somebody wrote; verbatim, with what is invisible made visible. */
function saidIn({ data }: SealedEntry): string | null {
  const { reason, text: written, detail, review } = data;
  const inReview =
    typeof review === "object" && review !== null && "reason" in review ? review.reason : null;
  const said = [reason, written, inReview, detail].find((each) => typeof each === "string");
  return typeof said === "string" ? visibleText(said, { keepLines: true }) : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "?";
}

function listed(value: unknown): string {
  const members = Array.isArray(value) ? value.map(text) : [];
  return members.length === 0 ? "nothing" : members.join(", ");
}
