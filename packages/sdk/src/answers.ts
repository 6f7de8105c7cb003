/**
 * Answers are parsed before they are believed: the members that decisions rest on must be there and
 * of their kind. What is not understood is a {@link BadAnswer}, on which nothing runs.
 */
import type {
  DecisionAnswer,
  HeartbeatAnswer,
  ListedRequest,
  PageView,
  Redemption,
  RequestView,
  SubmitAnswer,
} from "@haltpoint/protocol";
import { BadAnswer } from "./errors.ts";

/** Turns parsed JSON into what the protocol says it is. @throws BadAnswer */
export type Check<T> = (value: unknown) => T;

type Kind = "string" | "number" | "boolean" | "object" | "array";
type Members = Readonly<Record<string, Kind | Check<unknown>>>;

/** A check that these members are there; others are not looked at. */
export function shaped<T>(what: string, members: Members): Check<T> {
  return (value) => {
    if (!isObject(value)) throw new BadAnswer(`the answer is no ${what}`);
    for (const [name, kind] of Object.entries(members)) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (typeof kind === "function") kind(member);
      else if (kindOf(member) !== kind) {
        throw new BadAnswer(`the answer is no ${what}: \`${name}\` must be of kind ${kind}`);
      }
    }
    return value as T;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

const named = shaped("name", { type: "string", id: "string" });
const asRevision = shaped("revision", {
  subject: named,
  action: shaped("action", { name: "string" }),
  resource: named,
});

export const asRequestView: Check<RequestView> = shaped("request", {
  id: "string",
  short_id: "string",
  version: "number",
  status: "string",
  title: "string",
  message: "string",
  reasons: "array",
  changes: "array",
  revision: shaped("revision", { number: "number", digest: "string", content: asRevision }),
});

/** `look_alike` may be missing: a server of before look-alikes marks nothing. */
export const asListedRequest: Check<ListedRequest> = (value) => {
  const view = asRequestView(value);
  return { look_alike: null, ...view };
};

const asRedemption: Check<Redemption> = shaped("redemption", {
  request_id: "string",
  digest: "string",
  revision: "number",
  content: asRevision,
  changes: "array",
  lease_ms: "number",
  heartbeat_ms: "number",
  run_max_ms: "number",
  released: "boolean",
});

export const asSubmitAnswer: Check<SubmitAnswer> = shaped("answer to a submission", {
  request: asRequestView,
  redemption: (value) => (value === null ? null : asRedemption(value)),
  replayed: "boolean",
});

export const asHeartbeatAnswer: Check<HeartbeatAnswer> = shaped("answer to a heartbeat", {
  status: "string",
  interrupt: "boolean",
  lease_ms: "number",
});

export const asDecisionAnswer: Check<DecisionAnswer> = shaped("decision", {
  request: asRequestView,
});

/** A page whose items each pass a check. */
export function pageOf<T>(item: Check<T>): Check<PageView<T>> {
  const asPage = shaped<PageView<T>>("page", { items: "array" });
  return (value) => {
    const page = asPage(value);
    return { ...page, items: page.items.map((each) => item(each)) };
  };
}
