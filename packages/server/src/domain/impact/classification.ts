/**
 * The classification of one request, worked out once for each content.
 *
 * What the enforcement point says of the tool and of the session stands in the request's context:
 * `context.tool` with `description`, `input_schema` and `annotations`, and `context.origins` with
 * the origin of each argument by its dotted path in `action.properties`. Both are claims and can only
 * raise (I13), with one exception: a point that cannot be gone around saw the session itself. Of any
 * other only what it calls a tool's result is taken.
 */
import { memberOf } from "../member-at-path.ts";
import { classify } from "./classify.ts";
import {
  ORIGINS,
  type Classification,
  type Organisation,
  type Origin,
  type ToolDefinition,
} from "./model.ts";

export interface ClassifiedRequest {
  readonly revision: {
    readonly action: { readonly name: string; readonly properties?: unknown };
    readonly resource: { readonly type: string; readonly id: string };
    readonly context?: unknown;
  };
  readonly assurance: "mediated" | "cooperative";
  readonly organisation: Organisation;
}

interface Known {
  readonly organisation: Organisation;
  readonly isMediated: boolean;
  readonly classification: Classification;
}

/** A revision never changes, so what could come of it does not either. */
const KNOWN = new WeakMap<object, Known>();

/** Pure; the same request gives the same classification. */
export function classificationOf(request: ClassifiedRequest): Classification {
  const { revision, organisation } = request;
  const isMediated = request.assurance === "mediated";
  const known = KNOWN.get(revision);
  if (known?.organisation === organisation && known.isMediated === isMediated) {
    return known.classification;
  }
  const origins = originsIn(revision.context, isMediated ? ORIGINS : ["tool_result"]);
  const call = {
    name: revision.action.name,
    properties: revision.action.properties ?? {},
    resource: revision.resource,
    tool: toolIn(revision.context),
    origins,
  };
  const classification = classify(call, organisation);
  KNOWN.set(revision, { organisation, isMediated, classification });
  return classification;
}

function toolIn(context: unknown): ToolDefinition | null {
  const tool = memberOf(context, "tool");
  if (typeof tool !== "object" || tool === null) return null;
  const description = memberOf(tool, "description");
  return {
    ...(typeof description === "string" ? { description } : {}),
    inputSchema: memberOf(tool, "input_schema"),
    annotations: memberOf(tool, "annotations"),
  };
}

function originsIn(
  context: unknown,
  believed: readonly Origin[],
): Readonly<Record<string, Origin>> {
  const said = memberOf(context, "origins");
  if (typeof said !== "object" || said === null) return NONE;
  const known = Object.entries(said).filter((each): each is [string, Origin] =>
    (believed as readonly unknown[]).includes(each[1]),
  );
  return Object.fromEntries(known);
}

const NONE: Readonly<Record<string, Origin>> = {};
