/** Submission: one durable commit, redeemed in the same one where policy allows and it was asked. */
import {
  newId,
  samenessMac,
  type EnforcementDeclaration,
  type Revision,
  type SubmitBody,
} from "@haltpoint/protocol";
import { decide, replay } from "../domain/request/decide.ts";
import type { RequestEvent, Submission } from "../domain/request/events.ts";
import type { Actor, RequestScope, RequestState } from "../domain/request/model.ts";
import { entryOf } from "../domain/request/record.ts";
import { dueAt } from "../domain/request/due.ts";
import type { Right } from "../domain/request/commands.ts";
import type { ExpectedTotal } from "../ports/budgets.ts";
import type { Commit, Epochs, KeyRecord, StoredIdentity, Write } from "../ports/store.ts";
import { answered, problemOf, refused, type Answer } from "./answer.ts";
import type { DeclaredAction } from "../domain/policy/policy.ts";
import type { App } from "./app.ts";
import { budgetWrites, type Counting } from "./budgets.ts";
import { commitContent, contentWrites, type Content } from "./content.ts";
import { countedAmount } from "./card/amounts.ts";
import { clockOf, commitOnce, keyConflict, requestWrite } from "./execute.ts";
import { gatherFacts } from "./facts.ts";
import { joinQueue, NOT_JOINING, type Joining } from "./held-queue.ts";
import type { Membership } from "./known-facts.ts";
import { rightRequired } from "./right-fence.ts";
import { noticeWrites } from "./notices.ts";
import { titleOf } from "./words.ts";

export interface Submit {
  readonly identityId: string;
  readonly body: SubmitBody;
  readonly key: string;
  /** Redeem with it in the same commit when policy allows; SHA-256, base64url. */
  readonly attemptHash: string | null;
  /** Where the server asks for a person, who must have a right then; see `proposePolicy`. */
  readonly forPerson?: {
    readonly id: string;
    readonly right: Right;
    /** What is on record beside the request. */
    readonly writes: (requestId: string, now: number) => readonly Write[];
  };
}

export interface Submitted {
  readonly state: RequestState;
  readonly replayed: boolean;
}

const TRIES_MAX = 200;

export async function submitRequest(app: App, submit: Submit): Promise<Answer<Submitted>> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const outcome = await trySubmit(app, submit);
    if (outcome !== null) return outcome;
  }
  return refused("store_busy", "too much changed at once; nothing was submitted, try again");
}

