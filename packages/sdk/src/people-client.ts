/** The calls of a person: what the command line, or another tool of theirs, asks of a server. */
import type {
  CoverageView,
  DelegateBody,
  EditBody,
  EnrolmentView,
  EntryView,
  ExtendBody,
  FollowUpBody,
  HaltBody,
  HaltView,
  IdentityView,
  SavedIdentityView,
  KeyView,
  OverrideBody,
  NewPolicyBody,
  PersonView,
  PolicyVersionsView,
  PolicyView,
  PublishedPolicy,
  QuestionBody,
  ReasonBody,
  ReplayBody,
  ReplayView,
  ReportView,
  ResolveBody,
  ReviewBody,
  SubmitBody,
  WhoAmI,
} from "@haltpoint/protocol";
import {
  asDecisionAnswer,
  asListedRequest,
  asRequestView,
  pageOf,
  shaped,
  type Check,
} from "./answers.ts";
import { type ListQuery, pathOf } from "./client.ts";
import { type CallOptions, createTransport, type Transport } from "./transport.ts";

export interface PeopleClientOptions {
  readonly url: string;
  /** `hps_…`, of `haltpoint login`, or `hpp_…`, of a development server. */
  readonly token: string;
  readonly fetch?: typeof fetch;
  /** How long one try may take. Default 10 s. */
  readonly timeoutMs?: number;
}

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** A new key; `secret` is shown this once. */
export interface NewKey {
  readonly key: KeyView;
  readonly secret: string;
}

/** What the registry takes about an identity; members left out keep their value or default. */
export type IdentityBody = Partial<Omit<IdentityView, "id" | "keys">> & {
  /** For whoever decides about the change, where the policy lets somebody. */
  readonly reason?: string;
};

export interface PersonBody {
  readonly name: string;
  readonly rights?: readonly string[];
  readonly disabled?: boolean;
}

/** Somebody's turn on a roster; times in milliseconds since the epoch. */
export interface Shift {
  readonly person: string;
  readonly from: number;
  readonly until: number;
}

/** A request that is only imagined, to see what policy would say. */
export type ExplainedRequest = SubmitBody & { readonly identity: string };

export interface Explanation {
  readonly decision: unknown;
  readonly text: string;
}

export interface CoverageQuery {
  /** Requests submitted at or after; milliseconds since the epoch. Default: 30 days ago. */
  readonly since?: number;
  /** Of these the latest so many. */
  readonly latest?: number;
}

export type PublishOptions = CallOptions & Omit<NewPolicyBody, "text">;

const asHalt = shaped<HaltView>("halt", { id: "string", scope: "object", active: "boolean" });
const asIdentity = shaped<IdentityView>("identity", { id: "string", keys: "array" });
const asSavedIdentity = shaped<SavedIdentityView>("identity", { id: "string", keys: "array" });
const asPerson = shaped<PersonView>("person", { id: "string", rights: "array" });
const asNewKey = shaped<NewKey>("key", { key: "object", secret: "string" });
const asEnrolment = shaped<EnrolmentView>("link", { link: "string", expires_at: "number" });
const asWhoAmI = shaped<WhoAmI>("sign-in", { kind: "string", id: "string", rights: "array" });
const asEntry = shaped<EntryView>("entry", { index: "number", canonical: "string" });
const asReport = shaped<ReportView>("report", { since: "number", by_status: "object" });
const asPolicy = shaped<PolicyView>("policy", { version: "string", text: "string" });
const asPublished = shaped<PublishedPolicy>("policy", { version: "string" });
const asVersions = shaped<PolicyVersionsView>("policies", { items: "array" });
const asReplay = shaped<ReplayView>("replay", { judged: "number", changes: "array" });
const asCoverage = shaped<CoverageView>("coverage", { judged: "number", tools: "array" });
const asExplanation = shaped<Explanation>("explanation", { text: "string" });
/** 200,000 requests take about half of it on a small machine. */
const REPLAY_TIMEOUT_MS = 120_000;
const asDone: Check<void> = () => undefined;

export type PeopleClient = ReturnType<typeof createPeopleClient>;

/**
 * Every call may throw `HaltpointProblem`, `Unreachable`, `BadAnswer`, or the reason of its signal.
 * `id` of a request may be its short id. Faults of the network are retried with the same
 * Idempotency-Key; give a `key` to retry by hand.
 */
export function createPeopleClient({ token, ...options }: PeopleClientOptions) {
  const verbs = verbsOf(createTransport({ ...options, secret: token }));
  return {
    ...lookingCalls(verbs),
    ...decidingCalls(verbs),
    ...haltCalls(verbs),
    identities: identityCalls(verbs),
    people: personCalls(verbs),
    policies: policyCalls(verbs),
    onCall: (roster: string, shifts: readonly Shift[], options?: CallOptions) =>
      verbs.put(at("on-call", roster), { shifts }, asDone, options),
  };
}

type Verbs = ReturnType<typeof verbsOf>;

function verbsOf(call: Transport) {
  const send =
    (method: "POST" | "PUT" | "DELETE") =>
    <T>(path: string, body: object | undefined, check: Check<T>, options: CallOptions = {}) =>
      call({ ...options, method, path, ...(body === undefined ? {} : { body }) }, check);
  return {
    get: <T>(
      path: string,
      check: Check<T>,
      query: ListQuery | CoverageQuery = {},
      options: CallOptions = {},
    ): Promise<T> => call({ ...options, method: "GET", path, query: { ...query } }, check),
    post: send("POST"),
    put: send("PUT"),
    remove: send("DELETE"),
  };
}

