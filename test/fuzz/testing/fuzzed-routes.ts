/** Calls of every route that changes something, from the routes' own declarations. */
import type { SeededRandom } from "../../simulation/seeded-random.ts";
import { ROUTES } from "../../../packages/server/src/edges/http/routes/table.ts";
import type { Route } from "../../../packages/server/src/edges/http/route.ts";
import type { Place } from "./fuzzed-child.ts";
import { CANARY } from "./refusal-oracle.ts";
import type { Schema } from "./schema-values.ts";

export const CHANGING: readonly Route[] = ROUTES.filter(
  ({ method, stream }) => method !== "GET" && stream === null,
);

/** Null: it takes no body. */
export function schemaOf(route: Route): Schema | null {
  return route.body === null ? null : (route.body.schema as unknown as Schema);
}

/** The path with things in it that exist, some of them; people and identities are ones to spare. */
export function pathOf(route: Route, random: SeededRandom, requests: readonly string[]): string {
  return route.path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    if (name !== "id") return name === "roster" ? "night" : "key_unknown";
    if (route.path.startsWith("/v1/requests")) return random.pick(requests);
    return route.path.startsWith("/v1/people") ? "spare" : "spare-agent";
  });
}

export interface Caller {
  readonly who: string;
  readonly authorization: string | null;
  /** The status that this caller must get, whatever else is sent; null where that depends on it. */
  readonly status: 401 | 403 | null;
  /** The origin that its page has. */
  readonly origin?: string;
}

/**
 * Mostly somebody who may, so that what is sent is looked at. What is for anyone asks for no
 * credential, and, where only pages may call it, for the origin of one (T16).
 */
export function callerOf(route: Route, place: Place, random: SeededRandom): Caller {
  if (route.access.kind === "anyone") {
    const origin = `http://localhost:${new URL(place.url).port}`;
    return random.chance(0.8)
      ? { who: "a page", authorization: null, status: null, origin }
      : { who: "a program", authorization: null, status: null };
  }
  const isForIdentity = route.access.kind === "identity";
  const bearer = (secret: string): string => `Bearer ${secret}`;
  switch (random.weighted({ admitted: 8, nobody: 1, other: 1, garbage: 1 })) {
    case "admitted":
      return {
        who: "admitted",
        authorization: bearer(isForIdentity ? place.agent : place.chief),
        status: null,
      };
    case "nobody":
      return { who: "nobody", authorization: null, status: 401 };
    case "other":
      return {
        who: "other",
        authorization: bearer(isForIdentity ? place.reviewer : place.agent),
        status: 403,
      };
    case "garbage":
      return {
        who: "garbage",
        authorization: random.pick([
          `Bearer ${CANARY}`,
          `Bearer hpk_${CANARY}`,
          "Bearer",
          "Bearer \u00ff\u00fe",
          `Basic ${CANARY}`,
          `${place.agent}`,
          `Bearer ${place.agent}x`,
          `Bearer ${place.agent.slice(0, -1)}`,
          `Bearer ${"A".repeat(8_000)}`,
          `Bearer ${place.agent} ${place.agent}`,
        ]),
        status: 401,
      };
  }
}

export const CREATED_IN: Readonly<Record<string, string>> = {
  submitRequest: "requests",
  registerIdentity: "identities",
  registerPerson: "persons",
  issueKey: "credentials",
  issueToken: "credentials",
  publishPolicy: "requests",
  placeHalt: "halts",
};
