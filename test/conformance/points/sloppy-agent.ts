/** Programs that are sloppy in one point of the contract each. Started with the slip's name. */
import { BadAnswer, HaltpointProblem, Unreachable } from "@haltpoint/sdk";
import type { AttemptedCall } from "../point.ts";
import { cause, clientOf, type Perform, performAttempts } from "./agent-process.ts";
import { guarded } from "./guarded.ts";
import type { Slip } from "./sloppy.ts";

const slips: Readonly<Record<Slip, Perform>> = {
  "submits without one argument": (call, signal) => {
    const { payee: _left, ...args } = call.args;
    const effect = (_args: object, run: { readonly idempotencyKey: string; signal: AbortSignal }) =>
      cause(call.args, run);
    return guarded({ ...call, args }, signal, { effect });
  },

  "runs before it redeems": async (call, signal) => {
    const id = await approvedId(call, signal);
    const done = await cause(call.args, { idempotencyKey: id });
    const attempt = newAttempt();
    await clientOf().redeem(id, { attempt });
    await clientOf().outcome(id, { attempt, result: "succeeded" });
    return done;
  },

  "runs what was asked, not what was redeemed": (call, signal) =>
    guarded(call, signal, { effect: (_args, run) => cause(call.args, run) }),

  "does not listen while it runs": (call, signal) =>
    guarded(call, signal, {
      effect: (args, { idempotencyKey }) => cause(args, { idempotencyKey }),
    }),

  "sends no heartbeats": async (call, signal) => {
    const beat = JSON.stringify({
      status: "running",
      interrupt: false,
      reason: null,
      lease_ms: 60_000,
    });
    return guarded(call, signal, { client: clientOf({ fetch: instead("/heartbeat", beat) }) });
  },

  "does not report": (call, signal) => {
    const fetchButReports: typeof fetch = (input, init) =>
      urlOf(input).pathname.endsWith("/outcome")
        ? Promise.resolve(new Response(PROBLEM, { status: 409, headers: AS_PROBLEM }))
        : fetch(input, init);
    return guarded(call, signal, { client: clientOf({ fetch: fetchButReports }) });
  },

  "runs again when its report is lost": (call, signal) => {
    const again = { run: (): Promise<unknown> => Promise.resolve() };
    const fetchAndRetry: typeof fetch = async (input, init) => {
      try {
        return await fetch(input, init);
      } catch (error) {
        if (urlOf(input).pathname.endsWith("/outcome")) await again.run();
        throw error;
      }
    };
    return guarded(call, signal, {
      client: clientOf({ fetch: fetchAndRetry }),
      effect: (args, run) => {
        again.run = () => cause(args, { idempotencyKey: run.idempotencyKey });
        return cause(args, run);
      },
    });
  },

  "runs where the server gives no good answer": async (call, signal) => {
    try {
      return await guarded(call, signal);
    } catch (error) {
      const isNoAnswer =
        error instanceof BadAnswer ||
        error instanceof Unreachable ||
        (error instanceof HaltpointProblem && error.status >= 500);
      if (!isNoAnswer) throw error;
      return cause(call.args, { idempotencyKey: call.key });
    }
  },

  "waits on for a caller who is gone": (call) => guarded(call, undefined),

  "swallows the words": async (call, signal) => {
    try {
      return await guarded(call, signal, { onEdited: () => undefined });
    } catch {
      throw new Error("the tool failed");
    }
  },
};

const AS_PROBLEM = { "content-type": "application/problem+json" };
const PROBLEM = JSON.stringify({ code: "not_in_state", detail: "never sent" });

/** `fetch`, but what ends in a path is answered at once, and never sent. */
function instead(path: string, body: string): typeof fetch {
  const headers = { "content-type": "application/json" };
  return (input, init) =>
    urlOf(input).pathname.endsWith(path)
      ? Promise.resolve(new Response(body, { headers }))
      : fetch(input, init);
}

function urlOf(input: Parameters<typeof fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : input);
}

async function approvedId(call: AttemptedCall, signal: AbortSignal): Promise<string> {
  const client = clientOf();
  const action = { name: call.action, properties: call.args };
  const resource = { type: "order", id: String(call.args["reference"]) };
  let { request } = await client.submit({ action, resource }, { key: call.key, signal });
  while (request.status === "held") {
    request = await client.get(request.id, { waitMs: 1_000, version: request.version, signal });
  }
  if (request.status !== "approved") throw new Error(`it is ${request.status}`);
  return request.id;
}

function newAttempt(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}

performAttempts((call, signal) => slips[process.argv[2] as Slip](call, signal));
