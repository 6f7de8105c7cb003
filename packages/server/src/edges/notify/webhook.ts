/**
 * Signed webhooks: CloudEvents 1.0 in JSON, signed per Standard Webhooks
 * (https://www.standardwebhooks.com): `v1,` + base64(HMAC-SHA256(secret, `id.timestamp.body`)).
 */
import { createHmac } from "node:crypto";
import type { Delivery, WebhookMessage } from "../../ports/notifier.ts";
import { post } from "./post.ts";

const SECRET_PREFIX = "whsec_";
const GONE = 410;

export interface WebhookSettings {
  readonly url: string;
  /** `whsec_` and base64, or any other text, which is taken as it is. */
  readonly secret: string;
}

export async function sendWebhook(
  { url, secret }: WebhookSettings,
  { id, body }: WebhookMessage,
): Promise<Delivery> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "content-type": "application/cloudevents+json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signatureOf(secret, `${id}.${timestamp}.${body}`)}`,
  };
  const answer = await post(url, headers, body);
  if (answer.kind === "failed") return answer;
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered", reference: null };
  const why = `the webhook answered ${status}`;
  return status === GONE ? { kind: "refused", why } : { kind: "failed", why, retryAfterMs };
}

function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), "base64")
    : Buffer.from(secret, "utf8");
  return createHmac("sha256", key).update(signed).digest("base64");
}
