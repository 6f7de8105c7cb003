/** The notifier of a configuration: the channels that are set up, and nothing for the others. */
import type { NotifySettings } from "../../config/config.ts";
import {
  CHANNELS,
  type Channel,
  type Delivery,
  type MailMessage,
  type Notifier,
} from "../../ports/notifier.ts";
import type { Mailer, MailSettings } from "./mail.ts";
import { sendToSlack } from "./slack.ts";
import { sendWebhook } from "./webhook.ts";

/** The channels that a configuration sets up. */
export function channelsOf(settings: NotifySettings): ReadonlySet<Channel> {
  return new Set(CHANNELS.filter((channel) => settings[channel] !== null));
}

export function createNotifier(settings: NotifySettings): Notifier {
  const { webhook, chat, mail } = settings;
  let mailer: Promise<Mailer> | null = null;
  // Loaded with the first letter: most servers start without one to send.
  const send = async (letter: MailMessage, to: MailSettings): Promise<Delivery> => {
    mailer ??= import("./mail.ts").then((loaded) => new loaded.Mailer(to));
    return (await mailer).send(letter);
  };
  return {
    channels: channelsOf(settings),
    webhook: (message) => (webhook === null ? notSetUp("webhook") : sendWebhook(webhook, message)),
    chat: (message) => (chat === null ? notSetUp("chat") : sendToSlack(chat, message)),
    mail: (message) => (mail === null ? notSetUp("mail") : send(message, mail)),
    close: async () => {
      if (mailer !== null) (await mailer).close();
    },
  };
}

/** A notice from when the channel was set up. */
function notSetUp(channel: string): Promise<Delivery> {
  return Promise.resolve({ kind: "refused", why: `\`notify.${channel}\` is not set up any more` });
}
