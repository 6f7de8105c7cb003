/** The registry straight on the store of this host; every change is recorded as the operator's. */
import { HaltpointProblem, type IdentityBody } from "@haltpoint/sdk";
import type { Answer } from "../../app/answer.ts";
import type { App } from "../../app/app.ts";
import { issueEnrolment } from "../../app/enrolments.ts";
import { identityView, saveIdentity, type SentIdentity } from "../../app/identities.ts";
import {
  issueCredential,
  personView,
  revokeCredential,
  savePerson,
  setOnCall,
} from "../../app/registry.ts";
import { usageFailure } from "./command-failure.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { RIGHT_NAMES } from "./rights.ts";

const BY_OPERATOR = { by: "operator" } as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9._@+|:/-]{0,127}$/;

/** `app` must be this process's own; nobody is asked whether they may. */
export function hostRegistry(app: App): RegistryAccess {
  return { ...hostIdentities(app), ...hostPeople(app) };
}

function hostIdentities(app: App) {
  return {
    identities: async () => {
      const all = await app.store.identities();
      return Promise.all(all.map((each) => identityView(app, each)));
    },
    addIdentity: async (body: IdentityBody & { readonly id: string }) => {
      const change = { ...BY_OPERATOR, ...reasonOf(body), mustBe: "new" } as const;
      return valueOf(await saveIdentity(app, sentOf(requireId(body.id), body), change));
    },
    changeIdentity: async (id: string, body: IdentityBody) => {
      const change = { ...BY_OPERATOR, ...reasonOf(body), mustBe: "known" } as const;
      return valueOf(await saveIdentity(app, sentOf(id, body), change));
    },
    addKey: async (id: string, expiresInMs: number) => {
      const order = {
        ...BY_OPERATOR,
        holder: { kind: "identity", id },
        expiresInMs,
        via: "key",
      } as const;
      return valueOf(await issueCredential(app, order));
    },
    revokeKey: async (id: string, keyId: string) => {
      const order = { ...BY_OPERATOR, holder: { kind: "identity", id }, id: keyId } as const;
      valueOf(await revokeCredential(app, order));
    },
  };
}

function hostPeople(app: App) {
  const rightsOf = (names: readonly string[]) => RIGHT_NAMES.filter((each) => names.includes(each));
  return {
    people: async () => (await app.store.persons()).map(personView),
    addPerson: async (body: Parameters<RegistryAccess["addPerson"]>[0]) => {
      const { id, name, rights, disabled } = body;
      const person = {
        id: requireId(id),
        name,
        rights: rightsOf(rights ?? []),
        disabled: disabled ?? false,
      };
      return valueOf(await savePerson(app, person, { ...BY_OPERATOR, mustBe: "new" }));
    },
    changePerson: async (id: string, body: Parameters<RegistryAccess["changePerson"]>[1]) => {
      const { name, rights, disabled } = body;
      const person = {
        id,
        name,
        ...(rights === undefined ? {} : { rights: rightsOf(rights) }),
        ...(disabled === undefined ? {} : { disabled }),
      };
      return valueOf(await savePerson(app, person, { ...BY_OPERATOR, mustBe: "known" }));
    },
    enrol: async (id: string, reason: string) => {
      const order = { ...BY_OPERATOR, person: id, reason };
      const { link, expiresAt } = valueOf(await issueEnrolment(app, order));
      return { link, expires_at: expiresAt };
    },
    setOnCall: async (roster: string, shifts: Parameters<RegistryAccess["setOnCall"]>[1]) => {
      valueOf(await setOnCall(app, { ...BY_OPERATOR, roster, shifts }));
    },
  };
}

function reasonOf({ reason }: IdentityBody): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** What was left out is left out: it is filled in where it is written. */
function sentOf(id: string, body: IdentityBody): SentIdentity {
  const { acts_for_people, reason: _reason, ...rest } = body;
  return {
    ...rest,
    id,
    ...(acts_for_people === undefined ? {} : { actsForPeople: acts_for_people }),
  };
}

function requireId(id: string): string {
  if (ID.test(id)) return id;
  throw usageFailure(
    `\`${id}\` cannot be an id: at most 128 letters, digits and \`. _ @ + | : / -\`, a letter or digit first`,
  );
}

/** A refusal of the use case is told as the server would tell it. */
function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new HaltpointProblem(answer.problem);
}
