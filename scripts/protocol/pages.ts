import { PROBLEMS, type ProblemCode } from "@haltpoint/protocol";
import {
  DEFAULT_HTTP_LIMITS,
  HTTP_LIMITS,
  type HttpLimits,
} from "../../packages/server/src/edges/http/limits.ts";
import type { Route } from "../../packages/server/src/edges/http/route.ts";
import { markdownTable } from "../states/pages.ts";

/** The tables of docs/protocol.md, from the declarations that the server enforces. */

/** Who is told of a route in the order of the table that serves it. */
export function routeTable(routes: readonly Route[]): string {
  return markdownTable(
    ["route", "who", "key", "what"],
    routes.map((route) => [
      `\`${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}\``,
      whoMay(route),
      route.keyUse === "none" ? "" : route.keyUse,
      route.summary,
    ]),
  );
}

function whoMay({ access }: Route): string {
  if (access.rights.length > 0) return access.rights.map((right) => `\`${right}\``).join(" or ");
  return access.kind.replaceAll("_", " ");
}

/** One line for each code: what clients and the command line make of it. */
export function problemTable(): string {
  return markdownTable(
    ["code", "HTTP", "exit", "meaning"],
    Object.entries(PROBLEMS).map(([code, { status, exit, title }]) => [
      `\`${code}\``,
      String(status),
      String(exit),
      title,
    ]),
  );
}

/** The limits of the HTTP edge with their defaults. */
export function limitTable(): string {
  return markdownTable(
    ["limit", "default", "of", "answered by"],
    (
      Object.entries(HTTP_LIMITS) as [keyof HttpLimits, (typeof HTTP_LIMITS)[keyof HttpLimits]][]
    ).map(([member, { name, about, code }]) => [
      `\`${name}\``,
      DEFAULT_HTTP_LIMITS[member].toLocaleString("en-US"),
      about,
      code === null ? "" : answeredBy(code),
    ]),
  );
}

function answeredBy(code: ProblemCode): string {
  return `${PROBLEMS[code].status} \`${code}\``;
}
