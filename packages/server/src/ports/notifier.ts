/**
 * Where people are told. Telling never decides anything: a message has a link and nothing to click
 * that approves (T16).
 *
 * Delivery: at least once. The same message has the same id each time it is sent, so that whoever
 * takes it can drop the second. None of these throws for what the other side answers.
 */
export const CHANNELS = ["webhook", "chat", "mail"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface WebhookMessage {
  /** Stays the same over retries: `webhook-id`. */
  readonly id: string;
  /** The event as CloudEvents 1.0 JSON, exactly as it is signed and sent. */
  readonly body: string;
}

export interface ChatMessage {
  /** Plain text; whoever sends it escapes what the channel would take for markup. */
  readonly text: string;
  /** Ids by which the channel knows people; they are mentioned. */
  readonly mentions: readonly string[];
  readonly link: string | null;
  /** A message sent before that this one takes the place of. */
  readonly replaces: string | null;
}

export interface MailMessage {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export type Delivery =
  /** `reference`: by which a chat message can be replaced later. */
  | { readonly kind: "delivered"; readonly reference: string | null }
  | { readonly kind: "failed"; readonly why: string; readonly retryAfterMs: number | null }
  /** The other side wants no more of it; trying again is no use. */
  | { readonly kind: "refused"; readonly why: string };

export interface Notifier {
  /** The channels that are set up. */
  readonly channels: ReadonlySet<Channel>;
  webhook(message: WebhookMessage): Promise<Delivery>;
  chat(message: ChatMessage): Promise<Delivery>;
  mail(message: MailMessage): Promise<Delivery>;
  close(): Promise<void>;
}
