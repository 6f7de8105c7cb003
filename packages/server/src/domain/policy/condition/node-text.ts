/** A part of a condition as its author wrote it. */
import type { Node } from "./compilation.ts";

/** Texts and comments are passed over as wholes: a parenthesis in one closes nothing. */
const TOKEN =
  /\/\/[^\n]*|"""[^]*?"""|'''[^]*?'''|[rR](?:"[^"]*"|'[^']*')|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[()]/g;

/**
 * The parser leaves parentheses around a part out of its place, also where the part ends, or begins,
 * within the part that is asked for: those are taken in again.
 */
export function textOf({ input, start, end }: Pick<Node, "input" | "start" | "end">): string {
  let open = 0;
  let unopened = 0;
  for (const [token] of input.slice(start, end).matchAll(TOKEN)) {
    if (token === "(") open += 1;
    if (token !== ")") continue;
    if (open === 0) unopened += 1;
    else open -= 1;
  }
  const [before = ""] = new RegExp(`(?:\\(\\s*){${unopened}}$`).exec(input.slice(0, start)) ?? [];
  const [after = ""] = new RegExp(`^(?:\\s*\\)){${open}}`).exec(input.slice(end)) ?? [];
  return `${before}${input.slice(start, end)}${after}`;
}
