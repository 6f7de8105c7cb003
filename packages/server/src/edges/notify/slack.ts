/**
 * Slack by its Web API: `chat.postMessage` and `chat.update`. A message is plain text with a link,
 * never a button: what is decided in a chat is not decided by the person who is shown there (T17).
 */
import type { ChatMessage, Delivery } from "../../ports/notifier.ts";
import { post } from "./post.ts";

/** Errors that another try does not mend (api.slack.com/methods/chat.postMessage#errors). */
const FINAL: ReadonlySet<string> = new Set([
  "account_inactive",
  "channel_not_found",
  "invalid_auth",
  "is_archived",
  "message_not_found",
  "missing_scope",
  "not_authed",
  "not_in_channel",
  "token_expired",
  "token_revoked",
]);
const MEMBER = /^[UW][A-Z0-9]{2,30}$/;
/** A section's text may be so long; the link is where everything is. */
const SECTION_LENGTH_MAX = 3_000;

export interface SlackSettings {
  readonly token: string;
  readonly channel: string;
  /** `https://slack.com/api`; another one in tests. */
  readonly apiUrl: string;
}

interface SlackAnswer {
  readonly ok?: unknown;
  readonly ts?: unknown;
  readonly channel?: unknown;
  readonly error?: unknown;
}

/** A reference is `channel/ts`: an update needs the channel's id, not its name. */
export async function sendToSlack(
  { token, channel, apiUrl }: SlackSettings,
  message: ChatMessage,
): Promise<Delivery> {
  const [postedIn, ts] = message.replaces?.split("/") ?? [];
  const method = ts === undefined ? "chat.postMessage" : "chat.update";
  const body = JSON.stringify({
    channel: postedIn ?? channel,
    ...(ts === undefined ? {} : { ts }),
    ...contentOf(message),
    unfurl_links: false,
    unfurl_media: false,
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    authorization: `Bearer ${token}`,
  };
  const answer = await post(`${apiUrl}/${method}`, headers, body);
  if (answer.kind === "failed") return answer;
  const { status, retryAfterMs } = answer;
  const said = readAnswer(answer.body);
  if (status === 200 && said?.ok === true) {
    const place = typeof said.channel === "string" ? said.channel : channel;
    return {
      kind: "delivered",
      reference: typeof said.ts === "string" ? `${place}/${said.ts}` : null,
    };
  }
  const error = typeof said?.error === "string" ? said.error : String(status);
  const why = `Slack answered \`${error}\``;
  return FINAL.has(error) ? { kind: "refused", why } : { kind: "failed", why, retryAfterMs };
}

/** `text` is what a notification shows; the blocks are what the channel shows. */
function contentOf({ text, mentions, link }: ChatMessage): Readonly<Record<string, unknown>> {
  const shown =
    text.length > SECTION_LENGTH_MAX ? `${text.slice(0, SECTION_LENGTH_MAX - 1)}…` : text;
  const names = mentions.filter((id) => MEMBER.test(id)).map((id) => `<@${id}>`);
  const foot = [...(link === null ? [] : [`<${link}|Open it in Haltpoint>`]), ...names].join(" · ");
  return {
    text: escaped(shown.split("\n", 1)[0] ?? ""),
    blocks: [
      { type: "section", text: { type: "plain_text", text: shown, emoji: false } },
      ...(foot === ""
        ? []
        : [{ type: "context", elements: [{ type: "mrkdwn", text: foot, verbatim: true }] }]),
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function readAnswer(body: string): SlackAnswer | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
