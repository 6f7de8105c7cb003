/** The OpenAPI 3.1 document, made from the declarations of the routes. */
import swagger from "@fastify/swagger";
import { PROBLEMS, type ProblemCode } from "@haltpoint/protocol";
import type { FastifyInstance, FastifySchema } from "fastify";
import type { Route } from "./route.ts";
import type { Shape } from "./schema/shape.ts";
import { ProblemShape } from "./schema/answer-shapes.ts";

type Json = Record<string, unknown>;

const IDENTITY_KEY = "identityKey";
const PERSON_TOKEN = "personToken";
const SESSION_COOKIE = "sessionCookie";
const PARAMETER = /:(\w+)/g;

/** How every route refuses by what it declares. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(route.problems ?? []);
  if (route.access.kind !== "anyone") codes.add("unauthenticated");
  if (route.access.kind === "identity" || route.access.kind === "person") codes.add("forbidden");
  if (route.access.rights.length > 0) codes.add("right_required");
  if (route.keyUse === "required") codes.add("idempotency_key_required");
  if (route.query !== null || route.keyUse !== "none") codes.add("invalid_request");
  if (route.method !== "GET") {
    codes.add("invalid_json").add("unsupported_media_type").add("payload_too_large");
    codes.add("limit_exceeded").add("store_busy");
  }
  if (waits(route) || route.walks === true) codes.add("too_many_requests");
  if (route.tag !== "operations") codes.add("wrong_host");
  if (route.method !== "GET" && route.access.kind !== "identity") codes.add("cross_site");
  if (route.method !== "GET" && route.access.kind === "anyone") codes.add("too_many_requests");
  codes.add("invalid_request").add("unavailable").add("internal");
  return [...codes].sort();
}

function waits(route: Route): boolean {
  const { properties = {} } = (route.query?.schema ?? {}) as { readonly properties?: object };
  return "wait" in properties;
}

/** Prepares the document; call before the routes are added. */
export async function describe(server: FastifyInstance, routes: readonly Route[]): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Haltpoint",
        version: "1",
        description:
          "Ask before acting: hold an action until policy or a person releases it, run exactly what was released, once.",
      },
      components: {
        securitySchemes: {
          [IDENTITY_KEY]: { type: "http", scheme: "bearer", description: "`hpk_…`, an API key" },
          [PERSON_TOKEN]: {
            type: "http",
            scheme: "bearer",
            description: "`hps_…`, a session of the command line; `hpp_…` on a development server",
          },
          [SESSION_COOKIE]: {
            type: "apiKey",
            in: "cookie",
            name: "__Host-haltpoint",
            description:
              "A browser's session, `haltpoint_session` over plain HTTP on loopback. What changes something also sends `x-haltpoint-csrf`, from a page of this server.",
          },
        },
      },
    },
    refResolver: { buildLocalReference: ({ $id }) => (typeof $id === "string" ? $id : "") },
  });
  const named = new Map<string, object>();
  for (const { body, answers } of routes) {
    for (const shape of [body, ...Object.values(answers)]) {
      if (shape !== null) collect(shape.schema, named);
    }
  }
  collect(ProblemShape.schema, named);
  for (const schema of named.values()) server.addSchema(schema);
}

/** What the framework is told of a route; only for the document, nothing is validated by it. */
export function descriptionOf(route: Route): FastifySchema {
  const { body, query, answers, contentTypes } = partsOf(route);
  return {
    operationId: route.id,
    summary: route.summary,
    description: whoMay(route),
    tags: [route.tag],
    security: securityOf(route),
    ...parametersOf(route),
    ...(query === null ? {} : { querystring: plain(query.schema) }),
    ...(route.keyUse === "none" ? {} : { headers: keyHeader(route) }),
    ...(body === null ? {} : { body: reference(body) }),
    response: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, shape]) => [
          status,
          {
            description: "answered",
            content: { [contentTypes]: { schema: reference(shape) } },
          },
        ]),
      ),
      ...problemResponses(route),
    },
  } as FastifySchema;
}

