/**
 * Background work: delivers notices from the outbox. At least once each, with a stable id; what no
 * longer matters is dropped; what cannot be delivered stays visible as a dead letter.
 *
 * CRASH: an item is claimed before it is sent (its next time is moved ahead), so a server that dies
 * while sending sends it again later, and two servers rarely send the same.
 */
import type { RequestState } from "../domain/request/model.ts";
import type { Delivery, Notifier } from "../ports/notifier.ts";
import type { OutboxItem, StoredPerson, Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { readCommitted } from "./content.ts";
import { commitOnce } from "./execute.ts";
import { toldOfInstead } from "./look-alikes.ts";
import { NOTICE_ITEM, noticeItem, type Notice } from "./notices.ts";
import {
  chatText,
  cloudEvent,
  haltWords,
  mailText,
  requestData,
  requestWords,
  type AboutRequest,
  type Words,
} from "./notice-words.ts";
import { systemEntry } from "./registry.ts";
import { electorateAt, openDeciders } from "./routing.ts";
import { titleOf } from "./words.ts";

const BATCH = 16;
const LOOK_AGAIN_MS = 250;
/** How long a delivery may take until another try may begin. */
const CLAIMED_MS = 60_000;
/** After the last of these there is no other try: about a day in all. */
const RETRY_AFTER_MS: readonly number[] = [
  5_000, 30_000, 120_000, 600_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000,
];
const ERROR_LENGTH_MAX = 500;
/** As long as it has waited so far, within these. */
const FOLDED_AGAIN_MS = { min: 10_000, max: 300_000 };

export interface DeliveryOptions {
  readonly notifier: Notifier;
  /** Hears of every failed delivery and of every fault; the job goes on. */
  readonly onTrouble: (trouble: unknown) => void;
}

/** Starts the job. `stop` resolves when nothing is being sent any more. */
export function deliverNotices(
  app: App,
  options: DeliveryOptions,
): { readonly stop: () => Promise<void> } {
  const stopped = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let more = false;
      try {
        more = await deliverDue(app, options);
      } catch (fault) {
        options.onTrouble(fault);
      }
      if (!more) await pause(LOOK_AGAIN_MS, stopped.signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

/** Delivers what is due; true when a full batch was there and more may be. */
export async function deliverDue(app: App, options: DeliveryOptions): Promise<boolean> {
  const { now } = await app.store.time();
  const items = await app.store.outboxDue(now, BATCH);
  await Promise.all(items.map((item) => deliverItem(app, options, item, now)));
  return items.length === BATCH;
}

async function deliverItem(
  app: App,
  options: DeliveryOptions,
  item: OutboxItem,
  now: number,
): Promise<void> {
  if (item.kind !== NOTICE_ITEM) return;
  const notice = JSON.parse(item.payload) as Notice;
  const foldedInto = item.attempts === 0 ? await toldOfInstead(app, notice) : null;
  if (foldedInto !== null) {
    const notBefore = now + foldedAgainMs(now - notice.at);
    await write(app, [{ kind: "outbox", item: { ...item, notBefore, foldedInto } }]);
    return;
  }
  const attempts = item.attempts + 1;
  const claimed = { ...item, attempts, notBefore: now + CLAIMED_MS, foldedInto: null };
  await write(app, [{ kind: "outbox", item: claimed }]);
  const outcome = await deliver(app, options, item.id, notice);
  if (outcome.kind === "done") {
    await write(app, [{ kind: "outbox_done", id: item.id }, ...outcome.writes]);
    return;
  }
  const lastError = outcome.why.slice(0, ERROR_LENGTH_MAX);
  options.onTrouble({ notice: notice.kind, channel: notice.channel, id: item.id, why: lastError });
  const wait = RETRY_AFTER_MS[item.attempts];
  const { now: failedAt } = await app.store.time();
  if (outcome.isFinal || wait === undefined) {
    const { kind, channel, requestId } = notice;
    const data = { id: item.id, notice: kind, channel, request: requestId, why: lastError };
    await write(app, [
      { kind: "outbox", item: { ...claimed, deadAt: failedAt, lastError } },
      systemEntry("notice_undelivered", failedAt, "clock", data),
    ]);
    return;
  }
  const notBefore = failedAt + Math.max(wait, outcome.retryAfterMs ?? 0);
  await write(app, [{ kind: "outbox", item: { ...claimed, notBefore, lastError } }]);
}

/**
 * Until a folded notice is looked at again. It is kept, not dropped: once the older look-alike waits
 * no more, somebody has to hear of this one (T24).
 */
function foldedAgainMs(ageMs: number): number {
  return Math.min(Math.max(ageMs, FOLDED_AGAIN_MS.min), FOLDED_AGAIN_MS.max);
}

type Outcome =
  | { readonly kind: "done"; readonly writes: readonly Write[] }
  | {
      readonly kind: "failed";
      readonly why: string;
      readonly isFinal: boolean;
      readonly retryAfterMs: number | null;
    };
const DROPPED: Outcome = { kind: "done", writes: [] };

async function deliver(
  app: App,
  options: DeliveryOptions,
  id: string,
  notice: Notice,
): Promise<Outcome> {
  const told = await toldOf(app, notice);
  if (told === null) return DROPPED;
  const { words, about } = told;
  switch (notice.channel) {
    case "webhook": {
      const data = about === null ? { halt_id: notice.haltId } : requestData(about);
      const body = cloudEvent(id, notice, words, data, app.site.publicUrl);
      return outcomeOf(await options.notifier.webhook({ id, body }), () => []);
    }
    case "chat":
      return deliverChat(app, options, notice, told);
    case "mail":
      return notice.to === null
        ? { kind: "done", writes: await copies(app, notice, about) }
        : deliverMail(app, options, { id, to: notice.to }, words);
  }
}

interface Told {
  readonly words: Words;
  readonly about: AboutRequest | null;
}

/** How it stands now, in words; null where nobody has to hear of it any more. */
async function toldOf(app: App, notice: Notice): Promise<Told | null> {
  const { publicUrl } = app.site;
  const { kind } = notice;
  if (kind === "halted" || kind === "halt_lifted") {
    const halt = await app.store.halt(notice.haltId ?? "");
    if (halt === null) return null;
    return { words: haltWords(kind, halt, publicUrl), about: null };
  }
  const state = await app.store.request(notice.requestId ?? "");
  if (state === null || !(await stillMatters(app, state, notice))) return null;
  const title = titleOf(await readCommitted(app, state.id, state.revision.number));
  const about = { state, title };
  return { words: requestWords(kind, about, publicUrl), about };
}

/** Asking to decide stops once it is decided, edited, or, in chat, once somebody has looked. */
async function stillMatters(app: App, state: RequestState, notice: Notice): Promise<boolean> {
  if (notice.kind === "nobody_eligible") return state.status === "held" && state.nobodyEligible;
  if (notice.kind !== "needs_decision") return true;
  if (state.status !== "held" || state.revision.number !== notice.revision) return false;
  if (notice.channel !== "chat") return true;
  return !(await app.store.isLookedAt(state.id, notice.at));
}

async function deliverChat(
  app: App,
  { notifier }: DeliveryOptions,
  notice: Notice,
  { words, about }: Told,
): Promise<Outcome> {
  const subject = notice.requestId ?? notice.haltId ?? "";
  const posted = await app.store.chatPost(subject);
  // What was never posted has nothing that could be brought up to date.
  if (notice.kind === "settled" && posted === null) return DROPPED;
  const isUpdate =
    notice.kind === "settled" || (notice.kind === "needs_decision" && posted !== null);
  const people = isUpdate ? [] : await audience(app, notice, about?.state ?? null);
  const mentions = people.flatMap(({ slack }) => (slack === null ? [] : [slack]));
  const message = { text: chatText(words), mentions, link: words.link };
  const sent = await notifier.chat({ ...message, replaces: isUpdate ? posted : null });
  return outcomeOf(sent, (reference) =>
    reference === null || isUpdate ? [] : [{ kind: "chat_post", subject, reference }],
  );
}

async function deliverMail(
  app: App,
  { notifier }: DeliveryOptions,
  letter: { readonly id: string; readonly to: string },
  words: Words,
): Promise<Outcome> {
  const person = await app.store.person(letter.to);
  if (person === null || person.disabled || person.email === null) return DROPPED;
  const message = { id: letter.id, to: person.email, subject: words.headline };
  return outcomeOf(await notifier.mail({ ...message, text: mailText(words) }), () => []);
}

/** One item for each person, so that one address that fails does not mail the others twice. */
async function copies(
  app: App,
  notice: Notice,
  about: AboutRequest | null,
): Promise<readonly Write[]> {
  const { now } = await app.store.time();
  const people = await audience(app, notice, about?.state ?? null);
  return people
    .filter(({ email }) => email !== null)
    .map(({ id }) => noticeItem(app, { ...notice, to: id }, now));
}

function outcomeOf(
  delivery: Delivery,
  writesOf: (reference: string | null) => readonly Write[],
): Outcome {
  if (delivery.kind === "delivered") return { kind: "done", writes: writesOf(delivery.reference) };
  const isFinal = delivery.kind === "refused";
  const retryAfterMs = delivery.kind === "failed" ? delivery.retryAfterMs : null;
  return { kind: "failed", why: delivery.why, isFinal, retryAfterMs };
}

/** Whom a notice is for, as of now: active people only. */
async function audience(
  app: App,
  notice: Notice,
  state: RequestState | null,
): Promise<readonly StoredPerson[]> {
  const persons = (await app.store.persons()).filter((person) => !person.disabled);
  const wanted = new Set(notice.persons);
  const add = (matches: (person: StoredPerson) => boolean): void => {
    for (const person of persons) if (matches(person)) wanted.add(person.id);
  };
  const isOperator = ({ rights }: StoredPerson): boolean => rights.includes("operator");
  switch (notice.kind) {
    case "needs_decision":
      if (state !== null) for (const id of await deciders(app, state)) wanted.add(id);
      break;
    case "nobody_eligible":
      for (const id of state?.obligations?.ruleOwners ?? []) wanted.add(id);
      add(isOperator);
      break;
    case "follow_up_overdue":
      add(({ rights }) => rights.includes("override") || rights.includes("auditor"));
      break;
    case "contradicted":
    case "outcome_unknown":
      add(({ id, rights }) => id === state?.scope.owner || rights.includes("resolver"));
      break;
    case "overridden":
    case "ended":
    case "settled":
      if (state !== null) wanted.add(state.scope.owner);
      break;
    case "halted":
    case "halt_lifted":
      add(isOperator);
      break;
    case "answered":
      break;
  }
  return persons.filter(({ id }) => wanted.has(id));
}

/** Who could approve it and has not yet. */
async function deciders(app: App, state: RequestState): Promise<readonly string[]> {
  const electorate = await electorateAt(app, state, await app.store.standing());
  return electorate === null ? [] : openDeciders({ ...electorate, unconfirmed: new Set() });
}

async function write(app: App, writes: readonly Write[]): Promise<void> {
  await commitOnce(app, { expected: {}, writes });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
