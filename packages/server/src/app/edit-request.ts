/** Editing: a new revision that policy is asked about and people approve anew (T26). */
import { setMember, type JsonValue, type Problem, type Revision } from "@haltpoint/protocol";
import { memberOf } from "../domain/member-at-path.ts";
import type { Actor, RequestState } from "../domain/request/model.ts";
import { refuse, type Refusal } from "../domain/request/refusal.ts";
import type { Standing } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { changesBetween } from "./changes-between.ts";
import { commitContent, contentWrites, readContent } from "./content.ts";
import type { Step } from "./execute.ts";
import { lookAlikeGroup } from "./look-alikes.ts";

export interface Edit {
  readonly actor: Actor;
  readonly digest: string;
  /** Dotted path → new value. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly reason: string;
  /** Also approve the new revision, with these statements confirmed. */
  readonly approve: { readonly confirmed: readonly string[] } | null;
}

/** The commands of an edit, made on the content of the state they are about. */
export async function editSteps(
  app: App,
  edit: Edit,
  state: RequestState,
  { epochs }: Standing,
): Promise<Answer<readonly [Step, ...Step[]]>> {
  const present = await readContent(app, state.id, state.revision.number);
  const policy = await app.policies.current(epochs.policy);
  const paths = new Set(policy.sensitivePaths(present.plain.action.name));
  // What was sensitive when it was submitted stays so, whatever policy says since.
  for (const opening of present.openings) paths.add(opening.path.join("."));
  const attempted = withFields(present.plain, edit.set);
  const changed = attempted.ok ? attempted.value : present.plain;
  for (const path of policy.sensitivePaths(changed.action.name)) paths.add(path);
  const fields = changesBetween(present.plain, changed).map((change) => change.path);
  const alsoSent = attempted.ok ? sensitiveAmong(edit.set, paths) : Object.keys(edit.set);
  const content = commitContent(app, changed, [...paths], present.openings);
  if ("reason" in content) {
    return refused("invalid_request", content.message, { field: content.path });
  }
  const group = await lookAlikeGroup(app, content.plain);
  const { actor, reason, digest } = edit;
  const newDigest = content.digest;
  const first: Step = {
    command: { kind: "edit", actor, digest, newDigest, fields, alsoSent, reason },
    content: content.plain,
    committed: content.committed,
    writes: [
      ...contentWrites(state.id, state.revision.number + 1, content),
      { kind: "look_alike", requestId: state.id, group },
    ],
    // Who may not edit is told that, and not what there is to edit.
    ...(attempted.ok ? {} : { ifUnchanged: refusalOf(attempted.problem) }),
  };
  if (edit.approve === null) return answered([first]);
  const { confirmed } = edit.approve;
  const review = { kind: "review", actor, verdict: "approve", reason, confirmed } as const;
  return answered([first, { command: { ...review, digest: newDigest }, content: content.plain }]);
}

function refusalOf({ code, detail, field }: Problem): Refusal {
  return refuse(code, detail, field === undefined ? {} : { field });
}

/** Leaves of what was sent that lie within a sensitive path. */
function sensitiveAmong(
  set: Readonly<Record<string, unknown>>,
  paths: ReadonlySet<string>,
): readonly string[] {
  const isSensitive = (leaf: string): boolean =>
    [...paths].some((path) => leaf === path || leaf.startsWith(`${path}.`));
  return Object.entries(set)
    .flatMap(([path, value]) => leavesOf(path, value))
    .filter(isSensitive);
}

function leavesOf(path: string, value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(`${path}.${key}`, each));
}

type Fields = Record<string, JsonValue>;

/** A copy with fields set. Paths go through objects only; they may add a last member. */
function withFields(revision: Revision, set: Readonly<Record<string, unknown>>): Answer<Revision> {
  const copy = structuredClone(revision) as unknown as Fields;
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let target: Fields | null = copy;
    for (const key of keys) target = objectOf(memberOf(target, key));
    if (target === null || last === "") {
      return refused("invalid_request", `\`${path}\` is no field of this action`, {
        field: `set.${path}`,
      });
    }
    setMember(target, last, value as JsonValue);
  }
  return answered(copy as unknown as Revision);
}

/** Null: it is something else, or a list. */
function objectOf(value: unknown): Fields | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : null;
}
