/** The HTTP edge: one Fastify server around the table of routes. */
import { base64url, problem } from "@haltpoint/protocol";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { principalName, type Principal } from "../../app/authenticate.ts";
import { admit, admitAgain, type Admitted } from "./admission.ts";
import { readJsonBodies } from "./body.ts";
import type { Edge } from "./edge.ts";
import { answerNoise } from "./noise.ts";
import { addOidcPages } from "./oidc-pages.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { describe, descriptionOf, documentOf } from "./openapi.ts";
import { sendPage } from "./pages/send-page.ts";
import { problemFor, requestIdOf, sendProblem } from "./problems.ts";
import { RefusedCall } from "./refused-call.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes/table.ts";

const PARAMETER_LENGTH_MAX = 512;
const REQUEST_ID_BYTES = 12;
const HEADERS_ARRIVE_MS = 15_000;
/** Longer than what proxies in front keep, so that they close first and no request is lost. */
const KEEP_ALIVE_MS = 75_000;

/** Sent with every answer; pages bring a policy of their own. Nothing may be loaded, framed or sniffed. */
const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** One year, as browsers' own lists ask for; of this host alone. */
const HSTS = "max-age=31536000";

const STOPPING = problem("unavailable", "the server is stopping; nothing was changed, try again", {
  retry_after_ms: 1_000,
});

export interface HttpServer {
  /** Resolves with the address once connections are taken. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes no more calls, answers those under way, and is done within the limit `stop`. */
  stop(): Promise<void>;
}

export async function createHttpServer(edge: Edge): Promise<HttpServer> {
  const { limits } = edge;
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  const stopping = { now: false };
  const oneAtATime = new OneAtATime();
  const server: FastifyInstance = fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    // Anybody can send the header; only from these it says more than the connection does.
    trustProxy: edge.trustedProxies.length > 0 && [...edge.trustedProxies],
    requestTimeout: limits.requestArrivalMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: Math.min(HEADERS_ARRIVE_MS, limits.requestArrivalMs) },
    forceCloseConnections: "idle",
    // Calls that arrive while it stops get our problem, not the framework's answer.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    genReqId: (raw) => requestIdOf(raw.headers["x-request-id"], () => newRequestId(edge)),
    // What never came as far as a route, nor as far as the hooks.
    frameworkErrors: (error, request, reply) => {
      greet(edge, request, reply, () => null);
      void refuse(edge, error, request, reply);
    },
    clientErrorHandler: answerNoise,
  });
  // Validation is done by the routes' own shapes; the framework's schemas are for the document.
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  readJsonBodies(server, limits);
  server.addHook("onRequest", (request, reply, done) => {
    greet(edge, request, reply, () => admitted.get(request)?.principal ?? null);
    oneAtATime.begin(reply.raw);
    if (!stopping.now) return done();
    reply.header("connection", "close");
    done(new RefusedCall(STOPPING));
  });
  server.setErrorHandler((error, request, reply) => refuse(edge, error, request, reply));
  server.setNotFoundHandler((request, reply) =>
    sendPage(edge.pages, request, reply) ? reply : sendUnknown(request, reply),
  );
  await describe(server, ROUTES);
  for (const route of ROUTES) addRoute(server, edge, route, admitted);
  addOidcPages(server, edge);
  let document = "";
  server.get("/openapi.json", { schema: { hide: true } as object }, (_request, reply) => {
    document ||= JSON.stringify(documentOf(server, ROUTES));
    return reply.header("content-type", "application/json").send(Buffer.from(document));
  });
  await server.ready();
  return {
    listen: (at) => server.listen(at),
    stop: () => stop(server, edge, stopping),
  };
}

/** Dresses the answer, and tells of it when it is over. */
function greet(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: () => Principal | null,
): void {
  reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
  // Browsers heed it over TLS only, and then never come here without.
  if (edge.app.site.publicUrl.startsWith("https:")) {
    reply.header("strict-transport-security", HSTS);
  }
  if (request.url.startsWith("/v1")) reply.header("cache-control", "no-store");
  const startedAt = performance.now();
  reply.raw.once("close", () => {
    tellOf(edge, { request, reply, principal: principal(), took: performance.now() - startedAt });
  });
}

