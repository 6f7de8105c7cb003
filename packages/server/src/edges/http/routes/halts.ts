/** The kill switch. */
import type { PageView, HaltView } from "@haltpoint/protocol";
import type { Answer } from "../../../app/answer.ts";
import type { App } from "../../../app/app.ts";
import { rosterOf } from "../../../app/facts.ts";
import { halt, haltView, liftHalt } from "../../../app/place-halt.ts";
import { visibilityOf } from "../../../app/view-request.ts";
import { PERSON, type Person } from "../access.ts";
import { PageQuery } from "../query.ts";
import { created, ok, route, type Reply, type Route } from "../route.ts";
import { HaltPageShape, HaltViewShape } from "../schema/answer-shapes.ts";
import { HaltShape, ReasonShape } from "../schema/decision-shapes.ts";
import { actorOf } from "./decisions.ts";
import { pageOf } from "./list-query.ts";

/** The store reads halts newest first; older ones than these are in the ledger. */
const HALTS_READ = 1_000;

const OF_REQUEST = /^(req_\w+) was rejected: /;

/** Without what a rejection said, for whoever may not see what was rejected. */
async function haltFor(app: App, principal: Person, halt: HaltView): Promise<HaltView> {
  const id = OF_REQUEST.exec(halt.reason)?.[1];
  if (id === undefined) return halt;
  const state = await app.store.request(id);
  const isSeen =
    state !== null && visibilityOf(state, principal, await rosterOf(app, state)) !== "none";
  return isSeen ? halt : { ...halt, reason: "a request was rejected" };
}

export const HALT_ROUTES: readonly Route[] = [
  route({
    id: "listHalts",
    method: "GET",
    path: "/v1/halts",
    tag: "halts",
    summary: "Halts, the newest first, lifted ones included",
    access: PERSON,
    query: PageQuery,
    answers: { 200: HaltPageShape },
    async run({ edge, principal, query }): Promise<Answer<Reply<PageView<HaltView>>>> {
      const halts = (await edge.app.store.halts(HALTS_READ)).map(haltView);
      const page = pageOf(halts, (each) => each.id, query, edge.app);
      if (!page.ok) return page;
      const items = page.value.items.map((each) => haltFor(edge.app, principal, each));
      return ok({ items: await Promise.all(items), cursor: page.value.cursor });
    },
  }),
  route({
    id: "placeHalt",
    method: "POST",
    path: "/v1/halts",
    tag: "halts",
    summary:
      "Stop an identity, an owner's identities, a group, session, trace, action, impact or everything",
    access: PERSON,
    body: HaltShape,
    answers: { 201: HaltViewShape },
    problems: ["right_required", "idempotency_conflict"],
    async run({ edge, principal, body, keyed }) {
      const bound = await keyed({ kind: "place_halt", requestId: null, body });
      const placed = await halt(edge.app, actorOf(principal), body, bound);
      return placed.ok ? created(placed.value) : placed;
    },
  }),
  route({
    id: "liftHalt",
    method: "DELETE",
    path: "/v1/halts/:id",
    tag: "halts",
    summary: "Lift a halt; one of everything takes two persons",
    access: PERSON,
    body: ReasonShape,
    answers: { 200: HaltViewShape },
    problems: [
      "right_required",
      "idempotency_conflict",
      "not_found",
      "halt_not_active",
      "lift_needs_second_person",
    ],
    async run({ edge, principal, body, params, keyed }) {
      const haltId = params["id"] ?? "";
      const bound = await keyed({ kind: "lift_halt", requestId: haltId, body });
      const lift = { haltId, reason: body.reason };
      const lifted = await liftHalt(edge.app, actorOf(principal), lift, bound);
      return lifted.ok ? ok(lifted.value) : lifted;
    },
  }),
];
