/** Declared actions: what their arguments look like, and which of them are sensitive. */
import type { Environment } from "@marcbachmann/cel-js";
import {
  argumentSchemaCompiler,
  declaredFields,
  declaresField,
  isOpen,
  type ArgumentSchema,
} from "./argument-schema.ts";
import { environmentFor } from "./condition/environment.ts";
import type { Finding } from "./load-problem.ts";
import { didYouMean } from "./nearest-name.ts";
import { nodeAt, offsetOf, plainValue, type Plain, type PlainRecord } from "./structure.ts";
import type { YamlNode } from "./yaml-source.ts";

export interface CompiledAction {
  readonly name: string;
  readonly properties: ArgumentSchema | null;
  readonly resource: ArgumentSchema | null;
  /** Dotted paths into the revision. */
  readonly sensitive: readonly string[];
  /** What becomes of arguments that do not fit; a hold where the policy does not say. */
  readonly misfit: "hold" | "deny";
  /** Said for reviewers; null: the policy does not say. */
  readonly reversible: boolean | null;
  /** Dotted paths of who receives it, for reviewers. */
  readonly recipients: readonly string[];
  /** The schemas as written, for forms and cards; null: none. */
  readonly written: {
    readonly properties: PlainRecord | null;
    readonly resource: PlainRecord | null;
  };
  /** Checks conditions about this action. */
  readonly environment: Environment;
  /** Whether the action could carry a field: false only where its schema rules it out. */
  declares(path: readonly string[]): boolean;
  readonly fields: readonly string[];
}

/** As the form lets it through. */
export interface RawAction {
  readonly properties?: Plain;
  readonly resource?: Plain;
  readonly sensitive?: readonly string[];
  readonly misfit?: "hold" | "deny";
  readonly reversible?: boolean;
  readonly recipients?: readonly string[];
}

/** Compiles all declared actions; what is wrong goes to `findings`, advice to `warnings`. */
export function compileActions(
  actions: readonly (readonly [name: string, raw: RawAction])[],
  root: YamlNode,
  found: { readonly findings: Finding[]; readonly warnings: Finding[] },
): ReadonlyMap<string, CompiledAction> {
  const compiled = new Map<string, CompiledAction>();
  const untyped = environmentFor();
  const compileSchema = argumentSchemaCompiler();
  for (const [name, raw] of actions) {
    const at = (...path: readonly (string | number)[]): number =>
      offsetOf(root, ["actions", name, ...path]);
    // Read from the text and not from the structure: a schema may hold anything.
    const schemaOf = (field: "properties" | "resource"): PlainRecord | undefined => {
      const node = nodeAt(root, ["actions", name, field]);
      return node?.kind === "mapping" ? (plainValue(node) as PlainRecord) : undefined;
    };
    const compileField = (field: "properties" | "resource"): ArgumentSchema | null => {
      const source = schemaOf(field);
      if (source === undefined) return null;
      const result = compileSchema(source);
      if (result.kind === "schema") return result.schema;
      for (const { path, message, fix } of result.issues) {
        found.findings.push({ offset: at(field, ...path), message, fix });
      }
      return null;
    };
    const source = schemaOf("properties");
    const properties = compileField("properties");
    const action: CompiledAction = {
      name,
      properties,
      resource: compileField("resource"),
      sensitive: raw.sensitive ?? [],
      misfit: raw.misfit ?? "hold",
      reversible: raw.reversible ?? null,
      recipients: raw.recipients ?? [],
      written: { properties: source ?? null, resource: schemaOf("resource") ?? null },
      environment: properties?.types === undefined ? untyped : environmentFor(properties.types),
      declares: ([first, second, ...rest]) =>
        first !== "action" || second !== "properties" || declaresField(source, rest),
      fields: declaredFields(source),
    };
    compiled.set(name, action);
    for (const field of ["sensitive", "recipients"] as const) {
      checkPaths(action, field, (index) => at(field, index), found.findings);
    }
    if (isOpen(source)) {
      const message = `\`${name}\` takes arguments that its schema does not name`;
      const fix = "add `additionalProperties: false`, so that such a request is held";
      found.warnings.push({ offset: at("properties"), message, fix });
    }
  }
  return compiled;
}

function checkPaths(
  action: CompiledAction,
  of: "sensitive" | "recipients",
  offset: (index: number) => number,
  findings: Finding[],
): void {
  action[of].forEach((path, index) => {
    const segments = path.split(".");
    if (action.declares(segments)) return;
    const field = segments[2] ?? "";
    const message = `\`${action.name}\` has no field \`${path}\`${didYouMean(field, action.fields)}`;
    findings.push({ offset: offset(index), message, fix: "name a field its schema declares" });
  });
}
