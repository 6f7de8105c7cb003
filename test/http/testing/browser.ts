/** A browser as far as the server can tell: keeps the cookie, and sends what pages of ours send. */
import type { Me } from "@haltpoint/protocol";
import type { Got, Sent, UnderTest } from "./server-under-test.ts";

export interface Browser {
  /** `name=value`, as it would be sent; null: none. */
  cookie(): string | null;
  /** Any call, with the cookie and, where something is changed, what a page of ours adds. */
  call(method: string, path: string, sent?: Sent): Promise<Got>;
  /** Signs in on a development server. */
  signIn(person: string): Promise<Me>;
  /** What the last sign-in said the page must send. */
  csrf(): string | null;
}

export function browserAt(server: Pick<UnderTest, "call" | "app">): Browser {
  let cookie: string | null = null;
  let csrf: string | null = null;
  const call = async (method: string, path: string, sent: Sent = {}): Promise<Got> => {
    const changes = method !== "GET" && method !== "HEAD";
    const got = await server.call(method, path, {
      ...sent,
      headers: {
        "user-agent": "Test browser",
        ...(cookie === null ? {} : { cookie }),
        ...(changes ? { origin: server.app.site.publicUrl, "sec-fetch-site": "same-origin" } : {}),
        ...(changes && csrf !== null ? { "x-haltpoint-csrf": csrf } : {}),
        ...sent.headers,
      },
    });
    const set = got.headers.get("set-cookie");
    if (set !== null) cookie = /Max-Age=0\b/.test(set) ? null : (set.split(";", 1)[0] ?? null);
    const { csrf: told } = (got.body ?? {}) as { csrf?: string };
    if (typeof told === "string") csrf = told;
    return got;
  };
  return {
    cookie: () => cookie,
    csrf: () => csrf,
    call,
    async signIn(person) {
      const got = await call("POST", "/v1/sign-in/development", { body: { person }, key: null });
      if (got.status !== 200) throw new Error(got.text);
      return got.body as Me;
    },
  };
}
