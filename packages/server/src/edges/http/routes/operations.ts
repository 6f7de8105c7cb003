/** For machines that look after this one. */
import { refused } from "../../../app/answer.ts";
import { ANYONE } from "../access.ts";
import { ok, route, type Route } from "../route.ts";
import { HealthShape, MetricsShape } from "../schema/answer-shapes.ts";

export const OPERATION_ROUTES: readonly Route[] = [
  route({
    id: "healthz",
    method: "GET",
    path: "/healthz",
    tag: "operations",
    summary: "Whether the process lives",
    access: ANYONE,
    answers: { 200: HealthShape },
    run: () => Promise.resolve(ok({ status: "ok" })),
  }),
  route({
    id: "readyz",
    method: "GET",
    path: "/readyz",
    tag: "operations",
    summary: "Whether it can decide: the store answers and a policy is in force",
    access: ANYONE,
    answers: { 200: HealthShape },
    async run({ edge }) {
      await edge.app.store.time();
      const policy = await edge.app.store.policy();
      if (policy === null) return refused("unavailable", "no policy is in force; publish one");
      return ok({ status: "ready" });
    },
  }),
  route({
    id: "metrics",
    method: "GET",
    path: "/metrics",
    tag: "operations",
    summary: "Prometheus metrics, without ids",
    access: ANYONE,
    answers: { 200: MetricsShape },
    async run({ edge }) {
      const { contentType, text } = await edge.metrics.text();
      return { ok: true, value: { status: 200, body: text, contentType } };
    },
  }),
];
