/**
 * Reads YAML into plain nodes that know where they stand in the text.
 *
 * Refused, because a policy that a person reviews must say one thing only: aliases and anchors
 * (also the expansion bomb, T29), tags, duplicate keys, several documents, bidirectional controls,
 * and nesting beyond any policy's need.
 */
import { Composer, isAlias, isMap, isScalar, isSeq, Parser, type CST, type Document } from "yaml";
import type { Finding } from "./load-problem.ts";

export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly offset: number;
  /** Where the text of the scalar ends; from `offset` to here it is written. */
  readonly end: number;
}
export interface YamlSequence {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
  readonly offset: number;
  readonly end: number;
}
export interface YamlEntry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: YamlNode;
}
export interface YamlMapping {
  readonly kind: "mapping";
  readonly entries: readonly YamlEntry[];
  readonly offset: number;
  readonly end: number;
}

/** Code units; about 5,000 rules. */
const QUOTED_MAX = 300;
const TEXT_LENGTH_MAX = 2_097_152;
/** Of the concrete syntax tree, which has two levels for each level of YAML. */
const SYNTAX_DEPTH_MAX = 80;

// Bidirectional controls would show a reviewer another text than the one in force; half a
// surrogate pair cannot be written to the ledger.
const HIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The root, or null where the text is not YAML we take; then `findings` says why. */
export function readYaml(text: string): {
  readonly root: YamlNode | null;
  readonly findings: readonly Finding[];
} {
  const refusal = refusedText(text);
  if (refusal !== null) return { root: null, findings: [refusal] };
  const tokens = [...new Parser().parse(text)];
  // The composer recurses, and running out of stack inside it ends the whole process: measured at
  // 5,000 opening brackets. So the depth is looked at before, on the flat token tree.
  const tooDeep = offsetBeyondDepth(tokens);
  if (tooDeep !== null) {
    const message = "nested too deeply";
    return { root: null, findings: [{ offset: tooDeep, message, fix: "flatten this" }] };
  }
  // uniqueKeys is quadratic in the package (3 s for 20,000 keys); toMapping checks them.
  const composer = new Composer({
    schema: "core",
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const document = documents[0];
  if (document === undefined) return { root: null, findings: [] };
  return readDocument(document, documents.length);
}

/**
 * Where in the text the `index`-th code unit of a scalar's value is written. Quotes, escapes,
 * folded line breaks and indentation are stepped over, so that a caret can point into a condition.
 */
export function offsetInScalar(text: string, node: YamlScalar, index: number): number {
  const value = String(node.value);
  let next = startOfContent(text, node.offset);
  let found = next;
  for (let i = 0; i <= index && i < value.length; i++) {
    found = whereWritten(text, next, node.end, value[i] ?? "");
    next = found + 1;
  }
  return index < value.length ? found : next;
}

function startOfContent(text: string, offset: number): number {
  const first = text[offset];
  if (first === "|" || first === ">") return text.indexOf("\n", offset) + 1;
  return first === '"' || first === "'" ? offset + 1 : offset;
}

const STEPPED_OVER = /[\s\\'"]/;

function whereWritten(text: string, from: number, end: number, character: string): number {
  const isSpace = character === " " || character === "\n";
  for (let at = from; at < end; at++) {
    const written = text[at] ?? "";
    if (written === character || (isSpace && written === "\n")) return at;
    if (!STEPPED_OVER.test(written)) return from;
  }
  return from;
}

function refusedText(text: string): Finding | null {
  if (text.length > TEXT_LENGTH_MAX) {
    const message = `the file is longer than ${TEXT_LENGTH_MAX} characters`;
    return { offset: 0, message, fix: "split it, or take out what is not used" };
  }
  const hidden = HIDDEN.exec(text) ?? LONE_SURROGATE.exec(text);
  if (hidden === null) return null;
  const code = hidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    offset: hidden.index,
    message: `the invisible character U+${code} could make this read as something else`,
    fix: "remove it",
  };
}

function offsetBeyondDepth(tokens: readonly CST.Token[]): number | null {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > SYNTAX_DEPTH_MAX) return level[0]?.offset ?? 0;
    level = level.flatMap(inside);
  }
  return null;
}

