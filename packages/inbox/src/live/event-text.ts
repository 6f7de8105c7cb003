/** Server-sent events as text, in pieces of any size. */
export interface EventBlock {
  /** Null for a comment: the server is there and has nothing to say. */
  readonly data: string | null;
  readonly id: string | null;
}

/** Give it what arrived; it gives back what is complete. */
export class EventText {
  #rest = "";

  push(text: string): readonly EventBlock[] {
    const blocks = (this.#rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(blockOf);
  }
}

function blockOf(text: string): EventBlock {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === "data") data.push(value);
    if (name === "id") id = value;
  }
  return { data: data.length === 0 ? null : data.join("\n"), id };
}
