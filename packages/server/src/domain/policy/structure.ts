/**
 * Checks YAML nodes against a form and turns them into plain values, reporting everything that is
 * wrong at once, at the spot where it stands.
 *
 * A form is the JSON Schema that editors use. A JSON Schema validator is not used here because its
 * errors name a path, not a place, and say nothing useful about alternatives.
 */
import type { Finding } from "./load-problem.ts";
import { didYouMean } from "./nearest-name.ts";
import type { FormSchema } from "./form.ts";
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar } from "./yaml-source.ts";

/** A value as JSON knows it. Parts that are wrong are left out; `findings` has them. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainRecord;
export interface PlainRecord {
  readonly [key: string]: Plain;
}

/** Enough to correct at once; more would only take time to word. */
export const FINDINGS_MAX = 200;

/** The plain value of a node; fields that do not fit are left out and reported. */
export function readStructure(
  node: YamlNode,
  schema: FormSchema,
  findings: Finding[],
): Plain | undefined {
  if (findings.length >= FINDINGS_MAX) return undefined;
  const form = schema.anyOf === undefined ? schema : alternative(node, schema.anyOf);
  if (form === undefined || !hasType(node, form.type)) {
    findings.push(mismatch(node, schema));
    return undefined;
  }
  if (node.kind === "mapping") return readMapping(node, form, findings);
  if (node.kind === "sequence") return readSequence(node.items, node.offset, form, findings);
  return readScalar(node, form, findings);
}

/** Any YAML as a plain value, unchecked: for schemas inside the policy. */
export function plainValue(node: YamlNode): Plain {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "sequence") return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
}

/** The node at a path, or the deepest one on the way; an offset for a caret, key first. */
export function offsetOf(root: YamlNode, path: readonly (string | number)[]): number {
  let node = root;
  let offset = root.offset;
  for (const segment of path) {
    const next = child(node, segment);
    if (next === null) return offset;
    node = next.value;
    offset = next.value.kind === "scalar" ? next.value.offset : next.keyOffset;
  }
  return offset;
}

/** The node at a path; null where there is none. */
export function nodeAt(root: YamlNode, path: readonly (string | number)[]): YamlNode | null {
  let node: YamlNode | null = root;
  for (const segment of path) {
    node = node === null ? null : (child(node, segment)?.value ?? null);
  }
  return node;
}

function child(
  node: YamlNode,
  segment: string | number,
): { readonly keyOffset: number; readonly value: YamlNode } | null {
  if (node.kind === "mapping") return node.entries.find(({ key }) => key === segment) ?? null;
  if (node.kind === "scalar") return null;
  const item = node.items[Number(segment)];
  return item === undefined ? null : { keyOffset: item.offset, value: item };
}

function alternative(node: YamlNode, forms: readonly FormSchema[]): FormSchema | undefined {
  return forms.find((form) => hasType(node, form.type));
}

function hasType(node: YamlNode, type: FormSchema["type"]): boolean {
  if (type === undefined) return true;
  if (type === "integer") return node.kind === "scalar" && Number.isSafeInteger(node.value);
  return typeOf(node) === type;
}

function typeOf(node: YamlNode): string {
  if (node.kind === "mapping") return "object";
  if (node.kind === "sequence") return "array";
  return node.value === null ? "null" : typeof node.value;
}

function readMapping(node: YamlMapping, form: FormSchema, findings: Finding[]): PlainRecord {
  const value: Record<string, Plain> = {};
  for (const entry of node.entries) {
    const read = readEntry(entry, form, findings);
    // Object.prototype is never reached: `__proto__` was refused when the text was read.
    if (read !== undefined) value[entry.key] = read;
  }
  const keys = new Set(node.entries.map(({ key }) => key));
  for (const key of form.required ?? []) {
    if (keys.has(key)) continue;
    const message = `\`${key}\` is missing`;
    findings.push({ offset: node.offset, message, fix: addFix(key, form.properties?.[key]) });
  }
  if (node.entries.length < (form.minProperties ?? 0)) {
    const known = Object.keys(form.properties ?? {});
    findings.push({ offset: node.offset, message: "nothing is here", fix: `name ${orOf(known)}` });
  }
  if (node.entries.length > (form.maxProperties ?? Infinity)) {
    findings.push(tooMany(node.offset, form.maxProperties ?? 0));
  }
  return value;
}

