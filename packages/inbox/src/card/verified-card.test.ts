import { canonicalJson, revisionDigest, type Card, type Revision } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import { frictionOf } from "./friction.ts";
import { verifiedCard } from "./verified-card.ts";

const content: Revision = {
  subject: { type: "agent", id: "a" },
  action: { name: "payments.transfer", properties: { amount: "1.00 USD" } },
  resource: { type: "account", id: "acme" },
};
const digest = revisionDigest(content);

function cardWith(over: {
  readonly canonical?: string | null;
  readonly digest?: string;
  readonly content?: Revision;
  readonly request?: object;
}): Card {
  const request = {
    risk: "high",
    short_id: "K7QP2",
    changes: [],
    quorum: null,
    confirm: [],
    step_up: "none",
    reason_required: false,
    editable_fields: [],
    revision: { number: 0, digest: over.digest ?? digest, content: over.content ?? content },
    ...over.request,
  };
  const canonical = over.canonical === undefined ? canonicalJson(content) : over.canonical;
  // Only the members that are read here.
  return { canonical, digest: over.digest ?? digest, request } as unknown as Card;
}

describe("a card (I2)", () => {
  it("is drawn from bytes that have the digest it is decided by", () => {
    expect(verifiedCard(cardWith({}))).toMatchObject({ kind: "verified", content, digest });
  });

  it("has another display digest when anything changes that somebody decides on", () => {
    const displayed = (request: object) => {
      const verified = verifiedCard(cardWith({ request }));
      return verified.kind === "verified" ? verified.displayDigest : null;
    };
    expect(displayed({ confirm: [{ id: "x", text: "y" }] })).not.toBe(displayed({}));
    expect(displayed({ risk: "low" })).not.toBe(displayed({}));
    expect(displayed({ short_id: "OTHER" })).toBe(displayed({}));
  });

  it("is not decided where its parts say different things", () => {
    const other = { ...content, resource: { type: "account", id: "mallory" } };
    const spaced = JSON.stringify(content, null, 1);
    for (const card of [
      cardWith({ canonical: canonicalJson(other) }),
      cardWith({ digest: revisionDigest(other) }),
      cardWith({ content: other }),
      cardWith({ canonical: spaced }),
    ]) {
      expect(verifiedCard(card).kind).toBe("contradictory");
    }
  });

  it("shows no arguments to whoever may not see them", () => {
    expect(verifiedCard(cardWith({ canonical: null })).kind).toBe("metadata");
  });
});

describe("friction by risk", () => {
  const friction = (request: object) => frictionOf(cardWith({ request }).request);
  it.each([
    [{ risk: "low" }, { atOnce: true, reason: false, passkey: false, type: null }],
    [{ risk: "low", confirm: [{ id: "a", text: "b" }] }, { atOnce: false }],
    [
      { risk: "low", reason_required: true },
      { atOnce: false, reason: true },
    ],
    [
      { risk: "low", step_up: "passkey" },
      { atOnce: false, passkey: true },
    ],
    [{ risk: "medium" }, { atOnce: false, reason: false, type: null }],
    [{ risk: "high" }, { atOnce: false, reason: true, type: null }],
    [{ risk: "critical" }, { atOnce: false, reason: true, type: "acme" }],
    [{ risk: "unheard of" }, { risk: "critical", type: "acme" }],
  ])("%j takes %j", (request, expected) => {
    expect(friction(request)).toMatchObject(expected);
  });

  it.each([["acme\u200B"], ["Ωμέγα"], ["x".repeat(60)]])(
    "has nobody type a target such as %j that no keyboard has",
    (id) => {
      const odd = { ...content, resource: { type: "account", id } };
      const revision = { number: 0, digest, content: odd };
      expect(friction({ risk: "critical", revision }).type).toBe("K7QP2");
    },
  );
});
