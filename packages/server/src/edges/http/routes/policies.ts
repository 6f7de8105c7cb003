/** Policy in force, publishing another, and asking what it would say. */
import type { PolicyVersionView, PolicyView } from "@haltpoint/protocol";
import { refused } from "../../../app/answer.ts";
import { principalName } from "../../../app/authenticate.ts";
import { explainPolicy } from "../../../app/explain-policy.ts";
import { policyCoverage } from "../../../app/policy-coverage/policy-coverage.ts";
import { proposePolicy } from "../../../app/propose-policy.ts";
import { replayPolicy } from "../../../app/policy-replay/replay-policy.ts";
import { howPublished } from "../../../app/publish-policy.ts";
import type { StoredPolicy } from "../../../ports/store.ts";
import { PERSON, withRights } from "../access.ts";
import { created, ok, route, type Route } from "../route.ts";
import { ExplainedShape } from "../schema/answer-shapes.ts";
import { CoverageQuery, CoverageShape } from "../schema/coverage-shapes.ts";
import {
  NewPolicyShape,
  PolicyVersionsShape,
  PolicyViewShape,
  PublishedShape,
  ReplayBodyShape,
  ReplayShape,
} from "../schema/policy-shapes.ts";
import { ExplainShape } from "../schema/registry-shapes.ts";

/** More are never asked for at once: who needs older ones reads the ledger. */
const VERSIONS_MAX = 200;

function versionView({
  version,
  by,
  at,
  requestId,
  reason,
}: Omit<StoredPolicy, "text">): PolicyVersionView {
  return { version, by, at, how: howPublished({ by }), request: requestId, reason };
}

function policyView(stored: StoredPolicy): PolicyView {
  return { ...versionView(stored), text: stored.text };
}

export const POLICY_ROUTES: readonly Route[] = [
  route({
    id: "currentPolicy",
    method: "GET",
    path: "/v1/policies/current",
    tag: "policy",
    summary: "The policy in force",
    access: PERSON,
    answers: { 200: PolicyViewShape },
    problems: ["not_found"],
    async run({ edge }) {
      const stored = await edge.app.store.policy();
      if (stored === null) return refused("not_found", "no policy is in force; publish one");
      return ok(policyView(stored));
    },
  }),
  route({
    id: "listPolicies",
    method: "GET",
    path: "/v1/policies",
    tag: "policy",
    summary: "Policies that are, or were, in force, the newest first; without their texts",
    access: PERSON,
    answers: { 200: PolicyVersionsShape },
    async run({ edge }) {
      const versions = await edge.app.store.policyVersions(VERSIONS_MAX);
      return ok({ items: versions.map(versionView) });
    },
  }),
  route({
    id: "readPolicy",
    method: "GET",
    path: "/v1/policies/:version",
    tag: "policy",
    summary: "A policy that is, or was, in force",
    access: PERSON,
    answers: { 200: PolicyViewShape },
    problems: ["not_found"],
    async run({ edge, params }) {
      const { version = "" } = params;
      const stored = await edge.app.store.policyByVersion(version);
      if (stored === null)
        return refused("not_found", `no policy \`${version}\` was ever in force`);
      return ok(policyView(stored));
    },
  }),
  route({
    id: "publishPolicy",
    method: "POST",
    path: "/v1/policies",
    tag: "policy",
    summary: "Propose a policy; a second policy admin puts it in force by approving the request",
    access: withRights(["policy_admin"]),
    walks: true,
    body: NewPolicyShape,
    answers: { 201: PublishedShape },
    problems: [
      "unsupported_policy",
      "idempotency_conflict",
      "separation_of_duties",
      "forbidden",
      "payload_too_large",
      "unavailable",
      "store_busy",
    ],
    async run({ edge, principal, body, keyed, waiting }) {
      const { text, reason, live = false } = body;
      const proposed = await proposePolicy(edge.app, {
        text,
        person: principal.id,
        file: "policy",
        live,
        keyed: await keyed({ kind: "publish_policy", requestId: null, body }),
        signal: waiting.signal,
        ...(reason === undefined ? {} : { reason }),
      });
      return proposed.ok ? created(proposed.value) : proposed;
    },
  }),
  route({
    id: "explainPolicy",
    method: "POST",
    path: "/v1/policies/explain",
    tag: "policy",
    summary: "What policy in force would say; nothing is submitted",
    access: PERSON,
    body: ExplainShape,
    answers: { 200: ExplainedShape },
    problems: ["not_found"],
    async run({ edge, body }) {
      const { identity, action, resource, context } = body.request;
      const request = { action, resource, ...(context === undefined ? {} : { context }) };
      const explained = await explainPolicy(edge.app, { identityId: identity, request });
      return explained.ok ? ok(explained.value) : explained;
    },
  }),
  route({
    id: "replayPolicy",
    method: "POST",
    path: "/v1/policy/replay",
    tag: "policy",
    summary: "What a policy would have decided of the requests on record; nothing is changed",
    access: withRights(["policy_admin"]),
    walks: true,
    body: ReplayBodyShape,
    answers: { 200: ReplayShape },
    problems: ["unsupported_policy", "unavailable"],
    async run({ edge, principal, body, waiting }) {
      const { signal } = waiting;
      const about = { file: "policy", signal, ...body };
      const replayed = await replayPolicy(edge.app, principalName(principal), about);
      return replayed.ok ? ok(replayed.value) : replayed;
    },
  }),
  // As the report: counts and names, nothing of what was asked, so everybody may read it.
  route({
    id: "policyCoverage",
    method: "GET",
    path: "/v1/policy/coverage",
    tag: "policy",
    summary: "Which tools agents call, what they are taken for, and which no rule is about",
    access: PERSON,
    walks: true,
    query: CoverageQuery,
    answers: { 200: CoverageShape },
    problems: ["not_found"],
    async run({ edge, query, waiting }) {
      const { signal } = waiting;
      const covered = await policyCoverage(edge.app, { signal, ...query });
      return covered.ok ? ok(covered.value) : covered;
    },
  }),
];
