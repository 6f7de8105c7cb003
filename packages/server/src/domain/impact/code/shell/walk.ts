import type {
  Assignment,
  Command as CommandNode,
  CompoundList,
  For,
  Function as FunctionNode,
  ParsedScript,
  Select,
  SyntaxNode,
  Word,
} from "unbash";
import { asRead, UNKNOWN } from "../characters.ts";
import { carrying, EMPTY, joined, UNTOLD } from "../carried.ts";
import type { Stream } from "../carried.ts";
import { quote } from "../inspection.ts";
import type { Inspection } from "../inspection.ts";
import { matchesGlob, placeOf } from "../places.ts";
import type { Place } from "../places.ts";
import { callsItself, startsWithoutEnd } from "./exhaustion.ts";
import { expand, expandWhole, named, substitutions, variants } from "./expand.ts";
import type { Surroundings } from "./expand.ts";
import { parsed } from "./parse.ts";
import { connects, inputOf, outputOf } from "./redirects.ts";
import { isRule, ruleOf, RULE_NAMES, unknownCommand } from "./rules/table.ts";
import type { Rule, Session, Value } from "./session.ts";
import { carriedBy, plain } from "./session.ts";
import { Variables } from "./variables.ts";

/** Nested syntax; each level of substitution is parsed again. */
const MAX_DEPTH = 24;
/** Arguments of one command that are looked at. */
const MAX_ARGUMENTS = 256;
/** How often one function is looked at with other arguments. */
const MAX_CALLS = 4;

/** Reads a script; what it would do goes into the inspection. */
export function walkShell(text: string, inspection: Inspection): void {
  const shell = new Shell(inspection);
  shell.script(text);
  shell.uncalled();
}

/** `--help` alone. */
const asksOnly: Rule = () => UNTOLD;

/** One shell: its variables, functions and folder, and the files written so far. */
class Shell implements Session, Surroundings {
  readonly variables = new Variables();
  positional: readonly Value[] | null = null;
  readonly #functions = new Map<string, { readonly node: FunctionNode; calls: number }>();
  readonly #running: string[] = [];
  readonly #files = new Map<string, Stream>();
  #folder = ".";
  #depth = 0;
  /** Above zero inside what may not run, or runs more than once. */
  #perhaps = 0;
  #stdin: Stream = UNTOLD;

  readonly inspection: Inspection;

  constructor(inspection: Inspection) {
    this.inspection = inspection;
  }

  step(cost = 1): boolean {
    return this.inspection.step(cost);
  }

  substitute(script: ParsedScript | undefined): Stream {
    return script === undefined ? UNTOLD : this.#isolated(() => this.#statements(script.commands));
  }

  script(text: string, positional?: readonly Value[]): Stream {
    const script = parsed(text, this.inspection);
    if (script === null) return UNTOLD;
    const before = this.positional;
    if (positional !== undefined) this.positional = positional;
    const output = this.#nested(() => this.#statements(script.commands));
    this.positional = before;
    return output;
  }

