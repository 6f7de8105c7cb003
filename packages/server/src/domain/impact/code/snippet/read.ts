import { asRead, UNKNOWN } from "../characters.ts";
import type { Inspection } from "../inspection.ts";
import { quote } from "../inspection.ts";
import { calls, reads } from "./calls.ts";
import { tokens } from "./lex.ts";
import type { Token } from "./lex.ts";
import { combined, constant, carriedIn, NOTHING, symbolic } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Longest snippet read, in UTF-16 units. */
const MAX_SNIPPET = 65_536;
/** Brackets and functions inside one another. */
const MAX_DEPTH = 40;
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

interface Defined {
  readonly name: string;
  readonly params: readonly string[];
  readonly defaults: ReadonlyMap<string, Abstract>;
  readonly start: number;
  readonly end: number;
  calls: number;
  running: boolean;
}

/** Follows the text from top to bottom: names, values, calls. Forgives what it does not know. */
class Snippet {
  readonly #python: boolean;
  readonly #names = new Map<string, Abstract>();
  readonly #functions = new Map<string, Defined>();
  #at = 0;
  #end: number;
  #depth = 0;
  /** Column of the innermost endless loop's header; null: not in one. */
  #loop: number | null = null;
  #returned: Abstract = NOTHING;

  readonly pieces: readonly Token[];
  readonly inspection: Inspection;

  constructor(language: "python" | "javascript", pieces: readonly Token[], inspection: Inspection) {
    this.pieces = pieces;
    this.inspection = inspection;
    this.#python = language === "python";
    this.#end = pieces.length - 1;
  }

  run(): void {
    this.#block(this.#end);
    for (const defined of this.#functions.values())
      if (defined.calls === 0) this.#body(defined, [], new Map());
  }

  get inLoop(): boolean {
    return this.#loop !== null && (!this.#python || (this.#peek()?.column ?? 0) > this.#loop);
  }

  #peek(ahead = 0): Token | undefined {
    const at = this.#at + ahead;
    return at < this.#end ? this.pieces[at] : undefined;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token !== undefined && token.kind !== "text" && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #name(): string {
    const token = this.#peek();
    if (token?.kind !== "name") return "";
    this.#at += 1;
    return token.text;
  }

  #lines(): void {
    while (this.#peek()?.kind === "line") this.#at += 1;
  }

  /** Statements up to a place. */
  #block(end: number): void {
    const before = this.#end;
    this.#end = Math.min(end, before);
    while (this.#at < this.#end) {
      const start = this.#at;
      if (!this.inspection.step()) this.#at = this.#end;
      else this.#statement();
      if (this.#at === start) this.#at += 1;
    }
    this.#end = before;
  }

