import { forEachChild } from "unbash";
import type { ParameterExpansionPart, ParsedScript, SyntaxNode, Word, WordPart } from "unbash";
import { UNKNOWN } from "../characters.ts";
import { CARRIES } from "../carried.ts";
import type { Stream } from "../carried.ts";
import type { Value } from "./session.ts";
import { plain } from "./session.ts";
import { MAX_ALTERNATIVES } from "./variables.ts";
import type { Variables } from "./variables.ts";

/** Words one word may become, by braces and by splitting. */
const MAX_FIELDS = 64;

export interface Surroundings {
  readonly variables: Variables;
  /** `$1`…; null: not known. */
  readonly positional: readonly Value[] | null;
  step(cost?: number): boolean;
  /** Runs a substitution. */
  substitute(script: ParsedScript | undefined): Stream;
}

/** A word under way: the fields it has become so far; the last ones are still growing. */
class Fields {
  #done: Value[] = [];
  #open: Value[] = [plain("")];
  #touched = false;

  append(text: string, carries = 0, content: Stream | null = null): void {
    this.#touched = true;
    this.#open = this.#open.map((value) => ({
      text: (value.text + text).slice(0, 32_768),
      carries: value.carries | carries,
      content: content ?? value.content,
    }));
  }

  /** Text outside quotes: whitespace in it ends a field. */
  split(text: string, carries: number): void {
    const pieces = text.split(/[ \t\n]+/u);
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) this.#break();
      if (piece !== "") this.append(piece, carries);
    }
  }

  branch(texts: readonly string[]): void {
    const grown = this.#open.flatMap((value) =>
      texts.map((text) => ({ ...value, text: value.text + text })),
    );
    this.#open = grown.slice(0, MAX_FIELDS);
    this.#touched = true;
  }

  #break(): void {
    if (this.#touched && this.#done.length < MAX_FIELDS) this.#done.push(...this.#open);
    this.#open = [plain("")];
    this.#touched = false;
  }

  end(): readonly Value[] {
    this.#break();
    return this.#done;
  }
}

/** The fields a word becomes, for one of the possible values of its variables. */
export function expand(word: Word, around: Surroundings, variant: number): readonly Value[] {
  around.step();
  if (word.parts === undefined) return [plain(word.value)];
  const fields = new Fields();
  for (const part of word.parts) appendPart(part, fields, around, variant, false);
  return fields.end();
}

/** The one text a word becomes where the shell does not split it: assignments, redirections. */
export function expandWhole(word: Word, around: Surroundings, variant = 0): Value {
  const values = expand(word, around, variant);
  if (values.length === 1 && values[0] !== undefined) return values[0];
  return {
    text: values.map(({ text }) => text).join(" "),
    carries: values.reduce((all, value) => all | value.carries, 0),
    content: null,
  };
}

/** How many variants are worth looking at: the most values any variable in the words may have. */
export function variants(words: readonly Word[], variables: Variables): number {
  let most = 1;
  const look = (parts: readonly WordPart[] | undefined): void => {
    for (const part of parts ?? []) {
      if (part.type === "SimpleExpansion")
        most = Math.max(most, variables.alternatives(part.text.slice(1)));
      if (part.type === "ParameterExpansion")
        most = Math.max(most, variables.alternatives(part.parameter));
      if (part.type === "DoubleQuoted") look(part.parts);
    }
  };
  for (const word of words) look(word.parts);
  return Math.min(most, MAX_ALTERNATIVES);
}

function appendPart(
  part: WordPart,
  fields: Fields,
  around: Surroundings,
  variant: number,
  quoted: boolean,
): void {
  around.step();
  switch (part.type) {
    case "Literal":
    case "Glob":
    case "SingleQuoted":
    case "AnsiCQuoted":
      fields.append(part.value);
      break;
    case "DoubleQuoted":
    case "LocaleString":
      fields.append("");
      for (const child of part.parts) appendPart(child, fields, around, variant, true);
      break;
    case "SimpleExpansion":
      appendValue(named(part.text.slice(1), around, variant), fields, quoted);
      break;
    case "ParameterExpansion":
      appendValue(parameter(part, around, variant), fields, quoted);
      break;
    case "CommandExpansion": {
      const output = around.substitute(part.script);
      const text = output.text === null ? UNKNOWN : output.text.replace(/\n+$/u, "");
      appendValue({ text, carries: output.carries, content: null }, fields, quoted);
      break;
    }
    case "ProcessSubstitution": {
      const output = around.substitute(part.script);
      fields.append("/dev/fd/63", output.carries, output);
      break;
    }
    case "BraceExpansion":
      fields.branch(braces(part.text));
      break;
    case "ArithmeticExpansion":
      substitutions(part, around);
      fields.append(UNKNOWN);
      break;
    case "ExtendedGlob":
      fields.append("*");
      break;
  }
}

