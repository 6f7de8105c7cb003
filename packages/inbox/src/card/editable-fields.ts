/** The form of an edit: policy's editable fields and no others, each with the control its schema asks for. */
import {
  canonicalJson,
  DEFAULT_JSON_LIMITS,
  parseJsonText,
  type FieldChange,
  type JsonValue,
  type Revision,
} from "@haltpoint/protocol";
import { memberAt, pathSegments, valueAt } from "../rendering/field-path.ts";
import { choicesOf, formatOf, typeOf, wordsOf } from "../rendering/schema.ts";
import { shownValue } from "../rendering/shown-value.ts";

export type EditControl =
  | { readonly kind: "text" }
  | { readonly kind: "number"; readonly isInteger: boolean }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly choices: readonly JsonValue[] }
  /** Its value is not known here: what is typed replaces it, nothing typed keeps it. */
  | { readonly kind: "secret" }
  | { readonly kind: "json" };

export interface EditField {
  readonly path: string;
  readonly label: string;
  readonly hint: string | null;
  readonly control: EditControl;
  readonly value: JsonValue | undefined;
  /** What the control holds at first. */
  readonly draft: string;
}

export type Drafts = Readonly<Record<string, string>>;

/** How many fields one path may open up to; more are edited as JSON, together. */
const OPENED_MAX = 40;

export function editFields(
  content: Revision,
  schema: unknown,
  editable: readonly string[],
): readonly EditField[] {
  return editable.flatMap((path) => fieldsAt(content, schema, path, 0));
}

function fieldsAt(
  content: Revision,
  schema: unknown,
  path: string,
  depth: number,
): readonly EditField[] {
  const value = valueAt(content, path) as JsonValue | undefined;
  if (depth < 3 && isOpened(value)) {
    const keys = Object.keys(value);
    // The server takes paths apart at dots: such a key is edited with what it is in.
    if (
      keys.length > 0 &&
      keys.length <= OPENED_MAX &&
      keys.every((key) => /^[\w$-]+$/.test(key))
    ) {
      return keys.flatMap((key) => fieldsAt(content, schema, `${path}.${key}`, depth + 1));
    }
  }
  return [fieldOf(path, value, memberAt(schema, path))];
}

function isOpened(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    shownValue(value).kind !== "secret"
  );
}

/** What to write, where a format has a form of ours. */
const FORMS: ReadonlyMap<string, string> = new Map([
  ["money", "an amount and its currency, such as 9000.00 USD"],
  ["date", "a day, such as 2026-12-04"],
  ["date-time", "a time, such as 2026-12-04T08:00:00Z"],
]);

function fieldOf(path: string, value: JsonValue | undefined, schema: unknown): EditField {
  const control = controlFor(value, schema);
  const { title, description } = wordsOf(schema);
  const format = formatOf(schema);
  const form = format === null ? null : (FORMS.get(format) ?? `format ${format}`);
  const words = [title, description, form];
  const hint = words.filter((word) => word !== null).join("; ");
  return {
    path,
    label: pathSegments(path)?.at(-1) ?? path,
    hint: hint === "" ? null : hint,
    control,
    value,
    draft: draftOf(control, value),
  };
}

/** By the type of the value, or of the schema where there is no value yet. */
function controlFor(value: JsonValue | undefined, schema: unknown): EditControl {
  const choices = choicesOf(schema);
  if (choices !== null) return { kind: "choice", choices };
  if (value !== undefined && value !== null && shownValue(value).kind === "secret") {
    return { kind: "secret" };
  }
  const declared = typeOf(schema);
  switch (declared ?? typeof value) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer":
      return { kind: "number", isInteger: declared === "integer" };
    case "boolean":
      return { kind: "boolean" };
    default:
      return { kind: "json" };
  }
}

function draftOf(control: EditControl, value: JsonValue | undefined): string {
  if (value === undefined || control.kind === "secret") return "";
  if (control.kind === "text" && typeof value === "string") return value;
  if (control.kind === "json") return JSON.stringify(value, null, 2);
  return canonicalJson(value);
}

type Drafted =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly value: JsonValue }
  | { readonly kind: "wrong"; readonly message: string };

/** What a control's text stands for. */
function draftedValue(field: EditField, draft: string): Drafted {
  if (draft === field.draft) return { kind: "unchanged" };
  const { control } = field;
  if (control.kind === "text") return changedTo(field, draft);
  if (control.kind === "secret") return { kind: "changed", value: draft };
  const parsed = parseJsonText(draft, DEFAULT_JSON_LIMITS);
  if (!parsed.ok) {
    const message =
      control.kind === "number" ? "write a plain number, such as 12.5" : parsed.problem.message;
    return { kind: "wrong", message };
  }
  const { value } = parsed;
  if (control.kind === "number") {
    if (typeof value !== "number") return { kind: "wrong", message: "write a plain number" };
    if (control.isInteger && !Number.isInteger(value)) {
      return { kind: "wrong", message: "write a whole number" };
    }
  }
  return changedTo(field, value);
}

function changedTo(field: EditField, value: JsonValue): Drafted {
  const same = field.value !== undefined && canonicalJson(field.value) === canonicalJson(value);
  return same ? { kind: "unchanged" } : { kind: "changed", value };
}

export interface Draft {
  /** What would be sent; dotted path → new value. */
  readonly set: Readonly<Record<string, JsonValue>>;
  readonly changes: readonly FieldChange[];
  /** By path. */
  readonly wrong: Readonly<Record<string, string>>;
}

export function draftOfAll(fields: readonly EditField[], drafts: Drafts): Draft {
  const set: Record<string, JsonValue> = {};
  const wrong: Record<string, string> = {};
  const changes: FieldChange[] = [];
  for (const field of fields) {
    const drafted = draftedValue(field, drafts[field.path] ?? field.draft);
    if (drafted.kind === "wrong") wrong[field.path] = drafted.message;
    if (drafted.kind !== "changed") continue;
    set[field.path] = drafted.value;
    const { path, value: from } = field;
    changes.push({ path, ...(from === undefined ? {} : { from }), to: drafted.value });
  }
  return { set, changes, wrong };
}
