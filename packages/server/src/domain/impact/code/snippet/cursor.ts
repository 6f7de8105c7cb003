import type { Inspection } from "../inspection.ts";
import type { Token } from "./lex.ts";

/** A place in the pieces of a snippet, and what can be told from the pieces alone. */
export class Cursor {
  protected readonly python: boolean;
  protected readonly pieces: readonly Token[];
  protected readonly inspection: Inspection;
  protected at = 0;
  protected end: number;

  constructor(language: "python" | "javascript", pieces: readonly Token[], inspection: Inspection) {
    this.python = language === "python";
    this.pieces = pieces;
    this.inspection = inspection;
    this.end = pieces.length - 1;
  }

  protected peek(ahead = 0): Token | undefined {
    const at = this.at + ahead;
    return at < this.end ? this.pieces[at] : undefined;
  }

  protected is(text: string): boolean {
    const token = this.peek();
    return token !== undefined && token.kind !== "text" && token.text === text;
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  protected name(): string {
    const token = this.peek();
    if (token?.kind !== "name") return "";
    this.at += 1;
    return token.text;
  }

  protected lines(): void {
    while (this.peek()?.kind === "line") this.at += 1;
  }

  protected dotted(): string {
    let name = this.name();
    while (this.is(".") && this.peek(1)?.kind === "name") {
      this.at += 1;
      name += `.${this.name()}`;
    }
    return name;
  }

  /** Where the lines that are further in than `column` end. */
  protected indented(start: number, column: number): number {
    for (let at = start; at < this.end; at += 1) {
      const [token, before] = [this.pieces[at], this.pieces[at - 1]];
      if (
        before?.kind === "line" &&
        token !== undefined &&
        token.kind !== "line" &&
        token.column <= column
      )
        return at;
    }
    return this.end;
  }

  /** Behind the brace that closes the one at hand. */
  protected braced(): number {
    let depth = 0;
    for (let at = this.at; at < this.end; at += 1) {
      const token = this.pieces[at];
      if (token?.kind !== "mark") continue;
      if (token.text === "{") depth += 1;
      if (token.text === "}") depth -= 1;
      if (depth === 0) return at + 1;
    }
    return this.end;
  }

  protected operator(): string {
    const token = this.peek();
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
    this.at += 1;
    return token.text;
  }

  /** A dot, also on the next line. */
  protected chained(): boolean {
    let ahead = 0;
    while (this.peek(ahead)?.kind === "line") ahead += 1;
    const token = this.peek(ahead);
    if (
      token?.kind !== "mark" ||
      (token.text !== "." && token.text !== "?.") ||
      (ahead > 0 && this.python)
    )
      return false;
    this.at += ahead + 1;
    return true;
  }
}
