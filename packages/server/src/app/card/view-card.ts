/** The card: everything a person needs in order to decide one request well, in one answer. */
import type { Card, PersonName } from "@haltpoint/protocol";
import type { RequestState } from "../../domain/request/model.ts";
import type { App } from "../app.ts";
import type { Principal } from "../authenticate.ts";
import { readContent } from "../content.ts";
import { rosterOf } from "../facts.ts";
import { delegationsInForce, electorateAt, routedFor } from "../routing.ts";
import { viewRequest, visibilityOf } from "../view-request.ts";
import { alikeTo } from "./alike.ts";
import { allowancesOf } from "./allowances.ts";
import { effectsOf } from "./effects.ts";
import { fieldsOf } from "./fields.ts";
import { impactOf } from "./impact.ts";
import { becauseOf } from "./rules.ts";
import { similarTo } from "./similar.ts";
import { timelineOf } from "./timeline.ts";

/** Null where the viewer may not know of the request; see `viewRequest` for who sees what. */
export async function viewCard(
  app: App,
  state: RequestState,
  viewer: Extract<Principal, { kind: "person" }>,
): Promise<Card | null> {
  const standing = await app.store.standing();
  const roster = await rosterOf(app, state, standing);
  const visibility = visibilityOf(state, viewer, roster);
  const request = await viewRequest(app, state, viewer, standing);
  if (request === null || visibility === "none") return null;
  const isFull = visibility === "full";
  const content = await readContent(app, state.id, state.revision.number);
  const { can, delegates } = await allowancesOf(app, state, content.plain, viewer, standing);
  const membership = await app.facts.membership(standing.epochs.membership);
  const named = (id: string): PersonName => {
    return { id, name: membership.persons.get(id)?.name ?? id };
  };
  const policy = await app.policies.current(standing.epochs.policy);
  const declared = policy.declared(content.plain.action.name);
  const because = await becauseOf(app, state, content, standing);
  const { now } = standing.time;
  const electorate = state.status === "held" ? await electorateAt(app, state, standing) : null;
  const delegations = await delegationsInForce(app, viewer.id, standing);
  const about = { requestId: state.id, content: content.committed, now };
  return {
    request,
    sentence: request.title,
    visibility,
    can,
    because: isFull ? because : because.map((rule) => ({ ...rule, values: {}, detail: null })),
    impact: isFull ? impactOf(app, state, content) : null,
    effects: isFull ? await effectsOf(app, about, declared) : null,
    schema: declared?.written.properties ?? null,
    fields: isFull ? fieldsOf(content.committed, declared, request.editable_fields) : [],
    alike: await alikeTo(app, state, viewer, standing),
    similar: isFull ? await similarTo(app, state, viewer, standing) : [],
    delegates: delegates.map(named),
    for: electorate === null ? [] : routedFor(electorate, viewer.id, delegations).map(named),
    timeline: timelineOf(await app.store.entries(state.id), isFull),
    canonical: isFull ? content.canonical : null,
    digest: state.revision.digest,
    now,
  };
}
