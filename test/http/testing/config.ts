/** Configurations of servers under test; knows nothing of the test runner. */
import {
  DEFAULT_SERVER_LIMITS,
  DEFAULT_SIGN_IN_LIMITS,
} from "../../../packages/server/src/app/app.ts";
import type { Config } from "../../../packages/server/src/config/config.ts";
import { NOTHING_OWN } from "../../../packages/server/src/domain/impact/model.ts";
import { DEFAULT_LIMITS } from "../../../packages/server/src/domain/request/commands.ts";

export const DEFAULT_TEST_LIMITS = { ...DEFAULT_SERVER_LIMITS, ...DEFAULT_LIMITS };

export function configFor(file: string, changes: Partial<Config> = {}): Config {
  return {
    listen: { host: "127.0.0.1", port: 0 },
    trustedProxies: [],
    // As the configuration has it: the port is known once the server listens.
    publicUrl: "http://localhost:0",
    store: { file },
    policyFile: null,
    organisation: NOTHING_OWN,
    limits: DEFAULT_TEST_LIMITS,
    signIn: DEFAULT_SIGN_IN_LIMITS,
    oidc: null,
    log: { level: "debug" },
    notify: { webhook: null, chat: null, mail: null, chatAfterMs: 20_000, mailAfterMs: 120_000 },
    dev: false,
    ...changes,
  };
}
