/** The words of the registry, for messages before anything is sent. */
import type { Right } from "../../domain/request/commands.ts";

/** As the domain's; a test compares them. */
export const RIGHT_NAMES = [
  "operator",
  "policy_admin",
  "override",
  "resolver",
  "auditor",
] as const satisfies readonly Right[];