  place(value: Value | string): Place {
    return placeOf(typeof value === "string" ? value : value.text, this.#folder);
  }

  content(value: Value): Stream | null {
    return value.content ?? this.#files.get(this.place(value).path) ?? null;
  }

  keep(value: Value, content: Stream): void {
    if (this.#files.size < 64) this.#files.set(this.place(value).path, content);
  }

  enterFolder(value: Value | null): void {
    this.#folder = value === null ? "~" : this.place(value).path;
  }

  assign(name: string, value: Value): void {
    this.variables.set(name, value, this.#perhaps > 0);
  }

  /** Looks at functions that nothing called: something may, later. */
  uncalled(): void {
    for (const [name, { node, calls }] of this.#functions)
      if (calls === 0) this.#call(name, node, null);
  }

  run(words: readonly Value[], stdin: Stream): Stream {
    if (!this.step()) return UNTOLD;
    const first = words.findIndex(({ text }) => text.replaceAll(UNKNOWN, "") !== "" || text !== "");
    const word = words[first];
    if (word === undefined) return stdin;
    const args = words.slice(first + 1, first + 1 + MAX_ARGUMENTS);
    if (words.length > first + 1 + MAX_ARGUMENTS)
      this.inspection.incomplete("a command has too many arguments");
    const bare = word.text.replaceAll(UNKNOWN, "");
    const folded = asRead(bare);
    const name = (
      folded
        .slice(folded.lastIndexOf("/") + 1)
        .split("\\")
        .at(-1) ?? ""
    )
      .toLowerCase()
      .replace(/\.exe$/u, "");
    if (folded !== bare && isRule(name)) {
      this.inspection.find(
        "code_execution",
        "low",
        `The command ${quote(word.text)} is written with characters that look like others.`,
      );
    }
    const defined = this.#functions.get(folded);
    if (defined !== undefined) return this.#callWith(folded, defined, args, stdin);
    const command = { name: this.#matching(name), args, stdin };
    this.step(args.length);
    const rule =
      args.length === 1 && /^--(?:help|version)$/u.test(args[0]?.text ?? "")
        ? asksOnly
        : ruleOf(command.name);
    if (rule === null) return unknownCommand({ ...command, name: word.text }, word, this);
    const output = this.#nested(
      () => rule(command, this) ?? carrying(stdin.carries | carriedBy(args)),
    );
    return output;
  }

  /** `/bin/r?` names a command as well; the first it could name. */
  #matching(name: string): string {
    if (
      name.length > 32 ||
      !/[*?[]/u.test(name) ||
      /^[*?]*$/u.test(name) ||
      name === "[" ||
      name === "[["
    )
      return name;
    this.step(20);
    return RULE_NAMES.find((candidate) => matchesGlob(name, candidate)) ?? name;
  }

  #nested(work: () => Stream): Stream {
    if (this.#depth >= MAX_DEPTH) {
      this.inspection.incomplete("its parts are nested too deeply");
      return UNTOLD;
    }
    this.#depth += 1;
    const result = work();
    this.#depth -= 1;
    return result;
  }

  /** A subshell: its folder and arguments are its own. */
  #isolated(work: () => Stream): Stream {
    const folder = this.#folder;
    const result = this.#nested(work);
    this.#folder = folder;
    return result;
  }

  #maybe(work: () => Stream): Stream {
    this.#perhaps += 1;
    const result = work();
    this.#perhaps -= 1;
    return result;
  }

  #statements(nodes: readonly SyntaxNode[], stdin: Stream = this.#stdin): Stream {
    const before = this.#stdin;
    this.#stdin = stdin;
    let output = EMPTY;
    for (const node of nodes) {
      if (!this.step()) break;
      output = joined(output, this.#node(node, stdin));
    }
    this.#stdin = before;
    return output;
  }

  #list(list: CompoundList | undefined, stdin: Stream): Stream {
    return list === undefined ? EMPTY : this.#nested(() => this.#statements(list.commands, stdin));
  }

  #node(node: SyntaxNode, stdin: Stream): Stream {
    switch (node.type) {
      case "Statement":
        return this.#node(node.command, stdin);
      case "Command":
        return this.#command(node, stdin);
      case "Pipeline":
        return node.commands.reduce(
          (input, part) => this.#isolated(() => this.#node(part, input)),
          stdin,
        );
      case "AndOr":
        return node.commands.reduce(
          (output, part) => joined(output, this.#node(part, stdin)),
          EMPTY,
        );
      case "Redirected": {
        const input = inputOf(node.redirects, this) ?? stdin;
        const output = this.#nested(() => this.#node(node.command, input));
        return outputOf(node.redirects, this, output);
      }
      case "Subshell":
        return this.#isolated(() => this.#list(node.body, stdin));
      case "Function":
        this.#functions.set(node.name.value, { node, calls: 0 });
        return EMPTY;
      case "CompoundList":
        return this.#list(node, stdin);
      case "Coproc":
      case "BraceGroup":
        return this.#nested(() => this.#node(node.body, stdin));
      default:
        return this.#control(node, stdin);
    }
  }

  /** What branches or repeats. */
  #control(node: SyntaxNode, stdin: Stream): Stream {
    switch (node.type) {
      case "If": {
        const lists = [
          node.clause,
          node.then,
          ...node.elif.flatMap((elif) => [elif.clause, elif.then]),
        ];
        return this.#maybe(() =>
          [...lists, node.else].reduce(
            (output, list) => joined(output, this.#list(list, stdin)),
            EMPTY,
          ),
        );
      }
      case "While":
        startsWithoutEnd(node, this.inspection);
        return this.#maybe(() =>
          joined(this.#list(node.clause, stdin), this.#list(node.body, stdin)),
        );
      case "For":
      case "Select":
        return this.#loop(node, stdin);
      case "ArithmeticFor":
        return this.#maybe(() => this.#list(node.body, stdin));
      case "Case":
        expandWhole(node.word, this);
        return this.#maybe(() =>
          node.items.reduce((output, item) => joined(output, this.#list(item.body, stdin)), EMPTY),
        );
      default:
        substitutions(node, this);
        return EMPTY;
    }
  }

