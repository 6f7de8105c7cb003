import type { Inspection } from "../inspection.ts";
import { quote } from "../inspection.ts";
import { Expressions, MAX_DEPTH } from "./expressions.ts";
import type { Defined } from "./expressions.ts";
import { tokens } from "./lex.ts";
import type { Token } from "./lex.ts";
import { combined, carriedIn, NOTHING, symbolic } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Longest snippet read, in UTF-16 units. */
const MAX_SNIPPET = 65_536;
/** How often one function is looked at with other arguments. */
const MAX_CALLS = 3;

/** Reads Python or JavaScript; what it would do goes into the inspection. */
export function readSnippet(
  language: "python" | "javascript",
  text: string,
  inspection: Inspection,
): void {
  if (text.length > MAX_SNIPPET)
    inspection.incomplete(`it is longer than ${MAX_SNIPPET} characters`);
  const source = text.slice(0, MAX_SNIPPET).replaceAll("\r\n", "\n");
  const pieces = tokens(source, language);
  inspection.step(Math.ceil(source.length / 256));
  new Snippet(language, pieces, inspection).run();
}

/** Follows the text from top to bottom: names, values, calls. Forgives what it does not know. */
class Snippet extends Expressions {
  protected returned: Abstract = NOTHING;

  protected inner(pieces: readonly Token[]): Expressions {
    return new Snippet(this.python ? "python" : "javascript", pieces, this.inspection);
  }

  run(): void {
    this.block(this.end);
    for (const defined of this.functions.values())
      if (defined.calls === 0) this.body(defined, [], new Map());
  }

  /** Statements up to a place. */
  protected block(end: number): void {
    const before = this.end;
    this.end = Math.min(end, before);
    while (this.at < this.end) {
      const start = this.at;
      if (!this.inspection.step()) this.at = this.end;
      else this.statement();
      if (this.at === start) this.at += 1;
    }
    this.end = before;
  }

  protected statement(): void {
    const token = this.peek();
    if (token === undefined) return;
    if (token.kind === "name") {
      const keyword = token.text;
      if (keyword === "import" || (keyword === "from" && this.python)) return this.import();
      if (keyword === "def" || (keyword === "function" && this.peek(1)?.kind === "name"))
        return this.define();
      if (keyword === "for") return this.for();
      if (keyword === "while") {
        this.at += 1;
        if (
          /^(?:True|1|true)$/u.test(this.peek()?.text ?? "") ||
          /^(?:True|1|true)$/u.test(this.peek(1)?.text ?? "")
        )
          this.loop = token.column;
        return;
      }
      if (keyword === "return") {
        this.at += 1;
        this.returned = this.list();
        return;
      }
      if (
        /^(?:const|let|var|async|await|export|default|if|elif|else|try|finally|with|class|del|global|yield|raise|throw|assert|public|static|private|my|our|except|case|switch|do|void|typeof|delete|catch|nonlocal|pass|as|not|in|is|and|or)$/u.test(
          keyword,
        )
      ) {
        this.at += 1;
        if (keyword === "with") this.with();
        return;
      }
    }
    this.assignment();
  }

  /** `a = b = value`, `a, b = values`, `a += value`, or an expression alone. */
  protected assignment(): void {
    const start = this.at;
    const targets = this.targets();
    const operator = this.peek()?.text ?? "";
    if (targets.length > 0 && this.peek()?.kind === "mark" && /^(?:=|\+=|:=)$/u.test(operator)) {
      this.at += 1;
      let value = this.list();
      while (this.take("=")) value = this.list();
      if (operator === "+=")
        value = combined("+", this.names.get(targets[0] ?? "") ?? NOTHING, value);
      this.assign(targets, value);
      return;
    }
    this.at = start;
    const value = this.expression(0);
    if (this.is("=") && value.symbol.includes(".")) this.overwrites(value.symbol);
    if (this.is(",") || this.is("=")) this.at += 1;
  }

  protected assign(targets: readonly string[], value: Abstract): void {
    for (const [at, target] of targets.entries()) {
      const [name = "", field] = target.split("<");
      const part =
        targets.length === 1 && field === undefined
          ? value
          : (value.items?.[at] ?? { ...NOTHING, carries: carriedIn(value) });
      const picked =
        field === undefined || value.symbol === ""
          ? part
          : symbolic(`${value.symbol}.${field}`, value.carries);
      this.names.set(name, picked);
      if (name.includes(".")) this.overwrites(this.resolve(name));
    }
  }

  /** A part of a library is replaced by something else. */
  protected overwrites(symbol: string): void {
    const root = symbol.split(".")[0] ?? "";
    if (/^(?:self|this|cls)$/u.test(root)) return;
    if (
      /(?:auth|verif|permission|password|csrf|digest|https_context|sanitiz|validate|authenticate|is_admin|has_perm|check_)\w*$/iu.test(
        symbol,
      )
    ) {
      this.inspection.find(
        "privilege_change",
        "low",
        `Would replace ${quote(symbol)}, which looks like a check.`,
      );
    }
    if (/^(?:builtins|__builtins__|sys\.modules)\b/u.test(symbol))
      this.inspection.find(
        "code_execution",
        "low",
        `Would replace ${quote(symbol)} of the language.`,
      );
  }