function readEntry(
  { key, keyOffset, value }: YamlEntry,
  form: FormSchema,
  findings: Finding[],
): Plain | undefined {
  const known = form.properties ?? {};
  if (findings.length >= FINDINGS_MAX) return undefined;
  const own = Object.hasOwn(known, key) ? known[key] : undefined;
  if (own !== undefined) return readStructure(value, own, findings);
  const more = form.additionalProperties ?? true;
  if (more === false) {
    findings.push(unknownField(key, keyOffset, form));
    return undefined;
  }
  if (form.propertyNames !== undefined) {
    readScalar(
      { kind: "scalar", value: key, offset: keyOffset, end: keyOffset },
      form.propertyNames,
      findings,
    );
  }
  return more === true ? plainValue(value) : readStructure(value, more, findings);
}

function unknownField(key: string, offset: number, form: FormSchema): Finding {
  const known = Object.keys(form.properties ?? {});
  const message = `unknown field \`${key}\`${didYouMean(key, known)}`;
  return { offset, message, fix: `remove it, or use ${orOf(known)}` };
}

function readSequence(
  items: readonly YamlNode[],
  offset: number,
  form: FormSchema,
  findings: Finding[],
): readonly Plain[] {
  if (items.length < (form.minItems ?? 0)) {
    const message = "the list is empty";
    findings.push({ offset, message, fix: "add to it, or leave the field out" });
  }
  if (items.length > (form.maxItems ?? Infinity))
    findings.push(tooMany(offset, form.maxItems ?? 0));
  const itemForm = form.items ?? {};
  // A member that is wrong leaves null, so that the others keep their places.
  return items.map((item) => readStructure(item, itemForm, findings) ?? null);
}

function readScalar(node: YamlScalar, form: FormSchema, findings: Finding[]): Plain | undefined {
  const { value } = node;
  const fits =
    form.enum !== undefined
      ? form.enum.some((member) => member === value)
      : typeof value === "string"
        ? fitsText(value, form)
        : typeof value !== "number" || inRange(value, form);
  if (fits) return value;
  findings.push(mismatch(node, form));
  return undefined;
}

function fitsText(value: string, form: FormSchema): boolean {
  if (value.length < (form.minLength ?? 0) || value.length > (form.maxLength ?? Infinity)) {
    return false;
  }
  return form.pattern === undefined || new RegExp(form.pattern, "u").test(value);
}

function inRange(value: number, form: FormSchema): boolean {
  return value >= (form.minimum ?? -Infinity) && value <= (form.maximum ?? Infinity);
}

function mismatch(node: YamlNode, form: FormSchema): Finding {
  const expected = expectation(form);
  const members = (form.enum ?? []).map(String);
  const hint = node.kind === "scalar" ? didYouMean(String(node.value), members) : "";
  const message = `expected ${expected}, got ${shownNode(node)}${hint}`;
  return { offset: node.offset, message, fix: `write ${expected}` };
}

const SHOWN_MAX = 60;

function shownNode(node: YamlNode): string {
  if (node.kind === "mapping") return "a mapping";
  if (node.kind === "sequence") return "a list";
  if (node.value === null) return "nothing";
  const shown = yamlNumber(node.value) ?? String(node.value);
  return `\`${shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown}\``;
}

/** YAML has its own words for what is no finite number; the author wrote those. */
function yamlNumber(value: unknown): string | null {
  if (typeof value !== "number" || Number.isFinite(value)) return null;
  if (Number.isNaN(value)) return ".nan";
  return value > 0 ? ".inf" : "-.inf";
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "`true` or `false`",
  null: "nothing",
};

function expectation(form: FormSchema): string {
  if (form["x-expected"] !== undefined) return form["x-expected"];
  if (form.anyOf !== undefined) return form.anyOf.map(expectation).join(", or ");
  if (form.enum !== undefined) return orOf(form.enum.map(String));
  const name = TYPE_NAMES[form.type ?? ""] ?? "a value";
  if (form.type === "array" && form.items !== undefined) {
    return `a list of ${expectation(form.items)}`;
  }
  if (form.maxLength !== undefined) return `${name} of 1 to ${form.maxLength} characters`;
  const range = form.minimum !== undefined || form.maximum !== undefined;
  return range ? `${name} from ${form.minimum ?? "-∞"} to ${form.maximum ?? "∞"}` : name;
}

function orOf(members: readonly string[]): string {
  const quoted = members.map((member) => `\`${member}\``);
  const last = quoted.pop();
  return quoted.length === 0 ? (last ?? "nothing") : `${quoted.join(", ")} or ${last ?? ""}`;
}

function addFix(key: string, form: FormSchema | undefined): string {
  return form === undefined ? `add \`${key}\`` : `add \`${key}: …\` with ${expectation(form)}`;
}

function tooMany(offset: number, max: number): Finding {
  return { offset, message: `more than ${max} entries`, fix: "split or shorten it" };
}
