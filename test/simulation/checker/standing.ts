/**
 * What is true outside of requests at one place in the log: who exists and may act, which policy is
 * in force, what is halted. Followed entry by entry; nothing is asked of the server.
 */
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import type { Variant } from "../policy-variant.ts";
import { actorOf, flagIn, textIn, textOrNullIn, textsIn, type Recorded } from "./recorded.ts";
import { must } from "./violation.ts";

export interface KnownIdentity {
  readonly owner: string;
  readonly stage: string;
  readonly groups: readonly string[];
  readonly actsForPeople: boolean;
}

interface KnownHalt {
  readonly scope: string;
  /** The place in the log at which it was placed. */
  readonly placedAt: number;
  readonly liftAskedBy: Set<string>;
  isLifted: boolean;
}

export class Standing {
  readonly #variants: ReadonlyMap<string, Variant>;
  readonly #persons = new Map<string, { rights: readonly string[]; disabled: boolean }>();
  readonly #identities = new Map<string, KnownIdentity>();
  readonly #halts = new Map<string, KnownHalt>();
  #variant: Variant | null = null;
  #version: string | null = null;

  /** @param variants every policy of the simulation, by version. */
  constructor(variants: ReadonlyMap<string, Variant>) {
    this.#variants = variants;
  }

  get variant(): Variant | null {
    return this.#variant;
  }

  identity(id: string): KnownIdentity | null {
    return this.#identities.get(id) ?? null;
  }

  isActive(person: string): boolean {
    return this.#persons.get(person)?.disabled === false;
  }

  hasRight(person: string, right: string): boolean {
    return this.isActive(person) && this.#persons.get(person)?.rights.includes(right) === true;
  }

  /** Everybody who may act at all. */
  activePersons(): readonly string[] {
    return [...this.#persons.keys()].filter((person) => this.isActive(person));
  }

  /** Whether a person is among a source's members now. */
  isMember(person: string, source: string, identityId: string): boolean {
    if (!this.isActive(person)) return false;
    const [kind = "", name = ""] = source.split(":");
    if (kind === "group") return this.#variant?.groups[name]?.includes(person) === true;
    if (kind === "person") return name === person;
    return this.identity(identityId)?.owner === person;
  }

  /** Whether somebody could be told of a veto window and stop what waits in it. */
  canInterrupt(identityId: string): boolean {
    const owner = this.identity(identityId)?.owner;
    return this.activePersons().some(
      (person) => person === owner || this.hasRight(person, "operator"),
    );
  }

  /** Places in the log of halts with one of these scopes; `isInForce`: not lifted. */
  haltsOn(scopes: ReadonlySet<string>): readonly { placedAt: number; isInForce: boolean }[] {
    return [...this.#halts.values()]
      .filter((halt) => scopes.has(halt.scope))
      .map(({ placedAt, isLifted }) => ({ placedAt, isInForce: !isLifted }));
  }

  /** @throws Violation for a change that nobody may make. */
  apply(entry: SealedEntry): void {
    const { kind, data } = entry;
    switch (kind) {
      case "person_registered":
      case "person_changed":
        this.#persons.set(textIn(data, "id"), {
          rights: textsIn(data, "rights"),
          disabled: flagIn(data, "disabled"),
        });
        return;
      case "identity_registered":
      case "identity_changed":
        this.#identities.set(textIn(data, "id"), {
          owner: textIn(data, "owner"),
          stage: textIn(data, "stage"),
          groups: textsIn(data, "groups"),
          actsForPeople: flagIn(data, "actsForPeople"),
        });
        return;
      case "policy_published": {
        this.#publish(textIn(data, "version"), textOrNullIn(data, "previous"));
        return;
      }
      case "halted":
        this.#halts.set(textIn(data, "id"), {
          scope: textIn(data, "scope"),
          placedAt: entry.logIndex,
          liftAskedBy: new Set(),
          isLifted: false,
        });
        return;
      case "grants_ended":
        // As a halt that was lifted at once: what was granted before it is dead.
        this.#halts.set(textIn(data, "id"), {
          scope: textIn(data, "scope"),
          placedAt: entry.logIndex,
          liftAskedBy: new Set(),
          isLifted: true,
        });
        return;
      case "lift_asked":
      case "lifted":
        this.#lift(entry);
    }
  }

  #publish(version: string, previous: string | null): void {
    const variant = this.#variants.get(version);
    must(variant !== undefined, "I8", `a policy nobody wrote: ${version}`);
    must(previous === this.#version, "I8", `${version} replaced ${this.#version}, not ${previous}`);
    this.#variant = variant ?? null;
    this.#version = version;
  }

  /** One of everything takes two persons, each an operator at that very moment. */
  #lift(entry: SealedEntry): void {
    const id = textIn(entry.data, "id");
    const halt = this.#halts.get(id);
    const by = actorOf(entry, "person") ?? "";
    must(halt !== undefined, "I10", `the halt ${id} was lifted and never placed`);
    if (halt === undefined) return;
    must(this.hasRight(by, "operator"), "I10", `${by} lifted ${id} and is no operator`);
    must(!halt.liftAskedBy.has(by), "I10", `${by} counts twice for the lift of ${id}`);
    must(!halt.isLifted, "I10", `${id} was lifted twice`);
    halt.liftAskedBy.add(by);
    if (entry.kind !== "lifted") return;
    const enough = halt.scope === "everything" ? 2 : 1;
    must(halt.liftAskedBy.size >= enough, "I10", `${id} was lifted by ${by} alone`);
    halt.isLifted = true;
  }
}

/**
 * Every halt that covers a request: of its identity as it was submitted and as it is registered now
 * (a halt of an owner's identities is of those that are theirs today).
 */
export function scopesOf(scope: Recorded, identity: KnownIdentity | null): ReadonlySet<string> {
  const scopes = new Set(["everything", `identity:${textIn(scope, "identity")}`]);
  scopes.add(`action:${textIn(scope, "action")}`);
  for (const owner of [textIn(scope, "owner"), identity?.owner ?? []].flat()) {
    scopes.add(`owner:${owner}`);
  }
  for (const group of [...textsIn(scope, "groups"), ...(identity?.groups ?? [])]) {
    scopes.add(`group:${group}`);
  }
  if (scope["session"] !== null) scopes.add(`session:${textIn(scope, "session")}`);
  return scopes;
}
