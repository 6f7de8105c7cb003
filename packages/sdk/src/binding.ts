/**
 * What is bound, and whether what came back is what was bound.
 *
 * INVARIANT: I2 displayed = reviewed = granted = redeemed. The digest is over the content with its
 * sensitive fields as commitments, whose salts the point does not have. So the committed content
 * that comes with a redemption is digested here, and the complete content is compared with it field
 * by field; a sensitive field must be the one that was submitted, unless a change of it is declared.
 */
import {
  canonicalJson,
  commitmentOf,
  DEPTH_MAX,
  dottedPath,
  type JsonPath,
  type JsonValue,
  type Redemption,
  revisionDigest,
  type RequestView,
  setMember,
  type SubmitBody,
} from "@haltpoint/protocol";
import { BadAnswer } from "./errors.ts";

/**
 * A copy of arguments that JSON carries exactly, so that what the caller changes later is not bound
 * late (T6). Members that are `undefined` are left out.
 *
 * @throws TypeError for what is no plain object, and CanonicalJsonError, which names the place, for
 * what JSON cannot carry: dates, maps, functions, NaN.
 */
export function bindableCopy(args: unknown): Readonly<Record<string, unknown>> {
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw new TypeError("a guarded function takes one object of named arguments");
  }
  const copy = copyOf(args, 0);
  canonicalJson(copy as object);
  return copy as Readonly<Record<string, unknown>>;
}

function copyOf(value: unknown, depth: number): unknown {
  // What is not plain, or nests without end, is left as it is for canonicalJson to refuse by name.
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((element) => copyOf(element, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setMember(members, key, copyOf(member, depth + 1) as JsonValue);
  }
  return members;
}

/**
 * Checks a redemption against the request it came with and against what was submitted.
 *
 * @throws BadAnswer where they differ; then nothing may run.
 */
export function checkRedemption(
  redemption: Redemption,
  request: RequestView,
  submitted: Pick<SubmitBody, "action" | "resource">,
): void {
  const { revision } = request;
  if (redemption.request_id !== request.id) refuse("it is for another request");
  if (request.status !== "running") refuse("its request is not running");
  if (redemption.released) refuse("it releases an action whose outcome was to be reported");
  if (redemption.revision !== revision.number) refuse("it is for another revision");
  if (redemption.digest !== revision.digest) refuse("it has another digest");
  if (revisionDigest(revision.content) !== redemption.digest) {
    refuse("its content does not have its digest");
  }
  if (redemption.content.action.name !== submitted.action.name) refuse("it is for another action");
  const { lease_ms, heartbeat_ms, run_max_ms } = redemption;
  if (!(lease_ms > 0 && heartbeat_ms > 0 && run_max_ms > 0)) refuse("it has no lease");

  const sent = { action: submitted.action, resource: submitted.resource };
  if (redemption.revision === 0) {
    const { action, resource } = redemption.content;
    if (canonicalJson({ action, resource }) !== canonicalJson(copyOf(sent, 0) as object)) {
      refuse("it differs from what was submitted, and nobody edited it");
    }
  }
  const changed = redemption.changes.map((change) => change.path);
  const isDeclared = (path: JsonPath): boolean => {
    const at = dottedPath(path);
    return changed.some((other) => encloses(other, at) || encloses(at, other));
  };
  const difference = firstDifference(revision.content, redemption.content, sent, [], isDeclared);
  if (difference !== undefined) refuse(`\`${dottedPath(difference)}\` is not what was reviewed`);
}

function refuse(why: string): never {
  throw new BadAnswer(`the redemption cannot be trusted: ${why}. Nothing was run.`);
}

/** Whether one dotted path is the other, or leads to it. */
function encloses(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/** Where complete content is not what its committed form stands for. */
function firstDifference(
  committed: unknown,
  complete: unknown,
  submitted: unknown,
  path: JsonPath,
  isDeclared: (path: JsonPath) => boolean,
): JsonPath | undefined {
  if (commitmentOf(committed) !== undefined) {
    // What the server put in itself (subject) or need not have had from us (context) runs nowhere.
    const isOperand = path[0] === "action" || path[0] === "resource";
    return !isOperand || isSame(complete, submitted) || isDeclared(path) ? undefined : path;
  }
  if (!isContainer(committed) || !isContainer(complete)) {
    return isSame(committed, complete) ? undefined : path;
  }
  if (Array.isArray(committed) !== Array.isArray(complete)) return path;
  for (const key of new Set([...Object.keys(committed), ...Object.keys(complete)])) {
    const [left, right] = [member(committed, key), member(complete, key)];
    const at = [...path, key];
    if (left === undefined || right === undefined) return at;
    const inner = firstDifference(left, right, member(submitted, key), at, isDeclared);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function member(container: unknown, key: string): unknown {
  if (!isContainer(container) || !Object.hasOwn(container, key)) return undefined;
  return (container as Readonly<Record<string, unknown>>)[key];
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return left === right;
  return canonicalJson(left as JsonValue as object) === canonicalJson(right as JsonValue as object);
}
