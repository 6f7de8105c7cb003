/** One POST to an address from the configuration: bounded, and never redirected to another (T29). */

const ANSWERED_WITHIN_MS = 15_000;
const ANSWER_BYTES_MAX = 64 * 1_024;
const SECOND_MS = 1_000;
const RETRY_AFTER_SECONDS_MAX = 86_400;

export type PostAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly body: string;
      /** What the other side asks for before another try; null: nothing. */
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: "failed"; readonly why: string; readonly retryAfterMs: null };

export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<PostAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "user-agent": "Haltpoint" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    const text = await readBounded(response);
    const retryAfterMs = retryAfterOf(response.headers.get("retry-after"));
    return { kind: "answered", status: response.status, body: text, retryAfterMs };
  } catch (fault) {
    return { kind: "failed", why: whyOf(fault), retryAfterMs: null };
  }
}

/** An answer that is longer is cut: all that is read of it is its beginning. */
async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) break;
  }
  return text.slice(0, ANSWER_BYTES_MAX);
}

function retryAfterOf(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(Number(header), RETRY_AFTER_SECONDS_MAX) * SECOND_MS;
}

/** Without the address: it may hold a secret. */
function whyOf(fault: unknown): string {
  if (!(fault instanceof Error)) return "the call failed";
  if (fault.name === "TimeoutError") return `no answer within ${ANSWERED_WITHIN_MS / SECOND_MS} s`;
  const { cause } = fault;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : null;
  return code === null ? "the call failed" : `the call failed (${code})`;
}
