/** Two policies, and people who propose and decide. */
import { sha256Base64url } from "@haltpoint/protocol";
import type { App } from "../../../packages/server/src/app/app.ts";
import { decideOn } from "../../../packages/server/src/app/channels.ts";
import { proposePolicy } from "../../../packages/server/src/app/propose-policy.ts";

export const BASE = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups: { finance: [ana, bo] }
rules:
  - { id: reads, why: Reading needs nobody, match: { action: files.read }, decision: allow }
`;
export const NEXT = `${BASE}  - { id: erasing, why: Erasing needs nobody, match: { action: files.erase }, decision: allow }\n`;

export function proposeAs(
  app: App,
  { text, person, key }: { readonly text: string; readonly person: string; readonly key: string },
) {
  return proposePolicy(app, {
    text,
    person,
    file: "next.yaml",
    reason: "finance asked for it",
    live: false,
    keyed: { principal: `person:${person}`, key, fingerprint: sha256Base64url(text) },
    signal: new AbortController().signal,
  });
}

/** Says something of the revision as it is now, in the web inbox. */
export async function decideAs(
  app: App,
  said: {
    readonly id: string;
    readonly person: string;
    readonly verdict: "approve" | "reject";
    readonly key: string;
  },
) {
  const { id: requestId, person: id, verdict, key } = said;
  const state = await app.store.request(requestId);
  if (state === null) throw new Error(`there is no ${requestId}`);
  const { digest } = state.revision;
  const signedIn = { via: "passkey", channel: "web", session: null } as const;
  const person = { kind: "person", id, rights: [], ...signedIn } as const;
  const act = { kind: "review", verdict, digest, reason: "looked at it", confirmed: [] } as const;
  const keyed = { principal: `person:${id}`, key, fingerprint: verdict };
  return decideOn(app, { requestId, person, act }, keyed);
}
