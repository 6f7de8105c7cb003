/**
 * Every setting once: its place in `haltpoint.yaml`, its environment variable, its form, default and
 * meaning. The loader, the JSON Schema, `config check` and the documentation are made from this.
 */
import { DEFAULT_SERVER_LIMITS, DEFAULT_SIGN_IN_LIMITS, type SignInLimits } from "../app/app.ts";
import { DURATION_PATTERN, durationText } from "../domain/policy/duration.ts";
import type { FormSchema } from "../domain/policy/form.ts";
import { DEFAULT_LIMITS } from "../domain/request/commands.ts";
import { LOG_LEVELS, type ConfigLimits } from "./config.ts";
import { OIDC_SETTINGS } from "./oidc-settings.ts";
import { secretSettings, setting, text, type Setting } from "./setting.ts";
import { SLACK_API_URL } from "./notify-settings.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const duration = (description: string): FormSchema => ({
  type: "string",
  pattern: DURATION_PATTERN,
  description,
  "x-expected": "a duration such as `30s`, `15m`, `8h` or `7d`",
});
interface DurationLimit {
  readonly name: keyof ConfigLimits;
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** `min` and `max` are milliseconds. */
const DURATION_LIMITS: readonly DurationLimit[] = [
  {
    name: "leaseMs",
    key: "lease",
    min: 2 * SECOND,
    max: HOUR,
    about: "How long a run may go on without a heartbeat.",
  },
  {
    name: "heartbeatMs",
    key: "heartbeat",
    min: SECOND,
    max: 20 * MINUTE,
    about: "How often a run renews its lease; shorter than the lease.",
  },
  {
    name: "runMaxMs",
    key: "run_max",
    min: SECOND,
    max: 7 * DAY,
    about: "How long a run may go on, whatever its heartbeats say.",
  },
  {
    name: "grantAttendedMs",
    key: "grant_attended",
    min: SECOND,
    max: 7 * DAY,
    about: "How long an approval waits at most where the caller does not come back.",
  },
  {
    name: "questionPauseMs",
    key: "question_pause",
    min: SECOND,
    max: 30 * MINUTE,
    about: "How long a question to the agent pauses the deadline, once.",
  },
  {
    name: "followUpMs",
    key: "follow_up",
    min: MINUTE,
    max: 90 * DAY,
    about: "How soon somebody else must look at an override.",
  },
  {
    name: "releaseRepeatMs",
    key: "release_repeat",
    min: SECOND,
    max: 10 * MINUTE,
    about: "How long a release repeats its answer to the same attempt.",
  },
  {
    name: "burstWindowMs",
    key: "burst_window",
    min: SECOND,
    max: DAY,
    about:
      "The time in which newly held requests of one identity are counted for `burst_held_max`.",
  },
  {
    name: "lifetimeMs",
    key: "lifetime",
    min: MINUTE,
    max: 90 * DAY,
    about: "How long a request may stay undecided, extensions included.",
  },
  {
    name: "waitMaxMs",
    key: "wait_max",
    min: SECOND,
    max: 5 * MINUTE,
    about: "How long an answer is held back at most (long poll).",
  },
  {
    name: "keyLifetimeMaxMs",
    key: "key_lifetime_max",
    min: HOUR,
    max: 3_660 * DAY,
    about: "How long a key or token may be valid.",
  },
];

interface SignInDuration {
  readonly name: keyof SignInLimits;
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

const SIGN_IN_DURATIONS: readonly SignInDuration[] = [
  {
    name: "sessionIdleMs",
    key: "session_idle",
    min: MINUTE,
    max: 30 * DAY,
    about: "A browser that does not call for so long is signed out.",
  },
  {
    name: "sessionMaxMs",
    key: "session_max",
    min: MINUTE,
    max: 30 * DAY,
    about: "How long a browser stays signed in, however much it is used.",
  },
  {
    name: "cliSessionMaxMs",
    key: "cli_session_max",
    min: MINUTE,
    max: 30 * DAY,
    about: "How long the command line stays signed in.",
  },
  {
    name: "enrolmentMs",
    key: "enrolment",
    min: MINUTE,
    max: 7 * DAY,
    about: "How long a link for a first passkey is good.",
  },
];

/** Which member of the sign-in limits a setting is. */
export const SIGN_IN_LIMIT_OF: ReadonlyMap<string, keyof SignInLimits> = new Map([
  ...SIGN_IN_DURATIONS.map(({ key, name }) => [`sign_in.${key}`, name] as const),
  ["sign_in.attempts_per_minute", "attemptsPerMinute"],
]);

interface CountLimit {
  readonly name: keyof ConfigLimits;
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

const COUNT_LIMITS: readonly CountLimit[] = [
  {
    name: "redemptionsMax",
    key: "redemptions_max",
    min: 1,
    max: 1_000,
    about: "How often one approval may be redeemed by points that then did not start.",
  },
  {
    name: "heldPerIdentityMax",
    key: "held_per_identity_max",
    min: 1,
    max: 1_000_000,
    about: "How many requests of one identity may be held at once.",
  },
  {
    name: "heldBytesPerIdentityMax",
    key: "held_bytes_per_identity_max",
    min: 65_536,
    max: 1_073_741_824,
    about: "How many bytes the held requests of one identity may have together.",
  },
  {
    name: "burstHeldMax",
    key: "burst_held_max",
    min: 0,
    max: 100_000,
    about:
      "How many requests of one identity may be held newly within `burst_window`; one more halts the identity. 0: never.",
  },
  {
    name: "liveKeysMax",
    key: "live_keys_max",
    min: 1,
    max: 10,
    about: "How many keys of one identity may be valid at once.",
  },
  {
    name: "textMax",
    key: "text_max",
    min: 100,
    max: 100_000,
    about: "How many characters a reason, a question or an answer may have.",
  },
  {
    name: "pageMax",
    key: "page_max",
    min: 1,
    max: 1_000,
    about: "How many items one page of a list may have.",
  },
];

const NOTIFY_SETTINGS: readonly Setting[] = [
  setting("notify.webhook_url", {
    form: text("Told of everything, signed.", "^https?://[^\\s#@]+$", "a URL with `https://`"),
    fallback: null,
  }),
  ...secretSettings("notify.webhook_secret", "What webhooks are signed with: `whsec_` and base64."),
  ...secretSettings("notify.slack_token", "A bot's token with the scope `chat:write`."),
  setting("notify.slack_channel", {
    form: text("The Slack channel that is told.", "^\\S+$", "a channel's id"),
    fallback: null,
  }),
  setting("notify.slack_api_url", {
    form: text("Slack's Web API.", "^https?://[^\\s?#@]+$", "a URL with `https://`"),
    fallback: SLACK_API_URL,
  }),
  setting("notify.mail_url", {
    form: text(
      "The mail server: `smtp://host:587` or `smtps://host:465`.",
      "^smtps?://[A-Za-z0-9.:_\\[\\]-]+$",
      "a URL that begins with `smtp://` or `smtps://`",
    ),
    fallback: null,
  }),
  setting("notify.mail_user", {
    form: text("Who signs in to the mail server.", "^\\S+$", "a name without spaces"),
    fallback: null,
  }),
  ...secretSettings("notify.mail_password", "The password of `notify.mail_user`."),
  setting("notify.mail_from", {
    form: text("The sender of mails.", "^[^\\r\\n]+@[^\\r\\n]+$", "an address"),
    fallback: null,
  }),
  setting("notify.chat_after", {
    form: text(
      "Chat is told of what waits once nobody has looked for so long.",
      DURATION_PATTERN,
      "a duration such as `20s`",
    ),
    fallback: "20s",
    duration: { minMs: SECOND, maxMs: DAY },
  }),
  setting("notify.mail_after", {
    form: text(
      "Who could decide gets mail once nobody has decided for so long.",
      DURATION_PATTERN,
      "a duration such as `2m`",
    ),
    fallback: "2m",
    duration: { minMs: SECOND, maxMs: DAY },
  }),
];

const DEFAULTS: ConfigLimits = { ...DEFAULT_SERVER_LIMITS, ...DEFAULT_LIMITS };

/** Which member of the limits a setting is. */
export const LIMIT_OF: ReadonlyMap<string, keyof ConfigLimits> = new Map(
  [...DURATION_LIMITS, ...COUNT_LIMITS].map(({ key, name }) => [`limits.${key}`, name]),
);

/** In the order of the documentation. */
export const SETTINGS: readonly Setting[] = [
  setting("listen.host", {
    form: text("The address to listen on.", "^[A-Za-z0-9.:_-]+$", "a host name or an address"),
    fallback: "127.0.0.1",
  }),
  setting("listen.port", {
    form: {
      type: "integer",
      minimum: 0,
      maximum: 65_535,
      description: "The port to listen on; 0: any free one.",
    },
    fallback: 4747,
  }),
  setting("listen.trusted_proxies", {
    form: text(
      "Proxies in front whose `X-Forwarded-For` says who calls; addresses or ranges, commas between.",
      "^[0-9A-Fa-f.:/, ]+$",
      "addresses or ranges such as `10.0.0.0/8, ::1`",
    ),
    fallback: null,
  }),
  setting("public_url", {
    form: text(
      "How people and agents reach this server; made from `listen` where it is left out.",
      "^https?://[^\\s?#@]+$",
      "a URL that begins with `https://` or `http://`",
    ),
    fallback: null,
  }),
  setting("store.file", {
    form: text("The SQLite file with everything in it.", "^[^\\0]+$", "a path"),
    fallback: "haltpoint.db",
    isPath: true,
  }),
  setting("policy.file", {
    form: text("The policy that an empty store begins with.", "^[^\\0]+$", "a path"),
    fallback: null,
    isPath: true,
  }),
  setting("organisation.domains", {
    form: text(
      "The organisation's own domains, subdomains included; commas between.",
      "^[A-Za-z0-9.-]+(?: *, *[A-Za-z0-9.-]+)*$",
      "domains such as `acme.example, acme.test`",
    ),
    fallback: null,
  }),
  setting("organisation.accounts", {
    form: text(
      "The organisation's own accounts, such as IBANs; commas between.",
      "\\S",
      "accounts with commas between",
    ),
    fallback: null,
  }),
  setting("organisation.payees", {
    form: text(
      "Payees that are known, by name or account; commas between.",
      "\\S",
      "names or accounts with commas between",
    ),
    fallback: null,
  }),
  setting("log.level", {
    form: { type: "string", enum: LOG_LEVELS, description: "What is logged, from here up." },
    fallback: "info",
  }),
  ...SIGN_IN_DURATIONS.map(({ name, key, min, max, about }) =>
    setting(`sign_in.${key}`, {
      form: duration(about),
      fallback: durationText(DEFAULT_SIGN_IN_LIMITS[name]),
      duration: { minMs: min, maxMs: max },
    }),
  ),
  setting("sign_in.attempts_per_minute", {
    form: {
      type: "integer",
      minimum: 1,
      maximum: 10_000,
      description: "How often one address, or for one person, may try to sign in.",
    },
    fallback: DEFAULT_SIGN_IN_LIMITS.attemptsPerMinute,
  }),
  ...NOTIFY_SETTINGS,
  ...OIDC_SETTINGS,
  ...DURATION_LIMITS.map(({ name, key, min, max, about }) =>
    setting(`limits.${key}`, {
      form: duration(about),
      fallback: durationText(DEFAULTS[name]),
      duration: { minMs: min, maxMs: max },
    }),
  ),
  ...COUNT_LIMITS.map(({ name, key, min, max, about }) =>
    setting(`limits.${key}`, {
      form: { type: "integer", minimum: min, maximum: max, description: about },
      fallback: DEFAULTS[name],
    }),
  ),
];
