/** Challenges that a passkey signs, and one word on several requests. */
import type {
  BatchReviewBody,
  BatchReviewView,
  ChallengeBody,
  ChallengeView,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { ProblemShape } from "./answer-shapes.ts";
import { confirmed, displayDigest, displayed, reason } from "./decision-shapes.ts";
import { shape } from "./shape.ts";
import { choice, closed, flag, free, id, integer } from "./terms.ts";

export const ChallengeShape = shape<ChallengeBody>()(
  "ChallengeBody",
  closed({
    for: choice(["review", "override"], "What is going to be sent."),
    verdict: Type.Optional(choice(["approve", "reject"], "Of a review.")),
    digest: displayed,
    display_digest: displayDigest,
    reason: Type.Optional(reason),
    confirmed: Type.Optional(confirmed),
  }),
);

const BATCH_MAX = 50;

export const BatchReviewShape = shape<BatchReviewBody>()(
  "BatchReviewBody",
  closed({
    items: Type.Array(closed({ id: id("Of a request.", "req_01"), digest: displayed }), {
      minItems: 1,
      maxItems: BATCH_MAX,
      description: "Of one action, one identity and one risk: low at most 50, medium at most 10.",
      "x-expected": `1 to ${BATCH_MAX} requests with the digests that were displayed`,
    }),
    verdict: choice(["approve", "reject"], "What this person says of each."),
    reason: Type.Optional(reason),
  }),
);

export const BatchReviewViewShape = shape<BatchReviewView>()(
  "BatchReview",
  closed({
    results: Type.Array(
      closed({
        id: Type.String({ description: "As sent." }),
        ok: flag("Whether it was decided so."),
        problem: Type.Optional(ProblemShape.schema),
      }),
    ),
  }),
);

const said = Type.String({ description: "As it was sent." });

export const ChallengeViewShape = shape<ChallengeView>()(
  "Challenge",
  closed({
    ceremony: said,
    options: free("`PublicKeyCredentialRequestOptionsJSON`."),
    challenge_input: closed(
      {
        v: Type.Literal("haltpoint:review:1"),
        log_origin: said,
        request: said,
        digest: said,
        obligations_digest: said,
        display_digest: said,
        reviewer: said,
        review: closed({
          verdict: choice(["approve", "reject", "override"], "What is decided."),
          reason: Type.Union([said, Type.Null()]),
          confirmed: Type.Array(said),
        }),
        nonce: said,
        expires_at: integer("Since the epoch, in milliseconds."),
      },
      { description: "What is signed; its challenge is in `options`." },
    ),
  }),
);