async function trySubmit(app: App, submit: Submit): Promise<Answer<Submitted> | null> {
  const { store } = app;
  const { body, key } = submit;
  const standing = await store.standing();
  const { epochs, time } = standing;
  const { now } = time;
  const membership = await app.facts.membership(epochs.membership);
  const identity = await askingIdentity(membership, submit);
  if (identity === null) return refused("unauthenticated", "this identity is not registered");
  const plain = revisionOf(identity, body);
  if ("problem" in plain) return plain;
  const principal = `identity:${identity.id}`;
  const fingerprint = samenessMac(await store.secret("sameness"), plain.revision);
  const used = await store.key(principal, key);
  if (used !== null) return replayed(app, used, fingerprint);

  const refusal =
    lackingRight(membership, submit) ?? unacceptable(membership, identity, plain.revision);
  if (refusal !== null) return refusal;
  const policy = await app.policies.current(epochs.policy);
  const content = commitContent(app, plain.revision, policy.sensitivePaths(body.action.name));
  if ("reason" in content) {
    return refused("invalid_request", content.message, { field: content.path });
  }

  const submission = submissionOf(app, identity, content, body.enforcement ?? {}, now);
  const actor: Actor = { kind: "identity", id: identity.id };
  const { facts, counting } = await gatherFacts(app, standing, {
    identityId: identity.id,
    scope: submission.scope,
    onBehalfOf: submission.onBehalfOf,
    assurance: identity.assurance,
    obligations: null,
    leftOut: null,
    content: content.plain,
    actor,
    reviewers: [],
  });
  const scope = { ...submission.scope, impact: facts.policy.impact, impacts: facts.policy.impacts };
  const command = { kind: "submit", actor, submission: { ...submission, scope } } as const;
  const decision = decide(null, command, facts);
  if (decision.refusal !== null) {
    return { ok: false, problem: problemOf(decision.refusal, { requestId: submission.id, now }) };
  }
  const events = [...decision.events];
  let state = begun(replay(null, events));
  const joined =
    state.status === "held"
      ? await joinQueue(app, standing, {
          identity,
          content,
          forPerson: submit.forPerson !== undefined,
        })
      : answered(NOT_JOINING);
  if (!joined.ok) return joined;
  if (submit.attemptHash !== null && state.status === "approved") {
    const redeem = { kind: "redeem", actor, attemptHash: submit.attemptHash } as const;
    const redemption = decide(state, redeem, facts);
    events.push(...redemption.events);
    state = begun(replay(state, redemption.events));
  }
  const keyed = { principal, key, fingerprint };
  const declared = policy.declared(content.committed.action.name);
  const also = submit.forPerson?.writes(state.id, now) ?? [];
  const made = { state, events, content, declared, also, joining: joined.value };
  const totals = counting.fences(facts.policy);
  const commit = commitOf(app, made, { epochs, keyed, now, counting, totals });
  if (!(await commitOnce(app, commit, now))) return null;
  app.contents.keep(state.id, 0, content);
  return answered({ state, replayed: false });
}

/** The request, its content, its entries and its key: all of it or nothing. */
function commitOf(
  app: App,
  made: {
    readonly state: RequestState;
    readonly events: readonly RequestEvent[];
    readonly content: Content;
    readonly declared: DeclaredAction | null;
    readonly also: readonly Write[];
    readonly joining: Joining;
  },
  under: {
    readonly epochs: Epochs;
    readonly keyed: Pick<KeyRecord, "principal" | "key" | "fingerprint">;
    readonly now: number;
    readonly counting: Counting;
    readonly totals: readonly ExpectedTotal[];
  },
): Omit<Commit, "commandId"> {
  const { state, events, content, declared } = made;
  const { epochs, keyed, now, counting, totals } = under;
  const amount =
    state.policy.impact === null && state.policy.impacts === undefined
      ? {}
      : countedAmount(content.committed, declared);
  const { lookAlike } = made.joining;
  const alike = lookAlike === null ? {} : { lookAlike };
  const record: KeyRecord = { ...keyed, requestId: state.id, answer: null, at: now };
  return {
    expected: {
      request: { id: state.id, version: 0 },
      epochs,
      unusedKey: { principal: keyed.principal, key: keyed.key },
      ...beforeOf(events, now),
      ...(totals.length === 0 ? {} : { budgets: totals }),
      ...clockOf(events),
      ...made.joining.expected,
    },
    writes: [
      requestWrite(state, { title: titleOf(content.committed), ...amount, ...alike }),
      ...contentWrites(state.id, 0, content),
      ...entries(state.id, events, content.committed),
      ...events.flatMap((event) => noticeWrites(app, state, event)),
      { kind: "key", record },
      ...budgetWrites(null, state, counting, false),
      ...made.also,
      ...made.joining.writes,
    ],
  };
}

/** Who asks; where the server does for a person, that person is accountable for it. */
async function askingIdentity(
  membership: Membership,
  { identityId, forPerson }: Submit,
): Promise<StoredIdentity | null> {
  const identity = await membership.identity(identityId);
  return identity === null || forPerson === undefined
    ? identity
    : { ...identity, owner: forPerson.id };
}

function lackingRight(membership: Membership, { forPerson }: Submit): Answer<never> | null {
  if (forPerson === undefined) return null;
  const { id, right } = forPerson;
  return membership.withRight(right).includes(id) ? null : rightRequired(right);
}

