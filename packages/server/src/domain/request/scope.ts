/** What a halt covers, as keys that a request either has or has not. */
import type { HaltScope } from "@haltpoint/protocol";
import type { RequestScope } from "./model.ts";

/** The key of a halt's scope: `everything`, `identity:agent-1`, … */
export function scopeKey(scope: HaltScope): string {
  return scope.kind === "everything" ? "everything" : `${scope.kind}:${scope.id}`;
}

/**
 * Every key a halt could have that would cover this request: as it was submitted and, of `identity`,
 * as the registry has it now: a halt of somebody's identities is of those that are theirs today, and
 * giving one away does not free what it submitted before (I10).
 */
export function scopeKeys(
  scope: RequestScope,
  identity: { readonly owner: string; readonly groups: readonly string[] } | null = null,
): readonly string[] {
  const keys = ["everything", `identity:${scope.identity}`, `owner:${scope.owner}`];
  keys.push(`action:${scope.action}`);
  for (const group of scope.groups) keys.push(`group:${group}`);
  if (scope.session !== null) keys.push(`session:${scope.session}`);
  if (scope.trace !== null) keys.push(`trace:${scope.trace}`);
  const impacts = new Set(scope.impacts);
  if (scope.impact !== null) impacts.add(scope.impact);
  for (const impact of impacts) keys.push(`impact:${impact}`);
  if (identity === null) return keys;
  const now = [`owner:${identity.owner}`, ...identity.groups.map((group) => `group:${group}`)];
  return [...new Set([...keys, ...now])];
}
