/** Who am I, what happened, what happens now. */
import { reportSince } from "../../../app/report.ts";
import { IDENTITY_OR_PERSON, PERSON } from "../access.ts";
import { streamEvents } from "../events.ts";
import { SinceQuery } from "../query.ts";
import { ok, route, streamRoute, type Route } from "../route.ts";
import { EventViewShape, ReportViewShape, WhoAmIShape } from "../schema/answer-shapes.ts";

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
