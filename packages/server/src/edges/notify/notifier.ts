/** The notifier of a configuration: the channels that are set up, and nothing for the others. */
import type { NotifySettings } from "../../config/config.ts";
import { CHANNELS, type Channel, type Delivery, type Notifier } from "../../ports/notifier.ts";
import { Mailer } from "./mail.ts";
import { sendToSlack } from "./slack.ts";
import { sendWebhook } from "./webhook.ts";

/** The channels that a configuration sets up. */
export function channelsOf(settings: NotifySettings): ReadonlySet<Channel> {
  return new Set(CHANNELS.filter((channel) => settings[channel] !== null));
}

export function createNotifier(settings: NotifySettings): Notifier {
  const { webhook, chat, mail } = settings;
  const mailer = mail === null ? null : new Mailer(mail);
  return {
    channels: channelsOf(settings),
    webhook: (message) => (webhook === null ? notSetUp("webhook") : sendWebhook(webhook, message)),
    chat: (message) => (chat === null ? notSetUp("chat") : sendToSlack(chat, message)),
    mail: (message) => mailer?.send(message) ?? notSetUp("mail"),
    close: () => {
      mailer?.close();
      return Promise.resolve();
    },
  };
}

/** A notice from when the channel was set up. */
function notSetUp(channel: string): Promise<Delivery> {
  return Promise.resolve({ kind: "refused", why: `\`notify.${channel}\` is not set up any more` });
}
