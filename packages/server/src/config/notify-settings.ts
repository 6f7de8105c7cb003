/** The settings of `notify.*`, and what they come to. */
import { durationMs } from "../domain/policy/duration.ts";
import type { NotifySettings } from "./config.ts";

export const SLACK_API_URL = "https://slack.com/api";

/** A setting's value as found; null: not set. */
export type ValueOf = (key: string) => string | null;

/** What belongs together and is not all there, or would send secrets in the clear. */
export function notifyProblems(value: ValueOf): readonly string[] {
  const problems: string[] = [];
  const needs = (key: string, others: readonly string[]): void => {
    if (value(key) === null) return;
    for (const other of others) {
      if (value(other) === null) problems.push(`\`${key}\` takes \`${other}\` as well: set it`);
    }
  };
  needs("notify.webhook_url", ["notify.webhook_secret"]);
  needs("notify.slack_token", ["notify.slack_channel"]);
  needs("notify.slack_channel", ["notify.slack_token"]);
  needs("notify.mail_url", ["notify.mail_from"]);
  needs("notify.mail_user", ["notify.mail_password", "notify.mail_url"]);
  for (const key of ["notify.webhook_url", "notify.slack_api_url"]) {
    const url = value(key);
    if (url !== null && !isGuarded(url)) {
      problems.push(
        `\`${key}\` must begin with \`https://\`; \`http://\` is for this machine only`,
      );
    }
  }
  return problems;
}

export function notifySettings(value: ValueOf): NotifySettings {
  const webhookUrl = value("notify.webhook_url");
  const token = value("notify.slack_token");
  const mailUrl = value("notify.mail_url");
  return {
    webhook:
      webhookUrl === null
        ? null
        : { url: webhookUrl, secret: value("notify.webhook_secret") ?? "" },
    chat:
      token === null
        ? null
        : {
            token,
            channel: value("notify.slack_channel") ?? "",
            apiUrl: (value("notify.slack_api_url") ?? SLACK_API_URL).replace(/\/+$/, ""),
          },
    mail:
      mailUrl === null
        ? null
        : {
            url: mailUrl,
            user: value("notify.mail_user"),
            password: value("notify.mail_password"),
            from: value("notify.mail_from") ?? "",
          },
    chatAfterMs: durationMs(value("notify.chat_after") ?? "20s"),
    mailAfterMs: durationMs(value("notify.mail_after") ?? "2m"),
  };
}

function isGuarded(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return protocol === "https:" || (protocol === "http:" && isHere);
}
