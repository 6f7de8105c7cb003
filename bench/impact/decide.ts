/**
 * The decision that the default policy means to give, from the facts that its conditions will see.
 * Origins can only let through what an enforcement point watched; elsewhere they are `unknown`.
 */
import type { Classification } from "../../packages/server/src/domain/impact/model.ts";

export type Decision = "allow" | "hold";

const ALWAYS_HELD = new Set(["destruction", "privilege_change", "code_execution"]);

export function decide(impact: Classification): Decision {
  if (impact.access === "unknown" && impact.impacts.length === 0) return "hold";
  if (impact.impacts.length === 0) return decideHarmless(impact);
  if (impact.impacts.some((each) => ALWAYS_HELD.has(each))) return "hold";
  if (impact.impacts.includes("secret_access") && impact.access !== "write") return "hold";
  if (impact.origin === "person") return "allow";
  return isTame(impact) ? "allow" : "hold";
}

/** A write of no consequence is held only where nothing of it comes from the person who is served. */
function decideHarmless(impact: Classification): Decision {
  const fromResultsOnly = impact.fromResults.length > 0 && impact.fromPerson.length === 0;
  return impact.access !== "read" && fromResultsOnly ? "hold" : "allow";
}

/**
 * A message that may reach nobody outside, or carries only what the person wrote; a program that may
 * send a few words that are written in it.
 */
function isTame(impact: Classification): boolean {
  const onlyTells = impact.impacts.every((each) => each === "external_communication");
  if (!onlyTells) return false;
  const mayTell = impact.access === "write" && impact.confidence === "low";
  if (mayTell && (impact.program || impact.contentOrigin === "person")) return true;
  const isOwnText = impact.contentOrigin === "person" || impact.contentOrigin === "model";
  return isOwnText && impact.outside.length === 0;
}
