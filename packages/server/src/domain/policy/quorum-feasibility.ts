/**
 * Whether a quorum could ever be filled by who is in the policy's groups. Groups from the identity
 * provider, on-call rosters and owners are unknown here and taken to have enough members.
 */
import type { Obligations, ReviewerSource } from "./model.ts";

export type StaticGroups = ReadonlyMap<string, readonly string[]>;

/** Null where it can be filled; else one sentence that says why not. */
export function whyImpossible(obligations: Obligations, groups: StaticGroups): string | null {
  if (obligations.approval === "self") return null;
  const excluded = new Set(obligations.excludedPersons);
  const slots: Slot[] = [];
  for (const clause of obligations.quorum) {
    const sources = [...clause.from, ...clause.escalate.map(({ to }) => to)];
    if (!obligations.ownerMayApprove && sources.every((source) => source === OWNER)) {
      return `\`${OWNER}\` may not approve without \`owner_may_approve: true\``;
    }
    const candidates = candidatesOf(sources, groups, excluded);
    for (let slot = 0; slot < clause.count; slot++) slots.push({ candidates });
  }
  const filled = fill(slots);
  if (filled === slots.length) return null;
  const needed = obligations.quorum.map(({ count, from }) => `${count} of ${from.join(" or ")}`);
  const who = excluded.size > 0 ? " once the excluded are left out" : "";
  return `only ${filled} of ${slots.length} persons can be found for ${needed.join(" and ")}${who}`;
}

interface Slot {
  /** Null: unknown here, somebody will do. */
  readonly candidates: readonly string[] | null;
}

const OWNER = "owner_of:identity";

/** An owner is one person, who is not known yet: a name of its own stands for them. */
function candidatesOf(
  sources: readonly ReviewerSource[],
  groups: StaticGroups,
  excluded: ReadonlySet<string>,
): readonly string[] | null {
  const candidates: string[] = [];
  for (const source of sources) {
    const [kind, name] = splitSource(source);
    if (kind === "person") candidates.push(name);
    else if (kind === "owner_of") candidates.push(source);
    else {
      const members = kind === "group" ? groups.get(name) : undefined;
      if (members === undefined) return null;
      candidates.push(...members);
    }
  }
  return candidates.filter((person) => !excluded.has(person));
}

/** `group:finance` → `["group", "finance"]`. */
export function splitSource(source: ReviewerSource): readonly [string, string] {
  const colon = source.indexOf(":");
  return [source.slice(0, colon), source.slice(colon + 1)];
}

/** How many slots distinct persons can fill: maximum matching by augmenting paths. */
function fill(slots: readonly Slot[]): number {
  const slotOf = new Map<string, Slot>();
  const place = (slot: Slot, tried: Set<string>): boolean =>
    (slot.candidates ?? []).some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const taken = slotOf.get(person);
      if (taken !== undefined && !place(taken, tried)) return false;
      slotOf.set(person, slot);
      return true;
    });
  return slots.filter((slot) => slot.candidates === null || place(slot, new Set())).length;
}