function inside(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter(isToken));
}

function isToken(token: CST.Token | null | undefined): token is CST.Token {
  return token !== null && token !== undefined;
}

/** The parser quotes the token that it did not expect, which may be the rest of the file. */
function beginningOf(message: string): string {
  const line = message.length > QUOTED_MAX ? `${message.slice(0, QUOTED_MAX)}…` : message;
  return line.trimEnd();
}

function readDocument(
  document: Document.Parsed,
  documents: number,
): { readonly root: YamlNode | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    message: `not valid YAML: ${lowerFirst(beginningOf(error.message))}`,
    fix: FIXES[error.code] ?? "correct the YAML here",
  }));
  if (documents > 1) {
    const message = "a file holds one document";
    findings.push({ offset: document.range[1], message, fix: "remove what follows `---`" });
  }
  if (findings.length > 0) return { root: null, findings };
  const root = toNode(document.contents, { findings });
  return { root: isNothing(root) ? null : root, findings };
}

const FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  TAG_RESOLVE_FAILED: "write the value without a tag",
  BLOCK_AS_IMPLICIT_KEY: "quote the text if it holds a colon",
  BAD_SCALAR_START: "quote the text",
  MISSING_CHAR: "add what is missing, often a quote or a bracket",
};

interface Reading {
  readonly findings: Finding[];
}

function isNothing(node: YamlNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

function toNode(node: unknown, reading: Reading): YamlNode {
  if (isAlias(node)) return refusedNode(node.range?.[0] ?? 0, "an alias", reading);
  if (isMap(node) || isSeq(node) || isScalar(node)) {
    const [offset, end] = node.range ?? [0, 0];
    if (node.anchor !== undefined) return refusedNode(offset, "an anchor", reading);
    // Only tags that are written out are here; the schema's own choice leaves none.
    if (node.tag !== undefined) return refusedNode(offset, "a tag", reading);
    if (isMap(node)) return toMapping(node.items, { offset, end }, reading);
    if (isSeq(node)) {
      const members = node.items.map((item) => toNode(item, reading));
      return { kind: "sequence", offset, end, items: members };
    }
    return toScalar(node.value, offset, end, reading);
  }
  return { kind: "scalar", value: null, offset: 0, end: 0 };
}

function toScalar(value: unknown, offset: number, end: number, reading: Reading): YamlScalar {
  if (typeof value === "string") {
    const refusal = refusedText(value);
    if (refusal !== null) reading.findings.push({ ...refusal, offset });
  }
  const plain =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return { kind: "scalar", value: plain ? value : null, offset, end };
}

function toMapping(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  { offset, end }: { readonly offset: number; readonly end: number },
  reading: Reading,
): YamlMapping {
  const entries: YamlEntry[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    const keyOffset = isScalar(item.key) ? (item.key.range?.[0] ?? offset) : offset;
    const key = isScalar(item.key) ? String(item.key.value) : "";
    const problem = refusedKey(key, seen);
    if (problem !== null) reading.findings.push({ offset: keyOffset, ...problem });
    seen.add(key);
    const value: YamlNode =
      item.value === null
        ? { kind: "scalar", value: null, offset: keyOffset, end: keyOffset }
        : toNode(item.value, reading);
    entries.push({ key, keyOffset, value });
  }
  return { kind: "mapping", entries, offset, end };
}

function refusedKey(
  key: string,
  seen: ReadonlySet<string>,
): { readonly message: string; readonly fix: string } | null {
  if (seen.has(key)) {
    return { message: `\`${key}\` is here twice`, fix: "keep one of them" };
  }
  if (key === "__proto__") {
    return { message: "`__proto__` cannot be a name here", fix: "choose another name" };
  }
  return null;
}

function refusedNode(offset: number, what: string, reading: Reading): YamlScalar {
  const message = `${what} is not taken here: each place says what it means`;
  reading.findings.push({ offset, message, fix: "write the value out" });
  return { kind: "scalar", value: null, offset, end: offset };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
