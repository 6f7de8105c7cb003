/** The settings of `sign_in.oidc.*`, and what they come to. */
import type { OidcConfig } from "./config.ts";
import type { ValueOf } from "./notify-settings.ts";
import { secretSettings, setting, text, type Setting } from "./setting.ts";

const CLAIM = "^[A-Za-z0-9_.:/-]+$";
const NO_CONTROLS = "^[^\\x00-\\x1f\\x7f]+$";

export const OIDC_SETTINGS: readonly Setting[] = [
  setting("sign_in.oidc.issuer", {
    form: text(
      "The identity provider people sign in through (OpenID Connect); plain http on this machine only.",
      "^(https://[^\\s?#@]+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]+)?(/[^\\s?#@]*)?)$",
      "a URL that begins with `https://`",
    ),
    fallback: null,
  }),
  setting("sign_in.oidc.name", {
    form: text("What people call it, for the button.", NO_CONTROLS, "a name"),
    fallback: "single sign-on",
  }),
  setting("sign_in.oidc.client_id", {
    form: text("What this server is called there.", NO_CONTROLS, "an id"),
    fallback: null,
  }),
  ...secretSettings("sign_in.oidc.client_secret", "What it proves itself with there."),
  setting("sign_in.oidc.scopes", {
    form: text(
      "What is asked for; `offline_access` lets memberships be confirmed later.",
      "^openid( [^\\s]+)*$",
      "scopes with spaces between, `openid` first",
    ),
    fallback: "openid profile offline_access",
  }),
  setting("sign_in.oidc.groups_claim", {
    form: text("The claim that lists a person's groups.", CLAIM, "the name of a claim"),
    fallback: "groups",
  }),
  setting("sign_in.oidc.person_id_from", {
    form: text(
      "The claim that names a person at their first sign-in; it never changes after that.",
      CLAIM,
      "the name of a claim",
    ),
    fallback: "sub",
  }),
];

/** What belongs together and is not all there. */
export function oidcProblems(value: ValueOf): readonly string[] {
  if (value("sign_in.oidc.issuer") === null) return [];
  return ["sign_in.oidc.client_id", "sign_in.oidc.client_secret"]
    .filter((key) => value(key) === null)
    .map((key) => `\`sign_in.oidc.issuer\` takes \`${key}\` as well: set it`);
}

/** Null where no provider is named. */
export function oidcConfig(value: ValueOf): OidcConfig | null {
  const issuer = value("sign_in.oidc.issuer");
  if (issuer === null) return null;
  const textAt = (name: string): string => value(`sign_in.oidc.${name}`) ?? "";
  return {
    issuer,
    name: textAt("name"),
    clientId: textAt("client_id"),
    clientSecret: textAt("client_secret"),
    scopes: textAt("scopes"),
    groupsClaim: textAt("groups_claim"),
    personIdFrom: textAt("person_id_from"),
  };
}
