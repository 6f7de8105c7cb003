/** The values of a call's arguments, each with its path and what it is for. Bounded, never recursive. */
import { roleOf, type Role } from "./fields.ts";

export interface Leaf {
  /** Dotted, from `action.properties`: `payment.lines.0.amount`. */
  readonly path: string;
  /** The nearest property name. */
  readonly key: string;
  readonly role: Role;
  readonly value: string | number | boolean;
}

export interface Leaves {
  readonly list: readonly Leaf[];
  /** Too deep, too many or too long to be read whole. */
  readonly cut: boolean;
}

const MOST = 2000;
const DEEPEST = 40;
const LONGEST_NESTED = 20_000;
/** Characters of all texts together. */
const MOST_TEXT = 200_000;

interface Open {
  readonly value: unknown;
  readonly path: string;
  readonly key: string;
  readonly role: Role;
  readonly depth: number;
}

/** Roles that pass on to what is inside, where the inner name says nothing itself. */
const INHERITED: ReadonlySet<Role> = new Set([
  "amount",
  "recipient",
  "contact",
  "account",
  "url",
  "secret",
  "privilege",
  "command",
  "code",
  "sql",
  "body",
  "prose",
  "path",
]);

export function leavesOf(properties: unknown): Leaves {
  const list: Leaf[] = [];
  const open: Open[] = [{ value: properties, path: "", key: "", role: "other", depth: 0 }];
  let cut = false;
  let seen = 0;
  let read = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    seen += 1;
    if (seen > MOST || next.depth > DEEPEST) {
      cut = true;
      continue;
    }
    const { value } = next;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      const kept = typeof value === "string" ? value.slice(0, MOST_TEXT - read) : value;
      list.push({ path: next.path, key: next.key, role: next.role, value: kept });
      if (typeof kept === "string") read += kept.length;
      if (kept !== value) cut = true;
      const nested = typeof value === "string" ? nestedJson(value) : undefined;
      if (nested !== undefined) open.push({ ...next, value: nested, depth: next.depth + 1 });
    } else if (typeof value === "object" && value !== null) {
      cut = pushMembers(open, next, value) || cut;
    }
  }
  return { list, cut };
}

/** Pushes what is inside, last first, so that leaves come in the order they are written. */
function pushMembers(open: Open[], parent: Open, value: object): boolean {
  const isArray = Array.isArray(value);
  const names = Object.keys(value);
  const depth = parent.depth + 1;
  const taken = Math.min(names.length, MOST);
  for (let at = taken - 1; at >= 0; at -= 1) {
    const name = names[at] ?? "";
    const path = parent.path === "" ? name : `${parent.path}.${name}`;
    const own = isArray ? parent.role : roleOf(name);
    const role = own === "other" && INHERITED.has(parent.role) ? parent.role : own;
    const member = (value as Readonly<Record<string, unknown>>)[name];
    open.push({ value: member, path, key: isArray ? parent.key : name, role, depth });
  }
  return taken < names.length;
}

/** Arguments packed as JSON into a text are read like any others. */
function nestedJson(text: string): object | undefined {
  const first = text.trimStart()[0];
  if ((first !== "{" && first !== "[") || text.length > LONGEST_NESTED) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
