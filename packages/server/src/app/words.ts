/** Our words about a request: one sentence for the card, one for whoever has to go on. */
import { visibleText, type Revision } from "@haltpoint/protocol";
import { grouped } from "../domain/policy/grouped.ts";
import type { RequestState } from "../domain/request/model.ts";

/**
 * Verb, object, amount: `Submit purchase order PO-7 (9,000.00 USD)`. Made from the action's name and
 * the resource; nothing the agent wrote is taken for more than a name (T18).
 */
export function titleOf(content: Revision): string {
  const parts = content.action.name.split(/[.:/]/).filter((part) => part !== "");
  const verb = spaced(parts.at(-1) ?? content.action.name);
  const noun = spaced(parts.length > 1 ? (parts.at(-2) ?? "") : content.resource.type);
  const amount = amountOf(content.action.properties);
  const sentence = `${capital(verb)} ${noun} ${content.resource.id}`;
  return visibleText(amount === null ? sentence : `${sentence} (${amount})`);
}

function amountOf(properties: Revision["action"]["properties"]): string | null {
  if (properties === undefined || !Object.hasOwn(properties, "amount")) return null;
  const { amount } = properties;
  if (typeof amount === "string") return grouped(amount);
  if (typeof amount !== "object" || amount === null) return null;
  const { amount: value, currency } = amount as { amount?: unknown; currency?: unknown };
  if (typeof value !== "string" || typeof currency !== "string") return null;
  return grouped(`${value} ${currency}`);
}

function spaced(name: string): string {
  return name.replaceAll(/[_-]+/g, " ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What happened and what to do next, in words an agent or a tired person can act on. */
export function messageOf(state: RequestState): string {
  const reason = state.decided?.reason ?? null;
  const because = reason === null ? "" : `: ${reason}`;
  const by = state.decided?.by.replace(/^person:/, "") ?? "nobody";
  const why = state.policy.reasons[0] ?? "policy asks for a person";
  switch (state.status) {
    case "denied":
      return `denied by policy${because}. Do not retry it unchanged.`;
    case "held":
      return state.nobodyEligible
        ? `held: ${why}. Nobody who may decide it exists at present; the rule's owner is told.`
        : `held until a person decides: ${why}.`;
    case "approved":
      return state.basis === "policy" ? "allowed by policy." : `approved by ${by}${because}.`;
    case "running":
      return "running.";
    case "interrupting":
      return `asked to stop by ${by}${because}.`;
    case "indeterminate":
      return "outcome unknown: the run was lost. Nobody will retry it; a person has to find out.";
    case "rejected":
      return `rejected by ${by}${because}. Do not retry it unchanged.`;
    case "expired":
      return "nobody decided or nobody came back in time; nothing ran.";
    case "cancelled":
      return `withdrawn by the requester${because}.`;
    case "interrupted":
      return `interrupted by ${by}${because}.`;
    case "released":
      return "released: handed over to its caller, which reports no outcome.";
    case "succeeded":
      return "done.";
    case "failed": {
      const detail = state.outcome?.detail ?? null;
      return detail === null ? "it ran and failed." : `it ran and failed: ${detail}.`;
    }
  }
}
