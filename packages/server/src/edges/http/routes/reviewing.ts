/** What surrounds reviews: the challenge a passkey signs, and one word on several requests. */
import { refused } from "../../../app/answer.ts";
import { reviewBatch } from "../../../app/review-batch.ts";
import { offerChallenge } from "../../../app/signed-decision.ts";
import { PERSON } from "../access.ts";
import { ok, route, type Route } from "../route.ts";
import {
  BatchReviewShape,
  BatchReviewViewShape,
  ChallengeShape,
  ChallengeViewShape,
} from "../schema/reviewing-shapes.ts";
import { requestIdFor } from "./request-of.ts";
import { withDiff } from "./stale-diff.ts";

export const REVIEWING_ROUTES: readonly Route[] = [
  route({
    id: "offerChallenge",
    method: "POST",
    path: "/v1/requests/:id/challenges",
    tag: "decisions",
    summary: "What a passkey signs for this very review or override",
    access: PERSON,
    key: "none",
    body: ChallengeShape,
    answers: { 200: ChallengeViewShape },
    problems: [
      "not_found",
      "ambiguous_id",
      "already_decided",
      "expired",
      "stale_revision",
      "step_up_required",
    ],
    async run({ edge, principal, params, body }) {
      const { app } = edge;
      const id = await requestIdFor(app, principal, params);
      if (!id.ok) return id;
      const { reason = null, confirmed = [], verdict } = body;
      if ((body.for === "review") !== (verdict !== undefined)) {
        const detail = "send `verdict` for a review, and none for an override";
        return refused("invalid_request", detail, { field: "verdict" });
      }
      const words = { verdict: verdict ?? ("override" as const), reason, confirmed };
      const { digest, display_digest: displayDigest } = body;
      const asked = { requestId: id.value, words, digest, displayDigest };
      const offered = await offerChallenge(app, principal, asked);
      if (offered.ok) return ok(offered.value);
      return { ok: false, problem: await withDiff(app, principal, offered.problem, body) };
    },
  }),
  route({
    id: "reviewBatch",
    method: "POST",
    path: "/v1/reviews",
    tag: "decisions",
    summary: "One word on several requests of one action, identity and risk",
    access: PERSON,
    body: BatchReviewShape,
    answers: { 200: BatchReviewViewShape },
    problems: ["batch_refused", "idempotency_conflict"],
    async run({ edge, principal: person, body, keyed }) {
      const { items, verdict, reason = null } = body;
      const key = await keyed({ kind: "batch", requestId: null, body });
      const done = await reviewBatch(edge.app, { person, items, verdict, reason }, key);
      if (!done.ok) return done;
      const results = await Promise.all(
        done.value.results.map(async (result) => {
          if (result.problem === undefined) return result;
          const sent = items.find(({ id }) => id === result.id);
          const problem = await withDiff(edge.app, person, result.problem, sent);
          return { ...result, problem };
        }),
      );
      return ok({ results });
    },
  }),
];
