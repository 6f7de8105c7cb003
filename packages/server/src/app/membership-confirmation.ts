/**
 * Membership no older than five minutes (T11, I3). Who signs in through an identity provider is a
 * member of what the provider says; before their approval counts, at review and again at redeem, it
 * is asked. Where it cannot be asked, the approval does not count: nothing here ever adds one (I5).
 */
import type { Command } from "../domain/request/commands.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { RefreshAnswer } from "../ports/identity-provider.ts";
import type { StoredAccount } from "../ports/provider-accounts.ts";
import type { Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { commitOnce, systemEntry } from "./commit-once.ts";
import type { Membership } from "./known-facts.ts";
import { sealedFor, type KnownProvider } from "./known-provider.ts";

const CONFIRMED_FOR_MS = 5 * 60_000;
/** Asked a little earlier, so that what is decided on it does not run out before it is committed. */
const ASK_AFTER_MS = CONFIRMED_FOR_MS - 30_000;
const TRIES_MAX = 5;

export interface Confirmation {
  readonly unconfirmed: ReadonlySet<string>;
  /** When the first confirmation among them runs out; null: never. */
  readonly until: number | null;
}

const NOTHING_TO_CONFIRM: Confirmation = { unconfirmed: new Set(), until: null };

/** Which of these persons the provider has not confirmed of late. */
export async function readConfirmation(
  app: App,
  membership: Membership,
  persons: readonly string[],
  now: number,
): Promise<Confirmation> {
  const linked = persons.filter((person) => membership.linked.has(person));
  if (linked.length === 0) return NOTHING_TO_CONFIRM;
  const unconfirmed = new Set<string>();
  const ends: number[] = [];
  for (const account of await app.store.accountsOf(linked)) {
    const end = account.confirmedAt + CONFIRMED_FOR_MS;
    if (account.endedAt !== null || now >= end) unconfirmed.add(account.person);
    else ends.push(end);
  }
  return { unconfirmed, until: ends.length === 0 ? null : Math.min(...ends) };
}

/** Whose membership this command would rely on. */
export function reliedOn(state: RequestState, command: Command): readonly string[] {
  const { kind, actor } = command;
  const { revision, reviews } = state;
  const approvers = reviews
    .filter((review) => review.revision === revision.number && review.verdict === "approve")
    .map((review) => review.person);
  switch (kind) {
    case "review":
      if (command.verdict === "reject" || actor.kind !== "person") return [];
      return state.status === "held" ? [...approvers, actor.id] : [];
    case "override":
      return actor.kind === "person" && state.status === "held" ? [actor.id] : [];
    case "redeem":
      return state.status === "approved" ? approvers : [];
    default:
      return [];
  }
}

/**
 * Asks the provider about those whose confirmation is running out. True: it was asked, and what
 * was read before may have changed.
 */
export async function confirmMembership(app: App, persons: readonly string[]): Promise<boolean> {
  const { epochs, time } = await app.store.standing();
  const membership = await app.facts.membership(epochs.membership);
  const linked = [...new Set(persons)].filter((person) => membership.linked.has(person));
  if (linked.length === 0) return false;
  const { identityProvider: provider } = app;
  const accounts = await app.store.accountsOf(linked);
  const due = accounts.filter(
    (account) => account.endedAt === null && time.now - account.confirmedAt >= ASK_AFTER_MS,
  );
  if (provider === null || due.length === 0) return false;
  await Promise.all(
    due.map(({ subject }) =>
      provider.once(subject, time.now, () => askAbout(app, provider, subject)),
    ),
  );
  return true;
}

/** Asks about one account and keeps the answer. False: there was none. */
async function askAbout(app: App, provider: KnownProvider, subject: string): Promise<boolean> {
  const { issuer } = provider.port;
  const account = await app.store.account(issuer, subject);
  if (account === null || account.refreshToken === null) return false;
  const refreshToken = provider.seal.open(account.refreshToken, sealedFor(account));
  if (refreshToken === null) {
    app.onFault(new Error(`the refresh token of \`${account.person}\` cannot be opened any more`));
    return false;
  }
  // Before it is asked: what it says is of this moment at the earliest.
  const { now: askedAt } = await app.store.time();
  const answer = await provider.port.refresh({ subject, refreshToken });
  if (answer.kind === "unavailable") {
    app.onFault(new Error(`\`${account.person}\` could not be confirmed: ${answer.why}`));
    if (answer.refreshToken === undefined) return false;
  }
  const isConfirmed = answer.kind !== "unavailable";
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const known = await app.store.account(issuer, subject);
    // Signed in anew meanwhile: that is newer than this answer.
    if (known === null || known.version !== account.version) return true;
    if (await keep(app, provider, { account, answer, askedAt })) return isConfirmed;
  }
  return false;
}

async function keep(
  app: App,
  provider: KnownProvider,
  about: {
    readonly account: StoredAccount;
    readonly answer: RefreshAnswer;
    readonly askedAt: number;
  },
): Promise<boolean> {
  const { account, answer, askedAt } = about;
  const { now } = await app.store.time();
  const version = account.version + 1;
  if (answer.kind === "ended") {
    const ended = { ...account, version, endedAt: now, refreshToken: null };
    return commitOnce(app, { expected: {}, writes: endedWrites(ended, now) }, now);
  }
  const token = answer.refreshToken;
  const refreshToken =
    token === undefined ? account.refreshToken : provider.seal.seal(token, sealedFor(account));
  if (answer.kind === "unavailable") {
    const asBefore = { ...account, version, refreshToken };
    const writes: readonly Write[] = [{ kind: "account_kept", account: asBefore }];
    return commitOnce(app, { expected: {}, writes }, now);
  }
  const { groups } = answer;
  const confirmed = { ...account, version, groups, refreshToken, confirmedAt: askedAt };
  const writes = changedWrites(account, confirmed, now);
  return commitOnce(app, { expected: {}, writes }, now);
}

/** An account has ended: its person is out until they sign in there again. */
function endedWrites(account: StoredAccount, now: number): readonly Write[] {
  const { person, issuer } = account;
  return [
    { kind: "account", account },
    systemEntry("account_ended", now, `provider:${issuer}`, { person, issuer }),
  ];
}

/** What confirming an account writes: an entry and an epoch only where the groups changed. */
export function changedWrites(
  before: StoredAccount,
  after: StoredAccount,
  now: number,
): readonly Write[] {
  const removed = before.groups.filter((group) => !after.groups.includes(group));
  const added = after.groups.filter((group) => !before.groups.includes(group));
  const isSame = removed.length === 0 && added.length === 0 && before.endedAt === after.endedAt;
  if (isSame) return [{ kind: "account_kept", account: after }];
  const { person, issuer } = after;
  const data = { person, issuer, added, removed, again: before.endedAt !== null };
  return [
    { kind: "account", account: after },
    systemEntry("account_changed", now, `provider:${issuer}`, data),
  ];
}
