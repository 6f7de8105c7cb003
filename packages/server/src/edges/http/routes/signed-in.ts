/** What every sign-in answers: who one is now, and the cookie that says so from here on. */
import type { Me } from "@haltpoint/protocol";
import type { Answer } from "../../../app/answer.ts";
import { meOf } from "../../../app/me.ts";
import type { SignedIn } from "../../../app/sessions.ts";
import { sessionCookie } from "../cookies.ts";
import type { Edge } from "../edge.ts";
import type { Reply } from "../route.ts";

export async function signedIn(
  { app }: Edge,
  answer: Answer<SignedIn>,
): Promise<Answer<Reply<Me>>> {
  if (!answer.ok) return answer;
  const { session, secret } = answer.value;
  const { person: id, via, kind: channel, expiresAt, createdAt } = session;
  const me = await meOf(app, { id, via, channel }, session);
  if (!me.ok) return me;
  const cookie = sessionCookie(app.site, secret, expiresAt - createdAt);
  return { ok: true, value: { status: 200, body: me.value, cookie } };
}