function addRoute(
  server: FastifyInstance,
  edge: Edge,
  route: Route,
  admitted: WeakMap<FastifyRequest, Admitted>,
): void {
  server.route({
    method: route.method,
    url: route.path,
    schema: descriptionOf(route),
    exposeHeadRoute: route.method === "GET" && route.stream === null,
    // Before the body is read: who may not call has nothing parsed.
    onRequest: async (request, reply) => {
      admitted.set(request, await admit(edge, route, request, reply));
    },
    handler: async (request, reply) => {
      const known = admitted.get(request);
      if (known === undefined) throw new Error(`${route.id} was reached unadmitted`);
      const again = (): Promise<Principal | null> =>
        admitAgain(edge, route, { session: known.session, request });
      // Its body may have taken long to arrive; who lost a right meanwhile has lost it (T37).
      const principal = route.body === null ? known.principal : await again();
      const call = { ...known, principal, request, reply, again };
      if (route.stream !== null) {
        await route.stream(edge, call);
        return reply;
      }
      const answer = await route.serve(edge, call);
      if (!answer.ok) return sendProblem(reply, answer.problem);
      const { status, body, contentType, cookie } = answer.value;
      if (cookie !== undefined) reply.header("set-cookie", cookie);
      reply.status(status).header("content-type", contentType ?? "application/json");
      // As bytes: to a string the framework would add a charset, which JSON does not have.
      return reply.send(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
    },
  });
}

/** An unknown path, or a known one that is called in another way. */
function sendUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = methodsAt(request.url.split("?", 1)[0] ?? "");
  if (methods.length === 0) {
    return sendProblem(
      reply,
      problem("not_found", "there is nothing at this address; see /openapi.json"),
    );
  }
  const allow = methods.join(", ");
  const detail = `\`${request.method}\` does nothing here; use ${allow}`;
  return sendProblem(reply, problem("method_not_allowed", detail), allow);
}

const PATTERNS = ROUTES.map((route) => ({
  method: route.method,
  pattern: new RegExp(`^${route.path.replaceAll(/:\w+/g, "[^/]+")}/?$`),
}));

function methodsAt(path: string): readonly string[] {
  const found = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(found)].sort();
}

function refuse(
  edge: Edge,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const about = { requestId: request.id, limits: edge.limits };
  const { problem: sent, isFault } = problemFor(thrown, about);
  if (isFault) {
    const route = request.routeOptions.url ?? "";
    edge.log.error({ err: thrown, request_id: request.id, route }, "a call failed");
  }
  return sendProblem(reply, sent);
}

/** One line for each call: how it was addressed and how it ended, nothing that it said (T28). */
function tellOf(
  edge: Edge,
  call: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly principal: Principal | null;
    readonly took: number;
  },
): void {
  const { request, reply, principal, took } = call;
  const { method } = request;
  const route = request.routeOptions.url ?? "unknown";
  // 499: the caller hung up before the answer, as nginx has it.
  const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
  edge.metrics.requestAnswered({ method, route, status });
  edge.log.info(
    {
      method,
      route,
      status,
      ms: Math.round(took * 10) / 10,
      request_id: request.id,
      ...(principal === null ? {} : { principal: principalName(principal) }),
    },
    "answered",
  );
}

function newRequestId(edge: Edge): string {
  return base64url(edge.app.random.bytes(REQUEST_ID_BYTES));
}

/**
 * Stops: waiting callers are answered at once with how things stand, other calls finish, and what
 * is still open after the limit is cut.
 */
async function stop(
  server: FastifyInstance,
  edge: Edge,
  stopping: { now: boolean },
): Promise<void> {
  stopping.now = true;
  edge.waiters.stop();
  edge.streams.stop();
  edge.walks.stop();
  const cut = setTimeout(() => server.server.closeAllConnections(), edge.limits.stopMs);
  try {
    await server.close();
  } finally {
    clearTimeout(cut);
  }
}
