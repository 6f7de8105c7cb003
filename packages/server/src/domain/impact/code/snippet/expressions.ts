import { asRead, UNKNOWN } from "../characters.ts";
import { calls, reads } from "./calls.ts";
import { Cursor } from "./cursor.ts";
import { tokens } from "./lex.ts";
import type { Token } from "./lex.ts";
import { carriedIn, combined, constant, NOTHING, symbolic } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Brackets and functions inside one another. */
export const MAX_DEPTH = 40;

export interface Defined {
  readonly name: string;
  readonly params: readonly string[];
  readonly defaults: ReadonlyMap<string, Abstract>;
  readonly start: number;
  readonly end: number;
  calls: number;
  running: boolean;
}

/** Expressions: what they are, as far as it is known, and what their calls would do. */
export abstract class Expressions extends Cursor {
  protected readonly names = new Map<string, Abstract>();
  protected readonly functions = new Map<string, Defined>();
  protected depth = 0;
  /** Column of the innermost endless loop's header; null: not in one. */
  protected loop: number | null = null;

  /** Statements up to a place. */
  protected abstract block(end: number): void;
  /** What a function of the snippet's own gives back. */
  protected abstract body(
    defined: Defined,
    args: readonly Abstract[],
    keywords: ReadonlyMap<string, Abstract>,
  ): Abstract;
  /** A snippet inside this one, e.g. in the braces of an f-string. */
  protected abstract inner(pieces: readonly Token[]): Expressions;

  protected get inLoop(): boolean {
    return this.loop !== null && (!this.python || (this.peek()?.column ?? 0) > this.loop);
  }

  protected params(): {
    readonly params: readonly string[];
    readonly defaults: ReadonlyMap<string, Abstract>;
  } {
    const params: string[] = [];
    const defaults = new Map<string, Abstract>();
    if (!this.take("(")) return { params, defaults };
    let depth = 1;
    let fresh = true;
    while (depth > 0 && this.peek() !== undefined && this.inspection.step()) {
      const token = this.peek();
      if (fresh && token?.kind === "name") params.push(token.text);
      if (token?.kind === "name") fresh = false;
      if (token?.kind === "mark") {
        if (/^[([{]$/u.test(token.text)) depth += 1;
        if (/^[)\]}]$/u.test(token.text)) depth -= 1;
        if (token.text === "," && depth === 1) fresh = true;
        if (token.text === "=" && depth === 1) {
          this.at += 1;
          defaults.set(params.at(-1) ?? "", this.expression(0));
          continue;
        }
      }
      this.at += 1;
    }
    return { params, defaults };
  }

  protected record(
    name: string,
    params: readonly string[],
    defaults: ReadonlyMap<string, Abstract>,
    start: number,
    end: number,
  ): void {
    this.functions.set(name, { name, params, defaults, start, end, calls: 0, running: false });
    this.names.delete(name);
    this.at = end;
  }

