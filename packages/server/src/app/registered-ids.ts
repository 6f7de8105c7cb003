/** Ids that people would take for something else (T9). */
import { PUBLISHER } from "../domain/policy/policy.ts";
import { refused, type Answer } from "./answer.ts";

/** What stands before an id in policy, in the record and on the card. */
const MEANT_OTHERWISE = /^(person|identity|group|oncall|owner_of|suspender_of|right|halt):/;

/** A refusal for an id that misleads; null for one that does not. `known`: all ids of its kind. */
export function misleadingId(id: string, known: readonly string[]): Answer<never> | null {
  const [prefix] = MEANT_OTHERWISE.exec(id) ?? [];
  if (prefix !== undefined) {
    const detail = `\`${prefix}\` before an id says what it is an id of; give the id without it`;
    return refused("invalid_request", detail, { field: "id" });
  }
  if (id.toLowerCase() === PUBLISHER) {
    const detail = `\`${PUBLISHER}\` is the server itself; choose another id`;
    return refused("invalid_request", detail, { field: "id" });
  }
  const alike = known.find((each) => each !== id && each.toLowerCase() === id.toLowerCase());
  if (alike === undefined) return null;
  const detail = `\`${alike}\` is registered, and differs in upper and lower case only; choose another id`;
  return refused("invalid_request", detail, { field: "id" });
}
