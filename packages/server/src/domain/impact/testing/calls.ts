import { classify } from "../classify.ts";
import type { Call, Classification, Organisation, Origin, ToolDefinition } from "../model.ts";

export const ACME: Organisation = {
  domains: ["acme.example"],
  accounts: ["DE89 3704 0044 0532 0130 00"],
  payees: ["Bolt Stationery"],
};

export interface CallParts {
  readonly properties?: unknown;
  readonly tool?: ToolDefinition;
  readonly resource?: string;
  readonly origins?: Readonly<Record<string, Origin>>;
}

export function callOf(name: string, parts: CallParts = {}): Call {
  return {
    name,
    properties: parts.properties ?? {},
    resource: { type: parts.resource ?? "tool", id: name },
    tool: parts.tool ?? null,
    origins: parts.origins ?? {},
  };
}

export function classified(name: string, parts: CallParts = {}): Classification {
  return classify(callOf(name, parts), ACME);
}

/** Whether a person is asked where nobody watched the session: an impact, or nothing that is known. */
export function isAsked({ access, impacts }: Classification): boolean {
  return impacts.length > 0 || access === "unknown";
}