  /** An expression, or several with commas between: a tuple. */
  protected list(): Abstract {
    const first = this.expression(0);
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.peek()?.kind === "line") break;
      items.push(this.expression(0));
    }
    return { ...NOTHING, items };
  }

  protected expression(depth: number): Abstract {
    if (!this.inspection.step()) {
      this.at = this.end;
      return NOTHING;
    }
    if (depth + this.depth > MAX_DEPTH) {
      this.inspection.incomplete("its parts are nested too deeply");
      this.at = this.end;
      return NOTHING;
    }
    let value = this.operand(depth + 1);
    for (let operator = this.operator(); operator !== ""; operator = this.operator()) {
      this.lines();
      value = combined(operator, value, this.operand(depth + 1));
      if (operator === "?" && this.take(":")) this.operand(depth + 1);
      if (!this.inspection.step()) break;
    }
    return value;
  }

  /** A value with all that is called on it or picked from it. */
  protected operand(depth: number): Abstract {
    while (
      this.peek()?.kind === "mark"
        ? /^(?:[-+!~*@&]|\*\*|\.\.\.)$/u.test(this.peek()?.text ?? "")
        : /^(?:not|await|new|typeof|void|delete|yield|async|lambda)$/u.test(
            this.peek()?.text ?? "",
          ) && this.peek()?.kind === "name"
    ) {
      if (this.is("lambda")) {
        while (this.peek() !== undefined && this.peek()?.kind !== "line" && !this.is(":"))
          this.at += 1;
      }
      this.at += 1;
    }
    let value = this.primary(depth);
    for (let more = true; more && this.inspection.step();) {
      more = false;
      if (this.chained()) {
        value = this.member(value);
        more = true;
      } else if (this.is("(")) {
        value = this.call(value, depth);
        more = true;
      } else if (this.is("[")) {
        value = this.index(value, depth);
        more = true;
      } else if (!this.python && this.take("=>")) {
        value = this.arrow();
      }
    }
    return value;
  }

  protected member(value: Abstract): Abstract {
    const name = this.name();
    const field = value.fields?.get(name);
    if (field !== undefined) return field;
    const stored = this.names.get(`${value.symbol}.${name}`);
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

  protected arrow(): Abstract {
    if (!this.is("{")) return this.expression(1);
    const end = this.braced();
    this.at += 1;
    this.depth += 1;
    if (this.depth < MAX_DEPTH) this.block(end - 1);
    this.depth -= 1;
    this.at = end;
    return NOTHING;
  }

  protected primary(depth: number): Abstract {
    const token = this.peek();
    if (token === undefined) return NOTHING;
    if (token.kind === "text") return this.text(depth);
    if (token.kind === "number") {
      this.at += 1;
      const plain = token.text.replaceAll("_", "");
      return constant(/^0[xob]/iu.test(plain) ? String(Number(plain)) : plain);
    }
    if (token.kind === "name") return this.named(token.text);
    if (token.text === "(" || token.text === "[" || token.text === "{")
      return this.bracketed(token.text, depth);
    return NOTHING;
  }

  protected named(name: string): Abstract {
    if (/^(?:if|else|for|in|as|and|or|is|of)$/u.test(name)) return NOTHING;
    this.at += 1;
    if (name === "function" || name === "async") {
      this.name();
      const { params, defaults } = this.params();
      if (!this.is("{")) return NOTHING;
      const known = `function#${this.functions.size}`;
      this.record(known, params, defaults, this.at + 1, this.braced());
      return symbolic(known);
    }
    return this.names.get(name) ?? symbolic(name);
  }

  /** Strings side by side are one. */
  protected text(depth: number): Abstract {
    let value: Abstract = constant("");
    for (let token = this.peek(); token?.kind === "text"; token = this.peek()) {
      this.at += 1;
      let text = token.text;
      let carries = 0;
      for (const insert of token.inserts) {
        const inner = this.inserted(insert, depth);
        carries |= carriedIn(inner);
        text = text.replace(UNKNOWN, () => inner.text ?? UNKNOWN);
      }
      value = combined("+", value, constant(text, carries));
      if (!this.python) break;
    }
    return value;
  }

  protected inserted(code: string, depth: number): Abstract {
    if (depth > 8 || !this.inspection.step(this.names.size)) return NOTHING;
    const plain = this.python ? code.replace(/(?:![rsa])?(?::[^:]*)?$/u, "") : code;
    const stored = this.names.get(asRead(plain.trim()));
    if (stored !== undefined) return stored;
    const inner = this.inner(tokens(code.slice(0, 1000), this.python ? "python" : "javascript"));
    for (const [name, value] of this.names) inner.names.set(name, value);
    inner.depth = this.depth + 4;
    return inner.expression(depth);
  }

  protected bracketed(open: string, depth: number): Abstract {
    this.at += 1;
    const { items, fields } = this.items(open === "(" ? ")" : open === "[" ? "]" : "}", depth);
    if (open === "(" && items.length === 1 && this.pieces[this.at - 2]?.text !== ",")
      return items[0] ?? NOTHING;
    return open === "{"
      ? { ...NOTHING, fields, items: fields.size === 0 ? items : null }
      : { ...NOTHING, items };
  }

  /** What stands between brackets: values, `name=value`, `key: value`. */
  protected items(
    close: string,
    depth: number,
  ): { readonly items: readonly Abstract[]; readonly fields: ReadonlyMap<string, Abstract> } {
    const items: Abstract[] = [];
    const fields = new Map<string, Abstract>();
    const first = this.at;
    while (this.peek() !== undefined && !this.take(close)) {
      const start = this.at;
      this.lines();
      if (this.take(close)) break;
      if (this.take("for")) {
        const targets = this.targets();
        this.take("in");
        const value = this.expression(depth);
        for (const target of targets)
          this.names.set(target, { ...NOTHING, carries: value.carries, items: value.items });
        const resume = this.at;
        this.at = first;
        items[0] = this.expression(depth + 1);
        this.at = resume;
        continue;
      }
      const key = this.peek();
      const mark = this.peek(1);
      const paired =
        mark?.kind === "mark" &&
        (mark.text === "=" || mark.text === ":") &&
        key !== undefined &&
        (key.kind === "name" || key.kind === "text");
      if (paired) this.at += 2;
      const value = this.expression(depth);
      if (paired) fields.set(key.text, value);
      else if (this.at > start) {
        items.push(value);
        if (!this.python && close === "}" && key?.kind === "name") fields.set(key.text, value);
      }
      this.lines();
      if (!this.take(",") && !this.take(";") && !this.take(":") && this.at === start) this.at += 1;
      if (!this.inspection.step()) break;
    }
    return { items: items.slice(0, 256), fields };
  }

  protected index(value: Abstract, depth: number): Abstract {
    this.at += 1;
    const from = this.at;
    const { items } = this.items("]", depth);
    const written = this.pieces
      .slice(from, this.at - 1)
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

  protected call(callee: Abstract, depth: number): Abstract {
    this.at += 1;
    const { items, fields } = this.items(")", depth);
    const own =
      this.functions.get(callee.symbol) ??
      this.functions.get(callee.symbol.split(".").at(-1) ?? "");
    if (own !== undefined && !own.running) {
      const result = this.body(own, items, fields);
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
        python: this.python,
      },
      this.inspection,
    );
  }

  /** Names on the left of an assignment; none where it is something else. */
  protected targets(): readonly string[] {
    const found: string[] = [];
    const opened = this.take("[") || this.take("{") || this.take("(");
    for (let more = true; more;) {
      let name = this.name();
      if (name === "") break;
      while (this.is(".") && this.peek(1)?.kind === "name") {
        name += `.${this.peek(1)?.text ?? ""}`;
        this.at += 2;
      }
      if (opened && this.take(":")) found.push(`${this.name()}<${name}`);
      else found.push(opened && this.pieceBefore() !== "" ? `${name}<${name}` : name);
      more = this.take(",");
    }
    if (opened && !(this.take("]") || this.take("}") || this.take(")"))) return [];
    if (this.python && found.length === 1 && this.is(":") && this.peek(1)?.kind === "name")
      this.skipAnnotation();
    return found;
  }

  protected pieceBefore(): string {
    return this.python ? "" : "object";
  }

  protected skipAnnotation(): void {
    const start = this.at;
    for (let steps = 0; steps < 12; steps += 1) {
      if (this.is("=")) return;
      if (this.peek()?.kind === "line") break;
      this.at += 1;
    }
    this.at = start;
  }
}
