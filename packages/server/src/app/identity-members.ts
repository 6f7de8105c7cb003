/** Members of an identity as they are sent and shown, and a change of them as what is and would be. */
import { canonicalJson } from "@haltpoint/protocol";
import { changedLabels, MEMBERS, type Registration } from "../domain/registry/lifecycle.ts";
import type { StoredIdentity } from "../ports/store.ts";

/** By their names as sent. Of labels those that differ; all, where none does. */
export type Members = Readonly<Record<string, unknown>>;

/** Some members as they are, and as they would be. */
export interface MemberChange {
  readonly from: Members;
  readonly to: Members;
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
  const changed = changedLabels(before, after);
  const labels = changed.length > 0 ? changed : Object.keys(after.labels);
  const of = (from: Registration): Members =>
    Object.fromEntries(
      fields.map((field) => [sentAs(field), field === "labels" ? some(from, labels) : from[field]]),
    );
  return { from: of(before), to: of(after) };
}

/** Members that are not the same, beside those that a change is about. */
export function changedBeside(
  before: Registration,
  after: Registration,
  fields: readonly (keyof Registration)[],
): readonly (keyof Registration)[] {
  return MEMBERS.filter(
    (field) =>
      !fields.includes(field) &&
      canonicalJson({ is: before[field] }) !== canonicalJson({ is: after[field] }),
  );
}

/** The member that is no longer as the change found it; null: all are. */
export function staleMember(known: Registration, change: MemberChange): string | null {
  const stale = Object.keys(change.from).find((name) => {
    const field = fieldOf(name);
    const now = field === "labels" ? some(known, labelNames(change)) : known[field];
    return canonicalJson({ is: now }) !== canonicalJson({ is: change.from[name] });
  });
  return stale ?? null;
}

/** The identity with the change made. */
export function withMembers(known: StoredIdentity, change: MemberChange): StoredIdentity {
  const { labels: _labels, acts_for_people: acts, ...rest } = change.to;
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
  return Object.fromEntries([...kept, ...Object.entries(labelsOf(change.to))]);
}

function fieldOf(name: string): keyof Registration {
  return name === "acts_for_people" ? "actsForPeople" : (name as keyof Registration);
}

function labelNames({ from, to }: MemberChange): readonly string[] {
  return [...new Set([...Object.keys(labelsOf(from)), ...Object.keys(labelsOf(to))])];
}

function labelsOf({ labels }: Members): Registration["labels"] {
  return (labels ?? {}) as Registration["labels"];
}

function some({ labels }: Registration, names: readonly string[]): Registration["labels"] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}
