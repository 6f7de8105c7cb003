import type { Card, DecisionAnswer } from "@haltpoint/protocol";
import { startAuthentication } from "@simplewebauthn/browser";
import { useState } from "react";
import { call, type Answer } from "../api/call.ts";
import type { Failure } from "../api/failure.ts";
import { KEYS } from "../api/query-client.ts";
import { useAction } from "../api/use-action.ts";
import { useSession } from "../shell/session.tsx";
import { serverNow } from "../time/server-clock.ts";
import { signDecision, type ChallengeView, type Decision } from "./sign-decision.ts";
import { cardPath } from "./use-card.ts";

/** Somebody or something else was quicker: the card has changed, and the form is about the old one. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  "already_decided",
  "expired",
  "stale_revision",
  "not_in_state",
  "retract_too_late",
  "interrupted",
]);

export function isOvertaken({ code }: Failure): boolean {
  return OVERTAKEN.has(code);
}

export interface Doing<B> {
  readonly run: (body: B) => Promise<Answer<DecisionAnswer> | null>;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** One thing a person may do to a request; reads again what it changed. */
export function useDo<B>(requestId: string, verb: string): Doing<B> {
  return useAction<B, DecisionAnswer>(
    (body) => ({ method: "POST", path: cardPath(requestId, verb), body }),
    { refresh: [KEYS.request(requestId), KEYS.requests, KEYS.running] },
  );
}

export interface DecideBody {
  readonly reason: string | null;
  readonly confirmed: readonly string[];
}

/** What a card is decided by: the digests of what is on the screen. */
export interface Displayed {
  readonly card: Card;
  readonly digest: string;
  /** Null where the arguments are not shown: such a decision is a no, and names no display. */
  readonly displayDigest: string | null;
  readonly readMs: () => number;
}

/** Approve, reject or override exactly what is displayed, signed where `passkey` says so. */
export function useDecide(
  displayed: Displayed,
  verdict: Decision["verdict"],
  passkey: boolean,
): Doing<DecideBody> {
  const { card, digest, displayDigest, readMs } = displayed;
  const { id } = card.request;
  const me = useSession();
  const isOverride = verdict === "override";
  const sent = useDo<Readonly<Record<string, unknown>>>(id, isOverride ? "override" : "reviews");
  const [isSigning, setSigning] = useState(false);
  const [refused, setRefused] = useState<Failure | null>(null);

  const run = async ({ reason, confirmed }: DecideBody): Promise<Answer<DecisionAnswer> | null> => {
    if (isSigning || sent.isBusy) return null;
    setRefused(null);
    const body = {
      ...(isOverride ? {} : { verdict, confirmed }),
      digest,
      ...(displayDigest === null ? {} : { display_digest: displayDigest }),
      ...(reason === null ? {} : { reason }),
      read_ms: Math.round(readMs()),
    };
    if (!passkey || displayDigest === null) return sent.run(body);
    setSigning(true);
    const signed = await signDecision(
      { requestId: id, digest, displayDigest, reviewer: me.person.id, verdict, reason, confirmed },
      {
        origin: location.origin,
        send: (ask) => call<ChallengeView>(ask),
        authenticate: startAuthentication,
        now: serverNow,
      },
    ).finally(() => setSigning(false));
    if (!signed.ok) {
      setRefused(signed.failure);
      return signed;
    }
    return sent.run({ ...body, signature: signed.value });
  };
  return { run, isBusy: isSigning || sent.isBusy, failure: refused ?? sent.failure };
}
