/** JSON text that may be wrong: values as usual, with pieces of text spliced in as they are. */

/** Stands in a value for text that is written without looking at it. */
export class Spliced {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Node = null | boolean | number | string | Spliced | readonly Node[] | NodeMap;
/** A map and not an object, so that `__proto__` is a key like any other. */
export type NodeMap = ReadonlyMap<string, Node>;

export function written(node: Node): string {
  if (node instanceof Spliced) return node.text;
  if (node instanceof Map) {
    const members = [...(node as NodeMap)].map(
      ([key, value]) => `${JSON.stringify(key)}:${written(value)}`,
    );
    return `{${members.join(",")}}`;
  }
  if (Array.isArray(node)) return `[${(node as readonly Node[]).map(written).join(",")}]`;
  return JSON.stringify(node);
}

export type Path = readonly (string | number)[];

/** A copy with another node at the path; undefined takes the member out. */
export function replaced(node: Node, path: Path, by: Node | undefined): Node {
  const [first, ...rest] = path;
  if (first === undefined) return by ?? null;
  if (Array.isArray(node)) {
    return (node as readonly Node[]).map((each, index) =>
      index === first ? replaced(each, rest, by) : each,
    );
  }
  if (!(node instanceof Map)) return node;
  const copy = new Map(node as NodeMap);
  const key = String(first);
  if (rest.length === 0 && by === undefined) copy.delete(key);
  else copy.set(key, rest.length === 0 ? (by ?? null) : replaced(copy.get(key) ?? null, rest, by));
  return copy;
}

/** The node at the path, or null. */
export function nodeAt(node: Node, path: Path): Node {
  let found: Node = node;
  for (const step of path) {
    if (found instanceof Map) found = (found as NodeMap).get(String(step)) ?? null;
    else if (Array.isArray(found)) found = (found as readonly Node[])[Number(step)] ?? null;
    else return null;
  }
  return found;
}
