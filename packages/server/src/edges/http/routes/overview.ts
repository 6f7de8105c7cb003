/** Who am I, what happened, what happens now. */
import { analyticsFor } from "../../../app/analytics.ts";
import { refused } from "../../../app/answer.ts";
import { loadFor } from "../../../app/load.ts";
import { reportSince } from "../../../app/report.ts";
import { IDENTITY_OR_PERSON, PERSON } from "../access.ts";
import { streamEvents } from "../events.ts";
import { SinceQuery } from "../query.ts";
import { ok, route, streamRoute, type Route } from "../route.ts";
import { AnalyticsQuery, AnalyticsShape } from "../schema/analytics-shapes.ts";
import { EventViewShape, ReportViewShape, WhoAmIShape } from "../schema/answer-shapes.ts";

const ANALYTICS_DEFAULT_MS = 30 * 86_400_000;
const ANALYTICS_MAX_MS = 366 * 86_400_000;

export const OVERVIEW_ROUTES: readonly Route[] = [
  route({
    id: "whoAmI",
    method: "GET",
    path: "/v1/whoami",
    tag: "registry",
    summary: "Whose credential this is, and what it may",
    access: IDENTITY_OR_PERSON,
    answers: { 200: WhoAmIShape },
    run({ principal }) {
      const { kind, id } = principal;
      const isPerson = principal.kind === "person";
      const rights = isPerson ? principal.rights : [];
      return Promise.resolve(ok({ kind, id, rights, via: isPerson ? principal.via : "key" }));
    },
  }),
  route({
    id: "report",
    method: "GET",
    path: "/v1/report",
    tag: "policy",
    summary: "What policy and people did since a time",
    access: PERSON,
    query: SinceQuery,
    answers: { 200: ReportViewShape },
    run: async ({ edge, query }) => ok(await reportSince(edge.app, query.since)),
  }),
  route({
    id: "analytics",
    method: "GET",
    path: "/v1/analytics",
    tag: "policy",
    summary: "What oversight cost and whether it was any; personal figures for that person only",
    access: PERSON,
    query: AnalyticsQuery,
    answers: { 200: AnalyticsShape },
    async run({ edge, principal, query }) {
      const { now } = await edge.app.store.time();
      const until = query.until ?? now;
      const since = query.since ?? until - ANALYTICS_DEFAULT_MS;
      if (since >= until || until - since > ANALYTICS_MAX_MS) {
        const detail = "`since` must be before `until`, and at most 366 days before it";
        return refused("invalid_request", detail, { field: "since" });
      }
      const counted = await analyticsFor(edge.app, principal.id, { since, until });
      return ok({ ...counted, load: await loadFor(edge.app, principal.id) });
    },
  }),
  streamRoute({
    id: "events",
    method: "GET",
    path: "/v1/events",
    tag: "decisions",
    summary: "Events as they happen (SSE); resumes after `Last-Event-ID`",
    access: PERSON,
    answers: { 200: EventViewShape },
    problems: ["too_many_requests"],
    stream: streamEvents,
  }),
];