function partsOf(route: Route) {
  const { body, query, answers, stream, id } = route;
  const text = id === "metrics" ? "text/plain" : "application/json";
  return { body, query, answers, contentTypes: stream === null ? text : "text/event-stream" };
}

function whoMay(route: Route): string {
  const { kind, rights } = route.access;
  const holders = {
    anyone: "Anybody.",
    identity: "Identities.",
    person: "People.",
    identity_or_person: "Identities and people.",
  };
  const with_ = rights.map((right) => `\`${right}\``).join(" or ");
  return rights.length === 0 ? holders[kind] : `People with the right ${with_}.`;
}

function securityOf(route: Route): readonly Json[] {
  switch (route.access.kind) {
    case "anyone":
      return [];
    case "identity":
      return [{ [IDENTITY_KEY]: [] }];
    case "person":
      return [{ [PERSON_TOKEN]: [] }, { [SESSION_COOKIE]: [] }];
    case "identity_or_person":
      return [{ [IDENTITY_KEY]: [] }, { [PERSON_TOKEN]: [] }, { [SESSION_COOKIE]: [] }];
  }
}

function parametersOf(route: Route): Json {
  const names = [...route.path.matchAll(PARAMETER)].map((match) => match[1] ?? "");
  if (names.length === 0) return {};
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  return { params: { type: "object", properties, required: names } };
}

function keyHeader(route: Route): Json {
  const description =
    "New for each thing that is asked, the same when it is asked again. 1 to 128 printable ASCII characters.";
  const key = { type: "string", minLength: 1, maxLength: 128, description };
  const required = route.keyUse === "required" ? ["Idempotency-Key"] : [];
  return { type: "object", properties: { "Idempotency-Key": key }, required };
}

/** The codes of a route by the status they are sent with. */
function codesByStatus(route: Route): ReadonlyMap<number, readonly ProblemCode[]> {
  const byStatus = new Map<number, readonly ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function problemResponses(route: Route): Json {
  const responses: Json = {};
  for (const [status, codes] of codesByStatus(route)) {
    const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; ");
    const content = { "application/problem+json": { schema: { $ref: `${ProblemShape.name}#` } } };
    responses[status] = { description, content };
  }
  return responses;
}

/** The finished document; the codes for programs are added here, since the plugin drops them. */
export function documentOf(server: FastifyInstance, routes: readonly Route[]): object {
  const document = server.swagger() as {
    readonly paths?: Readonly<Record<string, Readonly<Record<string, { responses?: Json }>>>>;
  };
  for (const route of routes) {
    const path = route.path.replaceAll(PARAMETER, "{$1}");
    const responses = document.paths?.[path]?.[route.method.toLowerCase()]?.responses ?? {};
    for (const [status, codes] of codesByStatus(route)) {
      Object.assign(responses[status] ?? {}, { "x-problem-codes": codes });
    }
  }
  return document;
}

function reference(shape: Shape<unknown>): Json {
  return { $ref: `${shape.name}#` };
}

/** Every named schema in here, each as a document of its own that refers to the others. */
function collect(schema: object, named: Map<string, object>): void {
  const { $id } = schema as { readonly $id?: string };
  if ($id !== undefined) {
    if (named.has($id)) return;
    named.set($id, plain(schema));
  }
  for (const part of Object.values(schema)) {
    if (typeof part === "object" && part !== null) collect(part as object, named);
  }
}

/** A copy in which named parts are references. */
function plain(schema: object): object {
  return copy(schema, true) as object;
}

function copy(value: unknown, isRoot: boolean): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => copy(each, false));
  const { $id } = value as { readonly $id?: string };
  if ($id !== undefined && !isRoot) return { $ref: `${$id}#` };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each, false)]));
}
