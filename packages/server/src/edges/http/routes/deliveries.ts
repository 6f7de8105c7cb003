/** Notices that could not be delivered. */
import type { DeliveryView } from "@haltpoint/protocol";
import { Type } from "../schema/type.ts";
import { principalName } from "../../../app/authenticate.ts";
import { retryDelivery, troubledDeliveries } from "../../../app/deliveries.ts";
import { withRights } from "../access.ts";
import { ok, route, type Route } from "../route.ts";
import { DeliveryPageShape, DeliveryViewShape } from "../schema/delivery-shapes.ts";
import { ownShape } from "../schema/shape.ts";
import { choice, closed } from "../schema/terms.ts";
import { PAGE_MEMBERS } from "../query.ts";
import { pageOf } from "./list-query.ts";

const STATUSES = ["dead", "failing", "folded"] as const satisfies readonly DeliveryView["status"][];
const DeliveriesQuery = ownShape(
  "DeliveriesQuery",
  closed({
    status: Type.Optional(
      choice(STATUSES, "Given up (the default), to be tried again, or folded into another."),
    ),
    ...PAGE_MEMBERS,
  }),
);

export const DELIVERY_ROUTES: readonly Route[] = [
  route({
    id: "listDeliveries",
    method: "GET",
    path: "/v1/deliveries",
    tag: "operations",
    summary: "Notices that were not delivered, the newest first",
    access: withRights(["operator", "auditor"]),
    query: DeliveriesQuery,
    answers: { 200: DeliveryPageShape },
    async run({ edge, query }) {
      const all = await troubledDeliveries(edge.app, query.status ?? "dead");
      const page = pageOf(all, (each) => each.id, query, edge.app);
      return page.ok ? ok(page.value) : page;
    },
  }),
  route({
    id: "retryDelivery",
    method: "POST",
    path: "/v1/deliveries/:id/retry",
    tag: "operations",
    summary: "Try to deliver it again, at once",
    access: withRights(["operator"]),
    answers: { 200: DeliveryViewShape },
    problems: ["not_found", "idempotency_conflict"],
    async run({ edge, principal, params, body, keyed }) {
      const id = params["id"] ?? "";
      const by = principalName(principal);
      const bound = await keyed({ kind: "retry_delivery", requestId: id, body });
      const retried = await retryDelivery(edge.app, id, { by, keyed: bound });
      return retried.ok ? ok(retried.value) : retried;
    },
  }),
];
