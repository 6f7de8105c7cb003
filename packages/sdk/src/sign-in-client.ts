/** What a command line asks before anybody is signed in on it. */
import type { CliAuthorizationView, CliTokenView } from "@haltpoint/protocol";
import { shaped } from "./answers.ts";
import { type CallOptions, createTransport } from "./transport.ts";

const asAuthorization = shaped<CliAuthorizationView>("authorization", {
  device_code: "string",
  user_code: "string",
  verification_url: "string",
  expires_at: "number",
  interval_ms: "number",
});
const asPending = shaped<CliTokenView>("token", { status: "string" });
const asToken = shaped<CliTokenView>("token", {
  token: "string",
  person: "object",
  expires_at: "number",
});

/** Every call may throw `HaltpointProblem`, `Unreachable`, `BadAnswer`, or the reason of its signal. */
export function createSignInClient(options: { readonly url: string }) {
  const call = createTransport({ ...options, secret: null });
  return {
    /** `label`: shown to whoever is asked to allow it. */
    authorize: (label: string, more: CallOptions = {}) =>
      call(
        { ...more, method: "POST", path: "/v1/cli/authorizations", body: { label } },
        asAuthorization,
      ),
    /** Once: a token that was given is given no more. */
    token: (deviceCode: string, more: CallOptions = {}) =>
      call(
        { ...more, method: "POST", path: "/v1/cli/token", body: { device_code: deviceCode } },
        (value): CliTokenView =>
          typeof value === "object" && value !== null && "status" in value
            ? asPending(value)
            : asToken(value),
      ),
  };
}
