/**
 * A support agent that answers by mail. Run it with:
 *
 *     HALTPOINT_URL=… HALTPOINT_KEY=… MAIL_URL=… node agent.ts --to lee@customer.example --text "…"
 *
 * Ends with 0 when the message was sent, 3 when a person or policy said no.
 */
import { parseArgs } from "node:util";
import { createClient, guard, Refusal } from "@haltpoint/sdk";

const { values } = parseArgs({
  options: {
    to: { type: "string", default: "lee@customer.example" },
    text: { type: "string", default: "Your order has left." },
  },
});
const { HALTPOINT_URL = "", HALTPOINT_KEY = "", MAIL_URL = "" } = process.env;

interface Message extends Record<string, unknown> {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

const send = guard(
  async (message: Message, { signal, idempotencyKey }) => {
    const response = await fetch(`${MAIL_URL}/messages`, {
      method: "POST",
      signal,
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(message),
    });
    if (!response.ok) throw new Error(`the mail service answered ${response.status}`);
    return message;
  },
  {
    client: createClient({ url: HALTPOINT_URL, apiKey: HALTPOINT_KEY }),
    action: "mail.send",
    resource: { type: "mailbox", id: "support" },
    stoppable: "until_sent",
    onHeld: (request) => console.log(`held as ${request.short_id}: ${request.message}`),
    onEdited: (changes, reason) => {
      for (const { path, from, to } of changes) {
        console.log(
          `a reviewer changed ${path} from "${String(from)}" to "${String(to)}": ${reason}`,
        );
      }
    },
  },
);

console.log(`I want to write to ${values.to}: ${values.text}`);
try {
  const { to, text } = await send({
    to: values.to.split(","),
    subject: "Your order",
    text: values.text,
  });
  console.log(`sent to ${to.join(" and ")}: ${text}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.log(`not sent. ${error.message}`);
  process.exitCode = 3;
}