/** The request whose key this is, if it is the same submission (I14). */
async function replayed(
  app: App,
  used: KeyRecord,
  fingerprint: string,
): Promise<Answer<Submitted>> {
  if (used.fingerprint !== fingerprint || used.requestId === null) return keyConflict(used.key);
  const state = await app.store.request(used.requestId);
  if (state === null) throw new Error(`${used.requestId} has a key and no row`);
  return answered({ state, replayed: true });
}

/**
 * Revision 0. INVARIANT: I13. The subject's type and id are the registry's; what was sent about
 * them is refused where it differs, not believed.
 */
function revisionOf(
  identity: StoredIdentity,
  body: SubmitBody,
): { readonly revision: Revision } | Extract<Answer<never>, { ok: false }> {
  const { subject, action, resource, context } = body;
  if (subject !== undefined && (subject.id !== identity.id || subject.type !== identity.type)) {
    return refused(
      "invalid_request",
      `the credential is that of ${identity.type} \`${identity.id}\`; leave \`subject\` out or send that`,
      { field: "subject" },
    );
  }
  const properties = subject?.properties;
  return {
    revision: {
      subject: {
        type: identity.type,
        id: identity.id,
        ...(properties === undefined ? {} : { properties }),
      },
      action,
      resource,
      ...(context === undefined ? {} : { context }),
    },
  };
}

/** What is refused before policy is asked: an unknown person behind it. */
function unacceptable(
  membership: Membership,
  identity: StoredIdentity,
  revision: Revision,
): Answer<never> | null {
  const onBehalfOf = textOf(revision.context, "on_behalf_of");
  const field = "context.on_behalf_of";
  if (onBehalfOf === null && identity.actsForPeople) {
    return refused("invalid_request", "this identity acts for people: send the person's id", {
      field,
    });
  }
  if (onBehalfOf !== null && !membership.persons.has(onBehalfOf)) {
    return refused("invalid_request", `no person \`${onBehalfOf}\` is registered`, { field });
  }
  return null;
}

function submissionOf(
  app: App,
  identity: StoredIdentity,
  content: Content,
  enforcement: EnforcementDeclaration,
  now: number,
): Submission {
  const { context, action } = content.plain;
  const scope: RequestScope = {
    identity: identity.id,
    owner: identity.owner,
    groups: identity.groups,
    session: textOf(context, "session"),
    trace: textOf(context, "trace"),
    action: action.name,
    impact: null,
  };
  return {
    id: newId("req", now, app.random.bytes(10)),
    scope,
    identityType: identity.type,
    actsForPeople: identity.actsForPeople,
    onBehalfOf: textOf(context, "on_behalf_of"),
    assurance: identity.assurance,
    stoppable: enforcement.stoppable ?? "no",
    releaseOnly: enforcement.release_only ?? false,
    callerReturns: enforcement.caller_returns ?? false,
    createdAt: now,
    lifetimeEndsAt: now + app.limits.lifetimeMs,
    digest: content.digest,
  };
}

function textOf(context: Revision["context"], name: string): string | null {
  const value = context !== undefined && Object.hasOwn(context, name) ? context[name] : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}

function entries(
  requestId: string,
  events: readonly RequestEvent[],
  committed: Revision,
): readonly Write[] {
  return events.flatMap((event): readonly Write[] => {
    const draft = entryOf(requestId, event, event.kind === "submitted" ? committed : undefined);
    return draft === null ? [] : [{ kind: "entry", draft }];
  });
}

/** A redemption in the same commit relies on the grant's deadline being ahead (I7). */
function beforeOf(events: readonly RequestEvent[], now: number): { readonly before?: number } {
  const first = replay(null, events.slice(0, 1));
  const due = first === null ? null : dueAt(first);
  return due !== null && due > now ? { before: due } : {};
}

function begun(state: RequestState | null): RequestState {
  if (state === null) throw new Error("a submission makes a request");
  return state;
}