function at(collection: string, id: string): string {
  return `/v1/${collection}/${encodeURIComponent(id)}`;
}

function lookingCalls({ get, post }: Verbs) {
  return {
    whoami: () => get("/v1/whoami", asWhoAmI),
    /** Ends this session; a token that is none stays as it is. */
    signOut: () => post("/v1/sign-out", undefined, asDone),
    /** What this person may decide now, the nearest deadline first. */
    inbox: (query: PageQuery = {}) => get("/v1/inbox", pageOf(asListedRequest), query),
    list: (query: ListQuery = {}) => get("/v1/requests", pageOf(asListedRequest), query),
    get: (id: string) => get(pathOf(id), asRequestView),
    entries: (id: string, query: PageQuery = {}) =>
      get(`${pathOf(id)}/entries`, pageOf(asEntry), query),
    /** What policy and people did since a time in milliseconds since the epoch. */
    report: (since: number) => get("/v1/report", asReport, { since }),
  };
}

function decidingCalls({ post }: Verbs) {
  const act =
    <Body extends object>(verb: string) =>
    (id: string, body: Body, options?: CallOptions) =>
      post(`${pathOf(id)}/${verb}`, body, asDecisionAnswer, options);
  return {
    review: act<ReviewBody>("reviews"),
    edit: act<EditBody>("edits"),
    ask: act<QuestionBody>("questions"),
    retract: act<Partial<ReasonBody>>("retract"),
    extend: act<ExtendBody>("extend"),
    delegate: act<DelegateBody>("delegate"),
    resolve: act<ResolveBody>("resolve"),
    interrupt: act<ReasonBody>("interrupt"),
    override: act<OverrideBody>("override"),
    followUp: act<FollowUpBody>("follow-up"),
  };
}

function haltCalls({ get, post, remove }: Verbs) {
  return {
    halts: (query: PageQuery = {}) => get("/v1/halts", pageOf(asHalt), query),
    halt: (body: HaltBody, options?: CallOptions) => post("/v1/halts", body, asHalt, options),
    /** Still `active` in the answer: a second person must lift it too. */
    lift: (id: string, body: ReasonBody, options?: CallOptions) =>
      remove(at("halts", id), body, asHalt, options),
  };
}

function identityCalls({ get, post, put, remove }: Verbs) {
  return {
    list: (query: PageQuery = {}) => get("/v1/identities", pageOf(asIdentity), query),
    get: (id: string) => get(at("identities", id), asIdentity),
    create: (body: IdentityBody & { readonly id: string }, options?: CallOptions) =>
      post("/v1/identities", body, asSavedIdentity, options),
    /** Not changed yet where the answer has a `proposal`: somebody has to approve it. */
    update: (id: string, body: IdentityBody, options?: CallOptions) =>
      put(at("identities", id), body, asSavedIdentity, options),
    createKey: (id: string, expiresInMs: number, options?: CallOptions) =>
      post(`${at("identities", id)}/keys`, { expires_in_ms: expiresInMs }, asNewKey, options),
    revokeKey: (id: string, keyId: string, options?: CallOptions) =>
      remove(
        `${at("identities", id)}/keys/${encodeURIComponent(keyId)}`,
        undefined,
        asDone,
        options,
      ),
  };
}

function personCalls({ get, post, put }: Verbs) {
  return {
    list: (query: PageQuery = {}) => get("/v1/people", pageOf(asPerson), query),
    create: (
      body: PersonBody & { readonly id: string; readonly name: string },
      options?: CallOptions,
    ) => post("/v1/people", body, asPerson, options),
    update: (id: string, body: PersonBody, options?: CallOptions) =>
      put(at("people", id), body, asPerson, options),
    /** A one-time link by which they get a passkey; shown this once. */
    enrol: (id: string, reason: string, options?: CallOptions) =>
      post(`${at("people", id)}/enrolments`, { reason }, asEnrolment, options),
  };
}

function policyCalls({ get, post }: Verbs) {
  return {
    current: () => get("/v1/policies/current", asPolicy),
    /** What is, or was, in force, the newest first. */
    versions: () => get("/v1/policies", asVersions),
    version: (version: string) => get(at("policies", version), asPolicy),
    /**
     * Proposes it: a second policy admin decides. One that does not load: problem
     * `unsupported_policy`, its place in `detail`.
     */
    publish: (text: string, { reason, live, ...options }: PublishOptions = {}) =>
      post(
        "/v1/policies",
        {
          text,
          ...(reason === undefined ? {} : { reason }),
          ...(live === undefined ? {} : { live }),
        },
        asPublished,
        { timeoutMs: REPLAY_TIMEOUT_MS, ...options },
      ),
    explain: (request: ExplainedRequest, options?: CallOptions) =>
      post("/v1/policies/explain", { request }, asExplanation, options),
    /** Which tools agents call, and which no rule is about. It may take a minute, as a replay. */
    coverage: (query: CoverageQuery = {}, options?: CallOptions) =>
      get("/v1/policy/coverage", asCoverage, query, {
        timeoutMs: REPLAY_TIMEOUT_MS,
        retriesMax: 0,
        ...options,
      }),
    /** It may take a minute where much is on record. */
    replay: (body: ReplayBody, options?: CallOptions) =>
      post("/v1/policy/replay", body, asReplay, {
        timeoutMs: REPLAY_TIMEOUT_MS,
        retriesMax: 0,
        ...options,
      }),
  };
}
