/** Every route there is. The server, the documentation and the tests read this one table. */
import type { Route } from "../route.ts";
import { CARD_ROUTES } from "./cards.ts";
import { CLI_ROUTES } from "./cli.ts";
import { DECISION_ROUTES } from "./decisions.ts";
import { DELIVERY_ROUTES } from "./deliveries.ts";
import { DELEGATION_ROUTES } from "./delegations.ts";
import { HALT_ROUTES } from "./halts.ts";
import { OPERATION_ROUTES } from "./operations.ts";
import { OVERVIEW_ROUTES } from "./overview.ts";
import { PASSKEY_ROUTES } from "./passkeys.ts";
import { POLICY_ROUTES } from "./policies.ts";
import { REGISTRY_ROUTES } from "./registry.ts";
import { SESSION_ROUTES } from "./sessions.ts";
import { REVIEWING_ROUTES } from "./reviewing.ts";
import { REQUEST_ROUTES } from "./requests.ts";
import { SIGN_IN_ROUTES } from "./sign-in.ts";

export const ROUTES: readonly Route[] = [
  ...REQUEST_ROUTES,
  ...CARD_ROUTES,
  ...DECISION_ROUTES,
  ...DELEGATION_ROUTES,
  ...REVIEWING_ROUTES,
  ...HALT_ROUTES,
  ...OVERVIEW_ROUTES,
  ...POLICY_ROUTES,
  ...REGISTRY_ROUTES,
  ...SIGN_IN_ROUTES,
  ...SESSION_ROUTES,
  ...PASSKEY_ROUTES,
  ...CLI_ROUTES,
  ...DELIVERY_ROUTES,
  ...OPERATION_ROUTES,
];