function appendValue(value: Value, fields: Fields, quoted: boolean): void {
  if (quoted) fields.append(value.text, value.carries, value.content);
  else fields.split(value.text, value.carries);
}

/** A variable or special parameter by name, without the dollar sign. */
export function named(name: string, around: Surroundings, variant: number): Value {
  if (/^[1-9]\d*$/u.test(name)) {
    if (around.positional === null) return plain(UNKNOWN);
    return around.positional[Number(name) - 1] ?? plain("");
  }
  if (name === "@" || name === "*") {
    const all = around.positional;
    if (all === null) return plain(UNKNOWN);
    return {
      text: all.map(({ text }) => text).join(" "),
      carries: all.reduce((carried, value) => carried | value.carries, 0),
      content: null,
    };
  }
  if (name === "0") return plain("bash");
  if (/^[#?$!_-]$/u.test(name)) return plain(UNKNOWN);
  return around.variables.get(name, variant);
}

function parameter(part: ParameterExpansionPart, around: Surroundings, variant: number): Value {
  const value = named(part.parameter, around, variant);
  if (part.prefix === "#") return plain(UNKNOWN);
  if (part.prefix === "!") return named(value.text, around, variant);
  const operation = part.operation;
  if (operation === undefined) return value;
  const text = (word: Word | undefined): string =>
    word === undefined ? "" : expandWhole(word, around, variant).text;
  switch (operation.type) {
    case "Default": {
      const set = around.variables.known(part.parameter) && value.text !== "";
      const other = expandWhole(operation.operand, around, variant);
      const otherwise = operation.operator.includes("+") ? set : !set;
      if (operation.operator.endsWith("=") && !set)
        around.variables.set(part.parameter, other, true);
      return operation.operator.includes("?") || !otherwise ? value : other;
    }
    case "Slice": {
      const home = /^(?:HOME|PWD|PATH|OLDPWD|SHELL)$/u.test(part.parameter)
        ? "/home/user"
        : value.text;
      const from = Number(text(operation.offset).trim());
      const length =
        operation.length === undefined ? undefined : Number(text(operation.length).trim());
      if (!Number.isInteger(from) || (length !== undefined && !Number.isInteger(length)))
        return plain(UNKNOWN);
      const start = from < 0 ? home.length + from : from;
      const end =
        length === undefined ? undefined : length < 0 ? home.length + length : start + length;
      return { ...value, text: home.slice(start, end) };
    }
    case "Replace": {
      const [pattern, by] = [text(operation.pattern), text(operation.replacement)];
      if (pattern === "") return value;
      const all = operation.operator === "//";
      return {
        ...value,
        text: all
          ? value.text.replaceAll(pattern, () => by)
          : value.text.replace(pattern, () => by),
      };
    }
    case "CaseModification":
      return {
        ...value,
        text: operation.operator.startsWith("^")
          ? value.text.toUpperCase()
          : value.text.toLowerCase(),
      };
    case "Remove": {
      const pattern = text(operation.operand);
      const front = operation.operator.startsWith("#");
      if (front && value.text.startsWith(pattern))
        return { ...value, text: value.text.slice(pattern.length) };
      if (!front && value.text.endsWith(pattern)) {
        return { ...value, text: value.text.slice(0, value.text.length - pattern.length) };
      }
      return /[*?[]/u.test(pattern) ? { ...value, text: UNKNOWN } : value;
    }
    case "Transform":
    case "Names":
    case "Unknown":
      return value;
  }
}

/** The alternatives of `{a,b}`, quotes removed; a range is not counted out. */
function braces(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let piece = "";
  let quote = "";
  for (const character of text.slice(1, -1)) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else piece += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "," && depth === 0) {
      found.push(piece);
      piece = "";
    } else {
      if (character === "{") depth += 1;
      if (character === "}") depth -= 1;
      if (character !== "\\") piece += character;
    }
  }
  found.push(piece);
  return found.length === 1 ? [UNKNOWN] : found.slice(0, MAX_FIELDS);
}

/** Runs the substitutions inside a part whose own value does not matter. */
export function substitutions(node: SyntaxNode, around: Surroundings, depth = 0): void {
  if (depth > 16 || !around.step()) return;
  forEachChild(node, (child) => {
    if (
      child.type === "CommandExpansion" ||
      child.type === "ProcessSubstitution" ||
      child.type === "ArithmeticCommandExpansion"
    ) {
      around.substitute(child.script);
    } else substitutions(child, around, depth + 1);
  });
}

export function secretCarried(carries: number): boolean {
  return (carries & (CARRIES.secret | CARRIES.environment)) !== 0;
}
