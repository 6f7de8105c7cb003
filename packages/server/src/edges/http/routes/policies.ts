/** Policy in force, publishing another, and asking what it would say. */
import { refused } from "../../../app/answer.ts";
import { principalName } from "../../../app/authenticate.ts";
import { explainPolicy, publishPolicy } from "../../../app/publish-policy.ts";
import { replayPolicy } from "../../../app/policy-replay/replay-policy.ts";
import { PERSON, withRights } from "../access.ts";
import { created, ok, route, type Route } from "../route.ts";
import { ExplainedShape, PolicyViewShape, PublishedShape } from "../schema/answer-shapes.ts";
import { ReplayBodyShape, ReplayShape } from "../schema/policy-shapes.ts";
import { ExplainShape, NewPolicyShape } from "../schema/registry-shapes.ts";

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
      const { version, text, by, at } = stored;
      return ok({ version, text, by, at });
    },
  }),
  route({
    id: "publishPolicy",
    method: "POST",
    path: "/v1/policies",
    tag: "policy",
    summary: "Put a policy in force; it is taken whole or refused whole",
    access: withRights(["policy_admin"]),
    body: NewPolicyShape,
    answers: { 201: PublishedShape },
    problems: ["unsupported_policy", "idempotency_conflict"],
    async run({ edge, principal, body, keyed }) {
      const bound = await keyed({ kind: "publish_policy", requestId: null, body });
      const published = await publishPolicy(edge.app, {
        text: body.text,
        by: principalName(principal),
        file: "policy",
        keyed: bound,
      });
      return published.ok ? created(published.value) : published;
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
];
