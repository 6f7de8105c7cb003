/** The registry as commands use it: through a server, or straight on the store of this host. */
import type {
  EnrolmentView,
  IdentityView,
  PersonView,
  SavedIdentityView,
} from "@haltpoint/protocol";
import type { IdentityBody, NewKey, PersonBody, Shift } from "@haltpoint/sdk";

export interface RegistryAccess {
  identities(): Promise<readonly IdentityView[]>;
  addIdentity(body: IdentityBody & { readonly id: string }): Promise<SavedIdentityView>;
  changeIdentity(id: string, body: IdentityBody): Promise<SavedIdentityView>;
  addKey(id: string, expiresInMs: number): Promise<NewKey>;
  revokeKey(id: string, keyId: string): Promise<void>;
  people(): Promise<readonly PersonView[]>;
  addPerson(body: PersonBody & { readonly id: string }): Promise<PersonView>;
  changePerson(id: string, body: PersonBody): Promise<PersonView>;
  /** A one-time link by which they get a passkey. */
  enrol(id: string, reason: string): Promise<EnrolmentView>;
  setOnCall(roster: string, shifts: readonly Shift[]): Promise<void>;
}
