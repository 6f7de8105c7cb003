/** Mail by SMTP. One plain-text letter to one person; nothing in it decides. */
import { createTransport, type Transporter } from "nodemailer";
import type { Delivery, MailMessage } from "../../ports/notifier.ts";

const CONNECTED_WITHIN_MS = 10_000;
const ANSWERED_WITHIN_MS = 15_000;
/** The first of the codes by which a server refuses for good (RFC 5321, 4.2.1). */
const PERMANENT_FROM = 500;

export interface MailSettings {
  /** `smtp://host:port` (STARTTLS where offered) or `smtps://host:port`. */
  readonly url: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
}

export class Mailer {
  readonly #transport: Transporter;
  readonly #from: string;

  constructor({ url, user, password, from }: MailSettings) {
    const { protocol, hostname, port } = new URL(url);
    const secure = protocol === "smtps:";
    this.#from = from;
    this.#transport = createTransport({
      host: hostname,
      port: port === "" ? (secure ? 465 : 587) : Number(port),
      secure,
      // A password is never sent in the clear: no session without TLS where there is one.
      requireTLS: user !== null && !secure,
      ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
      pool: true,
      maxConnections: 2,
      connectionTimeout: CONNECTED_WITHIN_MS,
      greetingTimeout: CONNECTED_WITHIN_MS,
      socketTimeout: ANSWERED_WITHIN_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ id, to, subject, text }: MailMessage): Promise<Delivery> {
    try {
      await this.#transport.sendMail({
        from: this.#from,
        to: { name: "", address: to },
        subject,
        text,
        headers: { "X-Haltpoint-Notice": id, "Auto-Submitted": "auto-generated" },
        textEncoding: "quoted-printable",
      });
      return { kind: "delivered", reference: null };
    } catch (fault) {
      return failureOf(fault);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

/** Without what the server said: it may repeat addresses. */
function failureOf(fault: unknown): Delivery {
  const { code, responseCode } = fault as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === "number" ? responseCode : null;
  const cause = typeof code === "string" ? code : "failed";
  const said = status === null ? cause : `answered ${status}`;
  const why = `the mail server ${status === null ? `could not be used (${said})` : said}`;
  const isForGood = status !== null && status >= PERMANENT_FROM && code !== "EAUTH";
  return isForGood ? { kind: "refused", why } : { kind: "failed", why, retryAfterMs: null };
}
