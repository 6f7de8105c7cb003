/**
 * Facts that change only with an epoch, read once for each epoch and kept while it stands: who is
 * registered, who is on call, what is halted.
 *
 * INVARIANT: facts are fenced (T37). Whoever asks has read the epochs before, so what is read for
 * them here is of that epoch or newer, never older; if it was newer, the commit is stale and all is
 * asked again. Nothing here is truth: a server that starts, or missed a change, reads the store.
 */
import { CHANGE_PREFIX } from "../domain/registry/lifecycle.ts";
import { PUBLISH_ACTION, PUBLISHER } from "../domain/policy/policy.ts";
import type { StoredBudget } from "../ports/budgets.ts";
import type { StoredAccount } from "../ports/provider-accounts.ts";
import type {
  StoredHalt,
  StoredIdentity,
  StoredPerson,
  OnCallShift,
  Store,
} from "../ports/store.ts";

/** Above these the oldest are read again. */
const IDENTITIES_MAX = 10_000;
const SCOPES_MAX = 10_000;

/** The server itself, where it acts for whoever proposes a change; it is in no registry. */
const PUBLISHER_IDENTITY: StoredIdentity = {
  id: PUBLISHER,
  type: "workload",
  owner: "",
  stage: "active",
  groups: [],
  labels: {},
  actsForPeople: true,
  assurance: "mediated",
  mode: "enforce",
  may: [PUBLISH_ACTION, `${CHANGE_PREFIX}*`],
  stageBy: null,
  stageAt: null,
  createdAt: 0,
};

/** The registry as of one membership epoch. */
export class Membership {
  readonly epoch: number;
  /** Whose account at the identity provider has ended is disabled, too, until it is back (T11). */
  readonly persons: ReadonlyMap<string, StoredPerson>;
  /** Ids of persons who are not disabled. */
  readonly active: ReadonlySet<string>;
  readonly #store: Store;
  /** Persons with an account at an identity provider. */
  readonly linked: ReadonlySet<string>;
  readonly #hasOperator: boolean;
  readonly #providerGroups: ReadonlyMap<string, readonly string[]>;
  readonly #identities = new Map<string, StoredIdentity | null>();
  #shifts: readonly OnCallShift[] | null = null;

  constructor(
    store: Store,
    epoch: number,
    registered: readonly StoredPerson[],
    accounts: readonly StoredAccount[],
  ) {
    this.#store = store;
    this.epoch = epoch;
    const ended = new Set(accounts.filter((each) => each.endedAt !== null).map(personOf));
    const persons = registered.map((person) =>
      ended.has(person.id) ? { ...person, disabled: true } : person,
    );
    this.persons = new Map(persons.map((person) => [person.id, person]));
    this.linked = new Set(accounts.map(personOf));
    this.#providerGroups = membersByGroup(accounts);
    const active = persons.filter((each) => !each.disabled);
    this.active = new Set(active.map((each) => each.id));
    this.#hasOperator = active.some((each) => each.rights.includes("operator"));
  }

  /** Active persons with a right. */
  withRight(right: string): readonly string[] {
    const all = [...this.persons.values()];
    return all.flatMap(({ id, disabled, rights }) =>
      !disabled && rights.some((each) => each === right) ? [id] : [],
    );
  }

  /** Whether anybody could be told of a veto window: an operator, or the identity's owner. */
  hasInterrupter(owner: string | null): boolean {
    return this.#hasOperator || (owner !== null && this.active.has(owner));
  }

  /** Whom the identity provider last said to be in this group. */
  inProviderGroup(name: string): readonly string[] {
    return this.#providerGroups.get(name) ?? [];
  }

  async identity(id: string): Promise<StoredIdentity | null> {
    if (id === PUBLISHER) return PUBLISHER_IDENTITY;
    const known = this.#identities.get(id);
    if (known !== undefined) return known;
    const read = await this.#store.identity(id);
    remember(this.#identities, id, read, IDENTITIES_MAX);
    return read;
  }

  /** Persons whose shift includes `at`: from its start, up to and without its end. */
  async onCall(roster: string, at: number): Promise<readonly string[]> {
    this.#shifts ??= await this.#store.onCallShifts();
    const now = this.#shifts.filter(
      (shift) => shift.roster === roster && shift.from <= at && at < shift.until,
    );
    return [...new Set(now.map(({ person }) => person))];
  }
}

const personOf = (account: StoredAccount): string => account.person;

function membersByGroup(accounts: readonly StoredAccount[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { person, groups: named } of accounts) {
    for (const group of named) groups.set(group, [...(groups.get(group) ?? []), person]);
  }
  return groups;
}

export class KnownFacts {
  readonly #store: Store;
  #membership: Membership | null = null;
  #budgets: {
    readonly epoch: number;
    readonly known: ReadonlyMap<string, StoredBudget>;
  } | null = null;
  #haltEpoch = -1;
  #halts = new Map<string, readonly StoredHalt[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  async membership(epoch: number): Promise<Membership> {
    if (this.#membership?.epoch === epoch) return this.#membership;
    const persons = await this.#store.persons();
    const accounts = await this.#store.accounts();
    const read = new Membership(this.#store, epoch, persons, accounts);
    // A command that was overtaken must not put its older epoch in the place of a newer one.
    if (this.#membership === null || this.#membership.epoch < epoch) this.#membership = read;
    return read;
  }

  /** Budgets of the policy of this epoch, by their definition. */
  async budgets(policyEpoch: number): Promise<ReadonlyMap<string, StoredBudget>> {
    if (this.#budgets?.epoch === policyEpoch) return this.#budgets.known;
    const inForce = (await this.#store.budgets()).filter(({ retired }) => !retired);
    const known = new Map(inForce.map((budget) => [budget.definition, budget]));
    if (this.#budgets === null || this.#budgets.epoch < policyEpoch) {
      this.#budgets = { epoch: policyEpoch, known };
    }
    return known;
  }

  /** Halts of these scopes, newest first, lifted ones included. */
  async haltsFor(epoch: number, scopeKeys: readonly string[]): Promise<readonly StoredHalt[]> {
    const key = JSON.stringify(scopeKeys);
    if (this.#haltEpoch === epoch) {
      const known = this.#halts.get(key);
      if (known !== undefined) return known;
    } else if (this.#haltEpoch < epoch) {
      this.#haltEpoch = epoch;
      this.#halts = new Map();
    }
    const halts = this.#haltEpoch === epoch ? this.#halts : null;
    const read = await this.#store.haltsFor(scopeKeys);
    if (halts !== null) remember(halts, key, read, SCOPES_MAX);
    return read;
  }
}

/** Adds to a map that forgets what it has held longest. */
function remember<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  if (map.size >= max) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