  #loop(node: For | Select, stdin: Stream): Stream {
    const words = node.wordlist?.flatMap((word) => expand(word, this, 0)) ?? [named("@", this, 0)];
    this.variables.setAll(node.name.value, words);
    let output = EMPTY;
    for (let at = 0; at < Math.max(1, Math.min(words.length, 12)); at += 4) {
      this.variables.setAll(node.name.value, words.slice(at, at + 4));
      output = joined(
        output,
        this.#maybe(() => this.#list(node.body, stdin)),
      );
    }
    return output;
  }

  #command(node: CommandNode, stdin: Stream): Stream {
    const input = inputOf(node.redirects, this) ?? stdin;
    for (const part of node.prefix) if (part.type === "Assignment") this.#assignment(part);
    if (node.name === undefined) return outputOf(node.redirects, this, EMPTY);
    const words = [
      node.name,
      ...node.args.map((arg) => (arg.type === "Assignment" ? arg.value : arg)),
    ];
    const plainWords = words.filter((word): word is Word => word.type === "Word");
    let output: Stream | null = null;
    for (let variant = 0; variant < variants(plainWords, this.variables); variant += 1) {
      if (!this.step()) break;
      const values = [
        ...expand(node.name, this, variant),
        ...node.args.flatMap((arg) => this.#argument(arg, variant)),
      ];
      connects(node.redirects, values, this);
      const printed = this.run(values, input);
      output = output === null ? printed : carrying(output.carries | printed.carries);
    }
    return outputOf(node.redirects, this, output ?? UNTOLD);
  }

  #argument(arg: Word | Assignment, variant: number): readonly Value[] {
    if (arg.type === "Word") return expand(arg, this, variant);
    this.#assignment(arg);
    if (arg.value.type !== "Word") return [plain(`${arg.name}=`)];
    const value = expandWhole(arg.value, this, variant);
    return [{ ...value, text: `${arg.name}=${value.text}` }];
  }

  #assignment(node: Assignment): void {
    if (node.value.type === "ArrayValue") {
      const elements = node.value.elements.flatMap((element) => expand(element, this, 0));
      const text = elements.map((element) => element.text).join(" ");
      this.variables.set(
        node.name,
        { text, carries: carriedBy(elements), content: null },
        this.#perhaps > 0,
      );
      return;
    }
    const value = expandWhole(node.value, this);
    if (node.append === true) this.variables.append(node.name, value);
    else this.assign(node.name, value);
    if (
      /^(?:HISTFILE|HISTSIZE|HISTFILESIZE)$/u.test(node.name) &&
      /^(?:0|\/dev\/null|)$/u.test(value.text)
    ) {
      this.inspection.find(
        "destruction",
        "low",
        `Would keep commands out of the shell's history (${quote(node.name)}).`,
      );
    }
    if (
      /^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|BASH_ENV|PROMPT_COMMAND|DYLD_INSERT_LIBRARIES)$/u.test(
        node.name,
      )
    ) {
      this.inspection.find(
        "code_execution",
        "low",
        `Would load other code into programs through ${quote(node.name)}.`,
      );
    }
    if (node.name === "PROMPT_COMMAND" || node.name === "BASH_ENV") this.script(value.text);
  }

  #callWith(
    name: string,
    defined: { readonly node: FunctionNode; calls: number },
    args: readonly Value[],
    stdin: Stream,
  ): Stream {
    if (this.#running.includes(name)) {
      callsItself(name, defined.node, this.inspection);
      return UNTOLD;
    }
    if (defined.calls >= MAX_CALLS) return carrying(stdin.carries | carriedBy(args));
    defined.calls += 1;
    return this.#call(name, defined.node, args, stdin);
  }

  #call(
    name: string,
    node: FunctionNode,
    args: readonly Value[] | null,
    stdin: Stream = UNTOLD,
  ): Stream {
    const before = this.positional;
    this.positional = args;
    this.#running.push(name);
    const output = this.#nested(() => this.#node(node.body, stdin));
    this.#running.pop();
    this.positional = before;
    return output;
  }
}
