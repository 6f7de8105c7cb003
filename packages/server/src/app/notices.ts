/**
 * What people are told of, as outbox rows in the commit that it happened in: what was committed is
 * told at least once, and what was not is never told (T24).
 *
 * A notice says what to look at, not what to say: whom it concerns, whether it still matters and its
 * words are worked out when it is delivered, from how things stand then.
 */
import { newId } from "@haltpoint/protocol";
import type { RequestEvent } from "../domain/request/events.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Channel } from "../ports/notifier.ts";
import type { Write } from "../ports/store.ts";
import type { App } from "./app.ts";

/**
 * `needs_decision` stops by itself once somebody looked or decided; `settled` only brings a chat
 * message up to date; the others are told at once and whatever happens next.
 */
export type NoticeKind =
  | "needs_decision"
  | "settled"
  | "nobody_eligible"
  | "overridden"
  | "follow_up_overdue"
  | "answered"
  | "contradicted"
  | "outcome_unknown"
  | "ended"
  | "halted"
  | "halt_lifted";

export interface Notice {
  readonly kind: NoticeKind;
  readonly channel: Channel;
  /** When it happened, on the store's clock. */
  readonly at: number;
  readonly requestId: string | null;
  /** The revision that was to be decided. */
  readonly revision: number | null;
  readonly haltId: string | null;
  /** Persons it is for beside those who are worked out: whose review was skipped, who asked. */
  readonly persons: readonly string[];
  /** One person's copy: their address is looked up when it is sent. */
  readonly to: string | null;
}

/** The kind of the outbox items that are notices. */
export const NOTICE_ITEM = "notice";

/** The notices of what just happened to a request; `state` is the one after the event. */
export function noticeWrites(app: App, state: RequestState, event: RequestEvent): readonly Write[] {
  if (app.notices.channels.size === 0) return [];
  const about = {
    at: event.at,
    requestId: state.id,
    revision: state.revision.number,
    haltId: null,
    persons: personsIn(state, event),
  };
  return noticesOf(state, event).flatMap((kind) => writesFor(app, { ...about, kind }));
}

/** The notice that a halt was placed or lifted; operators are told, and `persons`. */
export function haltNotices(
  app: App,
  halt: { readonly id: string; readonly at: number; readonly persons?: readonly string[] },
  kind: "halted" | "halt_lifted",
): readonly Write[] {
  const { id, at, persons = [] } = halt;
  const about = { at, requestId: null, revision: null, haltId: id, persons };
  return writesFor(app, { ...about, kind });
}

function noticesOf(state: RequestState, event: RequestEvent): readonly NoticeKind[] {
  switch (event.kind) {
    case "submitted":
    case "edited":
    case "returned":
      if (event.to !== "held") return event.kind === "edited" ? ["settled", "ended"] : [];
      // That nobody can is an event of its own.
      return ["needs_decision"];
    case "escalated":
      return ["needs_decision"];
    case "eligibility_changed":
      return event.nobody ? ["nobody_eligible"] : ["needs_decision"];
    case "question_answered":
      return ["answered"];
    case "approved":
      return ["settled"];
    case "overridden":
      return ["settled", "overridden"];
    case "follow_up_overdue":
      return ["follow_up_overdue"];
    case "outcome_contradicted":
      return ["contradicted"];
    case "lapsed":
      return ["outcome_unknown"];
    case "rejected":
    case "expired":
    case "withdrawn":
    case "denied":
      return ["settled", "ended"];
    case "interrupted":
      return event.to === "interrupted" ? ["settled", "ended"] : [];
    case "reported":
      // Of what policy allowed nobody was asked, and nobody is told.
      return event.to === "approved" || state.heldAt === null ? [] : ["ended"];
    case "reviewed":
    case "delegated":
    case "question_asked":
    case "extended":
    case "delayed":
    case "redeemed":
    case "lease_renewed":
    case "resolved":
    case "followed_up":
      return [];
  }
}

function personsIn(state: RequestState, event: RequestEvent): readonly string[] {
  if (event.kind === "overridden") return event.skipped;
  if (event.kind === "question_answered" && state.question !== null) return [state.question.by];
  return [];
}

function writesFor(app: App, notice: Omit<Notice, "channel" | "to">): readonly Write[] {
  return [...app.notices.channels]
    .filter((channel) => isToldOn(notice.kind, channel))
    .map((channel) =>
      noticeItem(app, { ...notice, channel, to: null }, notice.at + delayOf(app, notice, channel)),
    );
}

/** The outbox row of a notice. */
export function noticeItem(app: App, notice: Notice, notBefore: number): Write {
  const id = newId("note", notice.at, app.random.bytes(10));
  const payload = JSON.stringify(notice);
  const { requestId } = notice;
  const item = { id, kind: NOTICE_ITEM, requestId, payload, notBefore, attempts: 0 };
  return { kind: "outbox", item: { ...item, deadAt: null, lastError: null, foldedInto: null } };
}

function isToldOn(kind: NoticeKind, channel: Channel): boolean {
  switch (kind) {
    case "settled":
      return channel !== "mail";
    case "ended":
    case "answered":
      return channel !== "chat";
    default:
      return true;
  }
}

function delayOf(app: App, { kind }: Pick<Notice, "kind">, channel: Channel): number {
  if (kind !== "needs_decision") return 0;
  const { chatAfterMs, mailAfterMs } = app.notices;
  return { webhook: 0, chat: chatAfterMs, mail: mailAfterMs }[channel];
}
