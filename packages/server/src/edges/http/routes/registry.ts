/** Administration of who there is: identities, people, their credentials, rosters. */
import type { IdentityView } from "@haltpoint/protocol";
import { refused } from "../../../app/answer.ts";
import type { App } from "../../../app/app.ts";
import { principalName } from "../../../app/authenticate.ts";
import { identityView, saveIdentity, type SentIdentity } from "../../../app/identities.ts";
import {
  issueCredential,
  personView,
  revokeCredential,
  savePerson,
  setOnCall,
  type Change,
} from "../../../app/registry.ts";
import type { StoredIdentity } from "../../../ports/store.ts";
import { PERSON, withRights, type Person } from "../access.ts";
import { PageQuery } from "../query.ts";
import { created, ok, route, type Call, type Route } from "../route.ts";
import { PersonNamePageShape } from "../schema/card-shapes.ts";
import {
  IdentityPageShape,
  IdentityViewShape,
  SavedIdentityShape,
  IssuedShape,
  KeyViewShape,
  PersonPageShape,
  PersonViewShape,
  RosterViewShape,
} from "../schema/answer-shapes.ts";
import {
  IdentityChangeShape,
  NewCredentialShape,
  NewIdentityShape,
  NewPersonShape,
  PersonChangeShape,
  RosterShape,
} from "../schema/registry-shapes.ts";
import { ID_PATTERN } from "../schema/terms.ts";
import { pageOf } from "./list-query.ts";

const OPERATOR = withRights(["operator"]);
/** Auditors read everything and change nothing. */
const READER = withRights(["operator", "auditor"]);
const ID = new RegExp(ID_PATTERN);

/** Who changes what under which key. `about` is the thing's id. */
async function changeOf(
  call: Call<Person, unknown, unknown>,
  kind: string,
  about: string | null,
): Promise<Change> {
  const { principal, body, keyed } = call;
  return { by: principalName(principal), keyed: await keyed({ kind, requestId: about, body }) };
}

/** What policy says of it, besides what may be wrong with it. */
const CHANGE_PROBLEMS = [
  "idempotency_conflict",
  "separation_of_duties",
  "denied",
  "reason_required",
  "too_many_requests",
] as const;

