/** Members of an identity as they are sent and shown, and a change of them as what is and would be. */
import { isDeepStrictEqual } from "node:util";
import { changedLabels, type Registration } from "../domain/registry/lifecycle.ts";
import type { StoredIdentity } from "../ports/store.ts";

/** By their names as sent. Of labels only those that the change is about. */
export type Members = Readonly<Record<string, unknown>>;

/** Some members as they are, and as they would be. */
export interface MemberChange {
  readonly before: Members;
  readonly after: Members;
}

/** A member's name as it is sent. */
export function sentAs(field: keyof Registration): string {
  return field === "actsForPeople" ? "acts_for_people" : field;
}

export function memberChange(
  before: Registration,
  after: Registration,
  fields: readonly (keyof Registration)[],
): MemberChange {
  const labels = changedLabels(before, after);
  const of = (from: Registration): Members =>
    Object.fromEntries(
      fields.map((field) => [sentAs(field), field === "labels" ? some(from, labels) : from[field]]),
    );
  return { before: of(before), after: of(after) };
}

/** The member that is no longer as the change found it; null: all are. */
export function staleMember(known: Registration, { before, after }: MemberChange): string | null {
  const changed = Object.keys(before).find((name) => {
    const field = fieldOf(name);
    const now = field === "labels" ? some(known, labelNames({ before, after })) : known[field];
    return !isDeepStrictEqual(now, before[name]);
  });
  return changed ?? null;
}

/** The identity with the change made. */
export function withMembers(known: StoredIdentity, change: MemberChange): StoredIdentity {
  const { labels: _labels, acts_for_people: acts, ...rest } = change.after;
  return {
    ...known,
    ...rest,
    ...(acts === undefined ? {} : { actsForPeople: acts === true }),
    labels: withLabels(known, change),
  };
}

function withLabels(known: Registration, change: MemberChange): Registration["labels"] {
  const names = labelNames(change);
  const kept = Object.entries(known.labels).filter(([name]) => !names.includes(name));
  return Object.fromEntries([...kept, ...Object.entries(labelsOf(change.after))]);
}

function fieldOf(name: string): keyof Registration {
  return name === "acts_for_people" ? "actsForPeople" : (name as keyof Registration);
}

function labelNames({ before, after }: MemberChange): readonly string[] {
  return [...new Set([...Object.keys(labelsOf(before)), ...Object.keys(labelsOf(after))])];
}

function labelsOf({ labels }: Members): Registration["labels"] {
  return (labels ?? {}) as Registration["labels"];
}

function some({ labels }: Registration, names: readonly string[]): Registration["labels"] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}