  #statement(): void {
    const token = this.#peek();
    if (token === undefined) return;
    if (token.kind === "name") {
      const keyword = token.text;
      if (keyword === "import" || (keyword === "from" && this.#python)) return this.#import();
      if (keyword === "def" || (keyword === "function" && this.#peek(1)?.kind === "name"))
        return this.#define();
      if (keyword === "for") return this.#for();
      if (keyword === "while") {
        this.#at += 1;
        if (
          /^(?:True|1|true)$/u.test(this.#peek()?.text ?? "") ||
          /^(?:True|1|true)$/u.test(this.#peek(1)?.text ?? "")
        )
          this.#loop = token.column;
        return;
      }
      if (keyword === "return") {
        this.#at += 1;
        this.#returned = this.#list();
        return;
      }
      if (
        /^(?:const|let|var|async|await|export|default|if|elif|else|try|finally|with|class|del|global|yield|raise|throw|assert|public|static|private|my|our|except|case|switch|do|void|typeof|delete|catch|nonlocal|pass|as|not|in|is|and|or)$/u.test(
          keyword,
        )
      ) {
        this.#at += 1;
        if (keyword === "with") this.#with();
        return;
      }
    }
    this.#assignment();
  }

  /** `a = b = value`, `a, b = values`, `a += value`, or an expression alone. */
  #assignment(): void {
    const start = this.#at;
    const targets = this.#targets();
    const operator = this.#peek()?.text ?? "";
    if (targets.length > 0 && this.#peek()?.kind === "mark" && /^(?:=|\+=|:=)$/u.test(operator)) {
      this.#at += 1;
      let value = this.#list();
      while (this.#take("=")) value = this.#list();
      if (operator === "+=")
        value = combined("+", this.#names.get(targets[0] ?? "") ?? NOTHING, value);
      this.#assign(targets, value);
      return;
    }
    this.#at = start;
    const value = this.#expression(0);
    if (this.#is("=") && value.symbol.includes(".")) this.#overwrites(value.symbol);
    if (this.#is(",") || this.#is("=")) this.#at += 1;
  }

  /** Names on the left of an assignment; none where it is something else. */
  #targets(): readonly string[] {
    const found: string[] = [];
    const opened = this.#take("[") || this.#take("{") || this.#take("(");
    for (let more = true; more;) {
      let name = this.#name();
      if (name === "") break;
      while (this.#is(".") && this.#peek(1)?.kind === "name") {
        name += `.${this.#peek(1)?.text ?? ""}`;
        this.#at += 2;
      }
      if (opened && this.#take(":")) found.push(`${this.#name()}<${name}`);
      else found.push(opened && this.#pieceBefore() !== "" ? `${name}<${name}` : name);
      more = this.#take(",");
    }
    if (opened && !(this.#take("]") || this.#take("}") || this.#take(")"))) return [];
    if (this.#python && found.length === 1 && this.#is(":") && this.#peek(1)?.kind === "name")
      this.#skipAnnotation();
    return found;
  }

  #pieceBefore(): string {
    return this.#python ? "" : "object";
  }

  #skipAnnotation(): void {
    const start = this.#at;
    for (let steps = 0; steps < 12; steps += 1) {
      if (this.#is("=")) return;
      if (this.#peek()?.kind === "line") break;
      this.#at += 1;
    }
    this.#at = start;
  }

  #assign(targets: readonly string[], value: Abstract): void {
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
      this.#names.set(name, picked);
      if (name.includes(".")) this.#overwrites(this.#resolve(name));
    }
  }

  /** A part of a library is replaced by something else. */
  #overwrites(symbol: string): void {
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

  #resolve(name: string): string {
    const [root = "", ...rest] = name.split(".");
    const symbol = this.#names.get(root)?.symbol;
    return [symbol === undefined || symbol === "" ? root : symbol, ...rest].join(".");
  }

  #import(): void {
    const from = this.#take("from");
    if (!from) this.#at += 1;
    if (this.#python) {
      const module = this.#dotted();
      if (!from) {
        this.#bind(module);
        while (this.#take(",")) this.#bind(this.#dotted());
        return;
      }
      this.#take("import");
      this.#take("(");
      for (let more = true; more;) {
        this.#lines();
        const name = this.#name();
        if (name === "") break;
        this.#names.set(this.#take("as") ? this.#name() : name, symbolic(`${module}.${name}`));
        more = this.#take(",");
      }
      return;
    }
    if (this.#is("(")) {
      this.#expression(0);
      return;
    }
    const bound: (readonly [string, string])[] = [];
    for (
      let steps = 0;
      steps < 64 && this.#peek() !== undefined && this.#peek()?.kind !== "text";
      steps += 1
    ) {
      if (this.#take("*") && this.#take("as")) bound.push([this.#name(), ""]);
      else if (this.#take("from") || this.#take("{") || this.#take("}") || this.#take(","))
        continue;
      else {
        const inside = this.#at > 0 && /^[{,]$/u.test(this.pieces[this.#at - 1]?.text ?? "");
        const name = this.#name();
        if (name === "") this.#at += 1;
        else bound.push([this.#take("as") ? this.#name() : name, inside ? `.${name}` : ""]);
      }
    }
    const module = moduleName(this.#peek()?.text ?? "");
    for (const [name, rest] of bound) this.#names.set(name, symbolic(`${module}${rest}`));
  }

  #bind(module: string): void {
    if (this.#take("as")) this.#names.set(this.#name(), symbolic(module));
    else this.#names.set(module.split(".")[0] ?? module, symbolic(module.split(".")[0] ?? module));
  }

  #dotted(): string {
    let name = this.#name();
    while (this.#is(".") && this.#peek(1)?.kind === "name") {
      this.#at += 1;
      name += `.${this.#name()}`;
    }
    return name;
  }

  #for(): void {
    const column = this.#peek()?.column ?? 0;
    this.#at += 1;
    this.#take("await");
    const bracket = this.#take("(");
    if (/^(?:const|let|var)$/u.test(this.#peek()?.text ?? "")) this.#at += 1;
    if (bracket && this.#is(";")) this.#loop = column;
    const targets = this.#targets();
    if (!this.#take("in") && !this.#take("of")) return;
    const value = this.#expression(0);
    const each =
      value.items !== null
        ? { ...NOTHING, items: value.items, carries: value.carries }
        : {
            ...NOTHING,
            carries: value.carries,
            symbol: value.symbol === "" ? "" : `${value.symbol}[]`,
          };
    for (const target of targets) this.#names.set(target.split("<")[0] ?? target, each);
  }

  /** `with open(x) as f, …:` */
  #with(): void {
    this.#take("(");
    for (let more = true; more;) {
      this.#lines();
      const value = this.#expression(0);
      if (this.#take("as")) for (const target of this.#targets()) this.#names.set(target, value);
      more = this.#take(",");
    }
  }

  #define(): void {
    const column = this.#peek()?.column ?? 0;
    this.#at += 1;
    const name = this.#name();
    const { params, defaults } = this.#params();
    if (this.#python) {
      while (this.#peek() !== undefined && !this.#is(":")) this.#at += 1;
      this.#at += 1;
      const start = this.#at;
      this.#record(name, params, defaults, start, this.#indented(start, column));
    } else if (this.#is("{")) this.#record(name, params, defaults, this.#at + 1, this.#braced());
  }

  #record(
    name: string,
    params: readonly string[],
    defaults: ReadonlyMap<string, Abstract>,
    start: number,
    end: number,
  ): void {
    this.#functions.set(name, { name, params, defaults, start, end, calls: 0, running: false });
    this.#names.delete(name);
    this.#at = end;
  }

  #params(): {
    readonly params: readonly string[];
    readonly defaults: ReadonlyMap<string, Abstract>;
  } {
    const params: string[] = [];
    const defaults = new Map<string, Abstract>();
    if (!this.#take("(")) return { params, defaults };
    let depth = 1;
    let fresh = true;
    while (depth > 0 && this.#peek() !== undefined && this.inspection.step()) {
      const token = this.#peek();
      if (fresh && token?.kind === "name") params.push(token.text);
      if (token?.kind === "name") fresh = false;
      if (token?.kind === "mark") {
        if (/^[([{]$/u.test(token.text)) depth += 1;
        if (/^[)\]}]$/u.test(token.text)) depth -= 1;
        if (token.text === "," && depth === 1) fresh = true;
        if (token.text === "=" && depth === 1) {
          this.#at += 1;
          defaults.set(params.at(-1) ?? "", this.#expression(0));
          continue;
        }
      }
      this.#at += 1;
    }
    return { params, defaults };
  }

  /** Where the lines that are further in than `column` end. */
  #indented(start: number, column: number): number {
    for (let at = start; at < this.#end; at += 1) {
      const [token, before] = [this.pieces[at], this.pieces[at - 1]];
      if (
        before?.kind === "line" &&
        token !== undefined &&
        token.kind !== "line" &&
        token.column <= column
      )
        return at;
    }
    return this.#end;
  }

  /** Behind the brace that closes the one at hand. */
  #braced(): number {
    let depth = 0;
    for (let at = this.#at; at < this.#end; at += 1) {
      const token = this.pieces[at];
      if (token?.kind !== "mark") continue;
      if (token.text === "{") depth += 1;
      if (token.text === "}") depth -= 1;
      if (depth === 0) return at + 1;
    }
    return this.#end;
  }

  #body(
    defined: Defined,
    args: readonly Abstract[],
    keywords: ReadonlyMap<string, Abstract>,
  ): Abstract {
    if (defined.running || defined.calls >= MAX_CALLS || this.#depth >= MAX_DEPTH)
      return { ...NOTHING, carries: args.reduce((all, arg) => all | carriedIn(arg), 0) };
    defined.calls += 1;
    defined.running = true;
    const [at, end, returned, loop] = [this.#at, this.#end, this.#returned, this.#loop];
    const params = defined.params.filter((name) => !/^(?:self|cls)$/u.test(name));
    for (const [index, name] of params.entries())
      this.#names.set(
        name,
        args[index] ?? keywords.get(name) ?? defined.defaults.get(name) ?? NOTHING,
      );
    this.#at = defined.start;
    this.#end = this.pieces.length - 1;
    this.#returned = NOTHING;
    this.#depth += 1;
    this.#block(defined.end);
    this.#depth -= 1;
    const result = this.#returned;
    [this.#at, this.#end, this.#returned, this.#loop] = [at, end, returned, loop];
    defined.running = false;
    return result;
  }

  /** An expression, or several with commas between: a tuple. */
  #list(): Abstract {
    const first = this.#expression(0);
    if (!this.#is(",")) return first;
    const items = [first];
    while (this.#take(",")) {
      if (this.#peek()?.kind === "line") break;
      items.push(this.#expression(0));
    }
    return { ...NOTHING, items };
  }

  #expression(depth: number): Abstract {
    if (!this.inspection.step()) {
      this.#at = this.#end;
      return NOTHING;
    }
    if (depth + this.#depth > MAX_DEPTH) {
      this.inspection.incomplete("its parts are nested too deeply");
      this.#at = this.#end;
      return NOTHING;
    }
    let value = this.#operand(depth + 1);
    for (let operator = this.#operator(); operator !== ""; operator = this.#operator()) {
      this.#lines();
      value = combined(operator, value, this.#operand(depth + 1));
      if (operator === "?" && this.#take(":")) this.#operand(depth + 1);
      if (!this.inspection.step()) break;
    }
    return value;
  }

  #operator(): string {
    const token = this.#peek();
    if (
      token === undefined ||
      token.kind === "text" ||
      token.kind === "line" ||
      token.kind === "number"
    )
      return "";
    const found =
      token.kind === "name"
        ? /^(?:and|or|in|is|not|if|else|instanceof|xor)$/u.test(token.text)
        : /^(?:\+|-|\*\*?|\/\/?|%|&&?|\|\|?|\?\??|<=?|>=?|===?|!==?|<<|>>|\^|=~)$/u.test(
            token.text,
          );
    if (!found) return "";
    this.#at += 1;
    return token.text;
  }

  /** A value with all that is called on it or picked from it. */
  #operand(depth: number): Abstract {
    while (
      this.#peek()?.kind === "mark"
        ? /^(?:[-+!~*@&]|\*\*|\.\.\.)$/u.test(this.#peek()?.text ?? "")
        : /^(?:not|await|new|typeof|void|delete|yield|async|lambda)$/u.test(
            this.#peek()?.text ?? "",
          ) && this.#peek()?.kind === "name"
    ) {
      if (this.#is("lambda")) {
        while (this.#peek() !== undefined && this.#peek()?.kind !== "line" && !this.#is(":"))
          this.#at += 1;
      }
      this.#at += 1;
    }
    let value = this.#primary(depth);
    for (let more = true; more && this.inspection.step();) {
      more = false;
      if (this.#chained()) {
        value = this.#member(value);
        more = true;
      } else if (this.#is("(")) {
        value = this.#call(value, depth);
        more = true;
      } else if (this.#is("[")) {
        value = this.#index(value, depth);
        more = true;
      } else if (!this.#python && this.#take("=>")) {
        value = this.#arrow();
      }
    }
    return value;
  }

  /** A dot, also on the next line. */
  #chained(): boolean {
    let ahead = 0;
    while (this.#peek(ahead)?.kind === "line") ahead += 1;
    const token = this.#peek(ahead);
    if (
      token?.kind !== "mark" ||
      (token.text !== "." && token.text !== "?.") ||
      (ahead > 0 && this.#python)
    )
      return false;
    this.#at += ahead + 1;
    return true;
  }

  #member(value: Abstract): Abstract {
    const name = this.#name();
    const field = value.fields?.get(name);
    if (field !== undefined) return field;
    const stored = this.#names.get(`${value.symbol}.${name}`);
    if (stored !== undefined) return stored;
    const symbol = value.symbol === "" ? `?.${name}` : `${value.symbol}.${name}`;
    return {
      ...NOTHING,
      text: null,
      symbol,
      items: null,
      carries: carriedIn(value) | reads(symbol, this.inspection),
      fields: new Map([["\u0000self", value]]),
    };
  }

  #arrow(): Abstract {
    if (!this.#is("{")) return this.#expression(1);
    const end = this.#braced();
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth < MAX_DEPTH) this.#block(end - 1);
    this.#depth -= 1;
    this.#at = end;
    return NOTHING;
  }

  #primary(depth: number): Abstract {
    const token = this.#peek();
    if (token === undefined) return NOTHING;
    if (token.kind === "text") return this.#text(depth);
    if (token.kind === "number") {
      this.#at += 1;
      const plain = token.text.replaceAll("_", "");
      return constant(/^0[xob]/iu.test(plain) ? String(Number(plain)) : plain);
    }
    if (token.kind === "name") return this.#named(token.text);
    if (token.text === "(" || token.text === "[" || token.text === "{")
      return this.#bracketed(token.text, depth);
    return NOTHING;
  }

  #named(name: string): Abstract {
    if (/^(?:if|else|for|in|as|and|or|is|of)$/u.test(name)) return NOTHING;
    this.#at += 1;
    if (name === "function" || name === "async") {
      this.#name();
      const { params, defaults } = this.#params();
      if (!this.#is("{")) return NOTHING;
      const known = `function#${this.#functions.size}`;
      this.#record(known, params, defaults, this.#at + 1, this.#braced());
      return symbolic(known);
    }
    return this.#names.get(name) ?? symbolic(name);
  }

  /** Strings side by side are one. */
  #text(depth: number): Abstract {
    let value: Abstract = constant("");
    for (let token = this.#peek(); token?.kind === "text"; token = this.#peek()) {
      this.#at += 1;
      let text = token.text;
      let carries = 0;
      for (const insert of token.inserts) {
        const inner = this.#inserted(insert, depth);
        carries |= carriedIn(inner);
        text = text.replace(UNKNOWN, () => inner.text ?? UNKNOWN);
      }
      value = combined("+", value, constant(text, carries));
      if (!this.#python) break;
    }
    return value;
  }

  #inserted(code: string, depth: number): Abstract {
    if (depth > 8 || !this.inspection.step(this.#names.size)) return NOTHING;
    const plain = code.replace(/(?:![rsa])?(?::[^:]*)?$/u, "");
    const stored = this.#names.get(asRead((this.#python ? plain : code).trim()));
    if (stored !== undefined) return stored;
    const inner = new Snippet(
      this.#python ? "python" : "javascript",
      tokens(code.slice(0, 1000), this.#python ? "python" : "javascript"),
      this.inspection,
    );
    for (const [name, value] of this.#names) inner.#names.set(name, value);
    inner.#depth = this.#depth + 4;
    return inner.#expression(depth);
  }

  #bracketed(open: string, depth: number): Abstract {
    this.#at += 1;
    const { items, fields } = this.#items(open === "(" ? ")" : open === "[" ? "]" : "}", depth);
    if (open === "(" && items.length === 1 && this.pieces[this.#at - 2]?.text !== ",")
      return items[0] ?? NOTHING;
    return open === "{"
      ? { ...NOTHING, fields, items: fields.size === 0 ? items : null }
      : { ...NOTHING, items };
  }

  /** What stands between brackets: values, `name=value`, `key: value`. */
  #items(
    close: string,
    depth: number,
  ): { readonly items: readonly Abstract[]; readonly fields: ReadonlyMap<string, Abstract> } {
    const items: Abstract[] = [];
    const fields = new Map<string, Abstract>();
    while (this.#peek() !== undefined && !this.#take(close)) {
      const start = this.#at;
      this.#lines();
      if (this.#take(close)) break;
      if (this.#take("for")) {
        const targets = this.#targets();
        this.#take("in");
        const value = this.#expression(depth);
        for (const target of targets)
          this.#names.set(target, { ...NOTHING, carries: value.carries, items: value.items });
        continue;
      }
      const key = this.#peek();
      const mark = this.#peek(1);
      const paired =
        mark?.kind === "mark" &&
        (mark.text === "=" || mark.text === ":") &&
        key !== undefined &&
        (key.kind === "name" || key.kind === "text");
      if (paired) this.#at += 2;
      const value = this.#expression(depth);
      if (paired) fields.set(key.text, value);
      else if (this.#at > start) {
        items.push(value);
        if (!this.#python && close === "}" && key?.kind === "name") fields.set(key.text, value);
      }
      this.#lines();
      if (!this.#take(",") && !this.#take(";") && !this.#take(":") && this.#at === start)
        this.#at += 1;
      if (!this.inspection.step()) break;
    }
    return { items: items.slice(0, 256), fields };
  }

  #index(value: Abstract, depth: number): Abstract {
    this.#at += 1;
    const from = this.#at;
    const { items } = this.#items("]", depth);
    const written = this.pieces
      .slice(from, this.#at - 1)
      .map(({ text }) => text)
      .join("");
    const key = items[0]?.text;
    if (written === "::-1" && value.text !== null)
      return constant(Array.from(value.text).toReversed().join(""), value.carries);
    if (key !== undefined && key !== null) {
      const field =
        value.fields?.get(key) ?? (/^\d+$/u.test(key) ? value.items?.[Number(key)] : undefined);
      if (field !== undefined) return field;
      if (value.symbol !== "" && /^[A-Za-z_]\w*$/u.test(key)) {
        const owner = value.symbol.replace(
          /\.__dict__$|^(?:globals|locals|vars)\(\)$|^sys\.modules$/u,
          "",
        );
        const symbol = owner === "" ? key : `${owner}.${key}`;
        return { ...symbolic(symbol, value.carries | reads(symbol, this.inspection)) };
      }
    }
    return {
      ...NOTHING,
      carries: carriedIn(value),
      symbol: value.symbol === "" ? "" : `${value.symbol}[]`,
      items: written.includes(":") ? value.items : null,
    };
  }

  #call(callee: Abstract, depth: number): Abstract {
    this.#at += 1;
    const { items, fields } = this.#items(")", depth);
    const own =
      this.#functions.get(callee.symbol) ??
      this.#functions.get(callee.symbol.split(".").at(-1) ?? "");
    if (own !== undefined && !own.running) {
      const result = this.#body(own, items, fields);
      if (callee.symbol === own.name || /^(?:self|this)\./u.test(callee.symbol)) return result;
    }
    const self = callee.fields?.get("\u0000self") ?? null;
    return calls(
      {
        symbol: callee.symbol,
        args: items,
        keywords: fields,
        self,
        looped: this.inLoop,
        python: this.#python,
      },
      this.inspection,
    );
  }
}

function moduleName(text: string): string {
  return text.replace(/^node:/u, "");
}