function reasonOf({ reason }: { readonly reason?: string | undefined }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** As the use case takes it. What was left out is left out: it is filled in where it is written. */
function sentIdentity(id: string, body: Partial<Omit<IdentityView, "id" | "keys">>): SentIdentity {
  const { type, owner, stage, groups, labels, acts_for_people, assurance, mode, may } = body;
  return {
    id,
    ...(type === undefined ? {} : { type }),
    ...(owner === undefined ? {} : { owner }),
    ...(stage === undefined ? {} : { stage }),
    ...(groups === undefined ? {} : { groups }),
    ...(labels === undefined ? {} : { labels }),
    ...(acts_for_people === undefined ? {} : { actsForPeople: acts_for_people }),
    ...(assurance === undefined ? {} : { assurance }),
    ...(mode === undefined ? {} : { mode }),
    ...(may === undefined ? {} : { may }),
  };
}

/** Who an agent is concerns everybody who decides about it; its keys concern who answers for it. */
async function identitySeenBy(
  app: App,
  identity: StoredIdentity,
  { id, rights }: Person,
): Promise<IdentityView> {
  const view = await identityView(app, identity);
  const maySeeKeys =
    id === identity.owner || rights.includes("operator") || rights.includes("auditor");
  return maySeeKeys ? view : { ...view, keys: [] };
}

const identities: readonly Route[] = [
  route({
    id: "listIdentities",
    method: "GET",
    path: "/v1/identities",
    tag: "registry",
    summary: "Identities; their keys for their owners, operators and auditors",
    access: PERSON,
    query: PageQuery,
    answers: { 200: IdentityPageShape },
    async run({ edge, principal, query }) {
      const { app } = edge;
      const page = pageOf(await app.store.identities(), (each) => each.id, query, app);
      if (!page.ok) return page;
      const items = await Promise.all(
        page.value.items.map((each) => identitySeenBy(app, each, principal)),
      );
      return ok({ items, cursor: page.value.cursor });
    },
  }),
  route({
    id: "registerIdentity",
    method: "POST",
    path: "/v1/identities",
    tag: "registry",
    summary: "Register an identity",
    access: OPERATOR,
    body: NewIdentityShape,
    answers: { 201: SavedIdentityShape },
    problems: [...CHANGE_PROBLEMS, "already_exists"],
    async run(call) {
      const { edge, body } = call;
      const identity = sentIdentity(body.id, body);
      const change = await changeOf(call, "register_identity", body.id);
      const about = { ...change, ...reasonOf(body), mustBe: "new" } as const;
      const saved = await saveIdentity(edge.app, identity, about);
      return saved.ok ? created(saved.value) : saved;
    },
  }),
  route({
    id: "viewIdentity",
    method: "GET",
    path: "/v1/identities/:id",
    tag: "registry",
    summary: "One identity; its keys for its owner, operators and auditors",
    access: PERSON,
    answers: { 200: IdentityViewShape },
    problems: ["not_found"],
    async run({ edge, principal, params }) {
      const known = await edge.app.store.identity(params["id"] ?? "");
      if (known === null) return noIdentity();
      return ok(await identitySeenBy(edge.app, known, principal));
    },
  }),
  route({
    id: "changeIdentity",
    method: "PUT",
    path: "/v1/identities/:id",
    tag: "registry",
    summary: "Change an identity; members left out stay as they are",
    access: OPERATOR,
    body: IdentityChangeShape,
    answers: { 200: SavedIdentityShape },
    problems: [...CHANGE_PROBLEMS, "not_found"],
    async run(call) {
      const { app } = call.edge;
      const id = call.params["id"] ?? "";
      const change = await changeOf(call, "change_identity", id);
      const identity = sentIdentity(id, call.body);
      const about = { ...change, ...reasonOf(call.body), mustBe: "known" } as const;
      const saved = await saveIdentity(app, identity, about);
      return saved.ok ? ok(saved.value) : saved;
    },
  }),
];

function noIdentity() {
  return refused("not_found", "no such identity is registered");
}

const people: readonly Route[] = [
  route({
    id: "listPeople",
    method: "GET",
    path: "/v1/people",
    tag: "registry",
    summary: "People",
    access: READER,
    query: PageQuery,
    answers: { 200: PersonPageShape },
    async run({ edge, query }) {
      const persons = (await edge.app.store.persons()).map(personView);
      const page = pageOf(persons, (each) => each.id, query, edge.app);
      return page.ok ? ok(page.value) : page;
    },
  }),
  route({
    id: "listNames",
    method: "GET",
    path: "/v1/people/names",
    tag: "registry",
    summary: "Ids and names of everybody active, for pointing at somebody",
    access: PERSON,
    query: PageQuery,
    answers: { 200: PersonNamePageShape },
    async run({ edge, query }) {
      const active = (await edge.app.store.persons()).filter((each) => !each.disabled);
      const names = active.map(({ id, name }) => ({ id, name }));
      const page = pageOf(names, (each) => each.id, query, edge.app);
      return page.ok ? ok(page.value) : page;
    },
  }),
  route({
    id: "registerPerson",
    method: "POST",
    path: "/v1/people",
    tag: "registry",
    summary: "Register a person",
    access: OPERATOR,
    body: NewPersonShape,
    answers: { 201: PersonViewShape },
    problems: ["already_exists", "idempotency_conflict"],
    async run(call) {
      const { id, name, rights = [], disabled = false } = call.body;
      const change = await changeOf(call, "register_person", id);
      const person = { id, name, rights, disabled };
      const saved = await savePerson(call.edge.app, person, { ...change, mustBe: "new" });
      return saved.ok ? created(saved.value) : saved;
    },
  }),
  route({
    id: "changePerson",
    method: "PUT",
    path: "/v1/people/:id",
    tag: "registry",
    summary: "Change a person; members left out stay as they are",
    access: OPERATOR,
    body: PersonChangeShape,
    answers: { 200: PersonViewShape },
    problems: ["not_found", "idempotency_conflict", "separation_of_duties"],
    async run(call) {
      const { app } = call.edge;
      const id = call.params["id"] ?? "";
      const { name, rights, disabled } = call.body;
      const change = await changeOf(call, "change_person", id);
      const person = {
        id,
        ...(name === undefined ? {} : { name }),
        ...(rights === undefined ? {} : { rights }),
        ...(disabled === undefined ? {} : { disabled }),
      };
      const saved = await savePerson(app, person, { ...change, mustBe: "known" });
      return saved.ok ? ok(saved.value) : saved;
    },
  }),
];

const keys: readonly Route[] = [
  route({
    id: "issueKey",
    method: "POST",
    path: "/v1/identities/:id/keys",
    tag: "registry",
    summary: "Issue a key; its secret is shown this once",
    access: OPERATOR,
    body: NewCredentialShape,
    answers: { 201: IssuedShape },
    problems: [
      "not_found",
      "limit_exceeded",
      "already_exists",
      "idempotency_conflict",
      "identity_suspended",
    ],
    async run(call) {
      const holder = { kind: "identity", id: call.params["id"] ?? "" } as const;
      const change = await changeOf(call, "issue_credential", `identity:${holder.id}`);
      const expiresInMs = call.body.expires_in_ms;
      const issued = await issueCredential(call.edge.app, {
        ...change,
        holder,
        expiresInMs,
        via: "key",
      });
      return issued.ok ? created(issued.value) : issued;
    },
  }),
  route({
    id: "revokeKey",
    method: "DELETE",
    path: "/v1/identities/:id/keys/:key_id",
    tag: "registry",
    summary: "Revoke a key at once",
    access: OPERATOR,
    answers: { 200: KeyViewShape },
    problems: ["not_found", "idempotency_conflict"],
    async run(call) {
      const holder = { kind: "identity", id: call.params["id"] ?? "" } as const;
      const id = call.params["key_id"] ?? "";
      const change = await changeOf(call, "revoke_credential", id);
      const revoked = await revokeCredential(call.edge.app, { ...change, holder, id });
      return revoked.ok ? ok(revoked.value) : revoked;
    },
  }),
];

const roster = route({
  id: "setOnCall",
  method: "PUT",
  path: "/v1/on-call/:roster",
  tag: "registry",
  summary: "Replace the shifts of a roster",
  access: OPERATOR,
  body: RosterShape,
  answers: { 200: RosterViewShape },
  problems: ["idempotency_conflict", "separation_of_duties"],
  async run(call) {
    const name = call.params["roster"] ?? "";
    if (!ID.test(name)) {
      return refused("invalid_request", "`roster` must be a name without spaces", {
        field: "roster",
      });
    }
    const change = await changeOf(call, "set_on_call", name);
    const set = await setOnCall(call.edge.app, {
      ...change,
      roster: name,
      shifts: call.body.shifts,
    });
    if (!set.ok) return set;
    const shifts = set.value.map(({ person, from, until }) => ({ person, from, until }));
    return ok({ roster: name, shifts });
  },
});

export const REGISTRY_ROUTES: readonly Route[] = [...identities, ...keys, ...people, roster];