  protected resolve(name: string): string {
    const [root = "", ...rest] = name.split(".");
    const symbol = this.names.get(root)?.symbol;
    return [symbol === undefined || symbol === "" ? root : symbol, ...rest].join(".");
  }

  protected import(): void {
    const from = this.take("from");
    if (!from) this.at += 1;
    if (this.python) {
      const module = this.dotted();
      if (!from) {
        this.bind(module);
        while (this.take(",")) this.bind(this.dotted());
        return;
      }
      this.take("import");
      this.take("(");
      for (let more = true; more;) {
        this.lines();
        const name = this.name();
        if (name === "") break;
        this.names.set(this.take("as") ? this.name() : name, symbolic(`${module}.${name}`));
        more = this.take(",");
      }
      return;
    }
    if (this.is("(")) {
      this.expression(0);
      return;
    }
    const bound: (readonly [string, string])[] = [];
    for (
      let steps = 0;
      steps < 64 && this.peek() !== undefined && this.peek()?.kind !== "text";
      steps += 1
    ) {
      if (this.take("*") && this.take("as")) bound.push([this.name(), ""]);
      else if (this.take("from") || this.take("{") || this.take("}") || this.take(",")) continue;
      else {
        const inside = this.at > 0 && /^[{,]$/u.test(this.pieces[this.at - 1]?.text ?? "");
        const name = this.name();
        if (name === "") this.at += 1;
        else bound.push([this.take("as") ? this.name() : name, inside ? `.${name}` : ""]);
      }
    }
    const module = moduleName(this.peek()?.text ?? "");
    for (const [name, rest] of bound) this.names.set(name, symbolic(`${module}${rest}`));
  }

  protected bind(module: string): void {
    if (this.take("as")) this.names.set(this.name(), symbolic(module));
    else this.names.set(module.split(".")[0] ?? module, symbolic(module.split(".")[0] ?? module));
  }

  protected for(): void {
    const column = this.peek()?.column ?? 0;
    this.at += 1;
    this.take("await");
    const bracket = this.take("(");
    if (/^(?:const|let|var)$/u.test(this.peek()?.text ?? "")) this.at += 1;
    if (bracket && this.is(";")) this.loop = column;
    const targets = this.targets();
    if (!this.take("in") && !this.take("of")) return;
    const value = this.expression(0);
    const each =
      value.items !== null
        ? { ...NOTHING, items: value.items, carries: value.carries }
        : {
            ...NOTHING,
            carries: value.carries,
            symbol: value.symbol === "" ? "" : `${value.symbol}[]`,
          };
    for (const target of targets) this.names.set(target.split("<")[0] ?? target, each);
  }

  /** `with open(x) as f, …:` */
  protected with(): void {
    this.take("(");
    for (let more = true; more;) {
      this.lines();
      const value = this.expression(0);
      if (this.take("as")) for (const target of this.targets()) this.names.set(target, value);
      more = this.take(",");
    }
  }

  protected define(): void {
    const column = this.peek()?.column ?? 0;
    this.at += 1;
    const name = this.name();
    const { params, defaults } = this.params();
    if (this.python) {
      while (this.peek() !== undefined && !this.is(":")) this.at += 1;
      this.at += 1;
      const start = this.at;
      this.record(name, params, defaults, start, this.indented(start, column));
    } else if (this.is("{")) this.record(name, params, defaults, this.at + 1, this.braced());
  }

  protected body(
    defined: Defined,
    args: readonly Abstract[],
    keywords: ReadonlyMap<string, Abstract>,
  ): Abstract {
    if (defined.running || defined.calls >= MAX_CALLS || this.depth >= MAX_DEPTH)
      return { ...NOTHING, carries: args.reduce((all, arg) => all | carriedIn(arg), 0) };
    defined.calls += 1;
    defined.running = true;
    const [at, end, returned, loop] = [this.at, this.end, this.returned, this.loop];
    const params = defined.params.filter((name) => !/^(?:self|cls)$/u.test(name));
    for (const [index, name] of params.entries())
      this.names.set(
        name,
        args[index] ?? keywords.get(name) ?? defined.defaults.get(name) ?? NOTHING,
      );
    this.at = defined.start;
    this.end = this.pieces.length - 1;
    this.returned = NOTHING;
    this.depth += 1;
    this.block(defined.end);
    this.depth -= 1;
    const result = this.returned;
    [this.at, this.end, this.returned, this.loop] = [at, end, returned, loop];
    defined.running = false;
    return result;
  }
}

function moduleName(text: string): string {
  return text.replace(/^node:/u, "");
}
