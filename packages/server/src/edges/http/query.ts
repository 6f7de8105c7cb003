/** Query parameters: text to what the schema says, each at most once, none unknown. */
import { problem } from "@haltpoint/protocol";
import { Type } from "./schema/type.ts";
import { RefusedCall } from "./refused-call.ts";
import { faultIn } from "./schema/fault-in.ts";
import { ownShape, type Shape } from "./schema/shape.ts";
import { closed, flag, ms, name } from "./schema/terms.ts";

/** No configuration lets a caller wait longer; the limit `wait` may be lower and then cuts it. */
const WAIT_CEILING_S = 300;
const INTEGER = /^-?\d{1,15}$/;

const wait = Type.Integer({
  minimum: 0,
  maximum: WAIT_CEILING_S,
  description: "Seconds to be kept waiting (long poll); cut to the limit `wait`.",
  "x-expected": "a whole number of seconds",
});
const limit = Type.Integer({
  minimum: 1,
  maximum: 1_000,
  description: "Items on one page; cut to the limit `page`.",
});
const cursor = Type.String({ minLength: 1, maxLength: 1_024, description: "From the last page." });

/** What every list takes. */
export const PAGE_MEMBERS = { limit: Type.Optional(limit), cursor: Type.Optional(cursor) };
export const PageQuery = ownShape("PageQuery", closed(PAGE_MEMBERS));
export const WaitQuery = ownShape("WaitQuery", closed({ wait: Type.Optional(wait) }));
export const SubmitQuery = ownShape(
  "SubmitQuery",
  closed({
    redeem: Type.Optional(flag("Redeem with the body's `attempt` as soon as it is approved.")),
    wait: Type.Optional(wait),
  }),
);
export const ViewQuery = ownShape(
  "ViewQuery",
  closed({
    wait: Type.Optional(wait),
    version: Type.Optional(
      Type.Integer({ minimum: 0, description: "With `wait`: answer once it is past this one." }),
    ),
  }),
);
export const ListQuery = ownShape(
  "ListQuery",
  closed({
    status: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: "Statuses, joined by commas." }),
    ),
    identity: Type.Optional(name("Whose requests.", "purchasing-agent")),
    action: Type.Optional(name("The action's name.", "procurement.purchase_order.submit")),
    text: Type.Optional(
      name("In the action's name, the identity, the title, or who decided it.", "PO-7"),
    ),
    decided_by: Type.Optional(name("A person's id: what they decided.", "ana")),
    decided_since: Type.Optional(ms("Decided by a person at or after; since the epoch.")),
    decided_before: Type.Optional(ms("Decided by a person before; since the epoch.")),
    since: Type.Optional(ms("Created at or after; since the epoch.")),
    before: Type.Optional(ms("Created before; since the epoch.")),
    ...PAGE_MEMBERS,
  }),
);
export const SinceQuery = ownShape("SinceQuery", closed({ since: ms("Since the epoch.") }));

/** @throws RefusedCall naming the parameter. */
export function readQuery<Q>(shape: Shape<Q> | null, sent: unknown): Q | undefined {
  const texts = sent as Readonly<Record<string, string | readonly string[]>>;
  const [first] = Object.keys(texts);
  if (shape === null) {
    if (first === undefined) return undefined;
    return refuse(first, "is not known; this takes no query parameters");
  }
  const { properties } = shape.schema as unknown as {
    readonly properties: Readonly<Record<string, { readonly type?: string }>>;
  };
  // Not assigned one by one: `read["__proto__"] = …` would set no member, and so be taken (T29).
  const read: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(texts).map(([parameter, text]) => {
      if (typeof text !== "string")
        return refuse(parameter, "is sent more than once; send it once");
      return [parameter, valueOf(properties[parameter]?.type, text)];
    }),
  );
  if (shape.fits(read)) return read;
  const fault = faultIn(shape.schema, read);
  const parameter = fault?.field ?? "";
  throw new RefusedCall(
    problem("invalid_request", fault?.detail ?? "the query is not what this takes", {
      field: parameter,
    }),
  );
}

function valueOf(type: string | undefined, text: string): unknown {
  if (type === "integer") return INTEGER.test(text) ? Number(text) : text;
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function refuse(parameter: string, what: string): never {
  const field = parameter.slice(0, 64);
  const known = /^[\w-]{1,64}$/.test(field) ? `\`${field}\`` : "a parameter";
  throw new RefusedCall(problem("invalid_request", `${known} ${what}`, { field }));
}
