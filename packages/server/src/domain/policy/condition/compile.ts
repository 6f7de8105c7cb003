/**
 * Turns the syntax tree of a condition into closures.
 *
 * The CEL package parses and checks types; it does not evaluate here. Its evaluator cannot be
 * stopped (`||` and `exists` absorb every error, also "too many steps"), its `matches` backtracks
 * and cannot be replaced, and it has no whole numbers for JSON. See docs/decisions.
 */
import { serialize } from "@marcbachmann/cel-js";
import { didYouMean } from "../nearest-name.ts";
import { integer, negate } from "./arithmetic.ts";
import {
  ABSORBED_STEPS,
  constant,
  textOf,
  truth,
  type Compilation,
  type Node,
  type Thunk,
} from "./compilation.ts";
import { compileBinary } from "./compile-binary.ts";
import {
  checkBudgetOperands,
  compileBudgetMember,
  isBudgetCall,
  refuseBareBudget,
} from "./compile-budget.ts";
import { compileCall, compileMethod } from "./compile-call.ts";
import { isRoot, ROOTS, type Root } from "./scope.ts";
import {
  ConditionError,
  equals,
  isList,
  isNumber,
  isRecord,
  kindOf,
  memberOf,
  NOTHING,
  Optional,
  type Meter,
  type Value,
} from "./value.ts";

/** Compiles a node. `inChain`: the node is what a select or index selects from. */
export function compileNode(node: Node, at: Compilation, inChain = false): Thunk {
  at.count.nodes++;
  const thunk = compileFresh(node, at, inChain);
  if (at.locals.length > 0 || at.issues.length > 0) return thunk;
  const key = serialize(node);
  const known = at.shared.get(key);
  if (known === undefined) at.shared.set(key, thunk);
  return known ?? thunk;
}

function compileFresh(node: Node, at: Compilation, inChain: boolean): Thunk {
  switch (node.op) {
    case "value":
      return constant(literal(node.args, node.start, at));
    case "id":
      return compileVariable(node.args, node.start, at, inChain);
    case ".":
    case ".?":
    case "[]":
    case "[?]":
      return compileSelect(node, at, inChain);
    case "call":
      return compileCall(node, node.args[0], node.args[1], at);
    case "rcall":
      return compileMethod(
        node,
        { name: node.args[0], receiver: node.args[1], args: node.args[2] },
        at,
      );
    case "list":
      return listOf(node.args.map((item) => compileNode(item, at)));
    case "map":
      return compileRecord(node.args, at);
    case "?:":
      return ternary(
        node.args.map((part) => compileNode(part, at)),
        textOf(node.args[0]),
      );
    case "||":
      return logical(true, compileNode(node.args[0], at), compileNode(node.args[1], at));
    case "&&":
      return logical(false, compileNode(node.args[0], at), compileNode(node.args[1], at));
    case "!_":
      return not(compileNode(node.args, at));
    case "-_":
      return unary(compileNode(node.args, at), negate);
    case "in":
      return compileIn(node.args, at);
    default:
      checkBudgetOperands(node.args[0], node.args[1], at);
      return compileBinary(node.op, compileNode(node.args[0], at), compileNode(node.args[1], at));
  }
}

/**
 * The static path of a chain of selects from a variable, `["action", "properties", "amount"]`; null
 * where it starts elsewhere. Stops at the first part that is not written out.
 */
function pathOf(node: Node, locals: readonly string[]): readonly string[] | null {
  if (node.op === "id") return locals.includes(node.args) ? null : [node.args];
  if (node.op === "." || node.op === ".?") {
    const path = pathOf(node.args[0], locals);
    return path === null ? null : [...path, node.args[1]];
  }
  if (node.op === "[]" || node.op === "[?]") {
    const path = pathOf(node.args[0], locals);
    const [, key] = node.args;
    const name = key.op === "value" && typeof key.args === "string" ? key.args : null;
    return path === null || name === null ? path : [...path, name];
  }
  return null;
}

function literal(value: unknown, start: number, at: Compilation): Value {
  if (typeof value === "bigint") {
    try {
      return integer(value);
    } catch {
      at.issues.push({
        start,
        message: "this whole number is too large",
        fix: "use a smaller one",
      });
    }
    return 0n;
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return value;
  const message = "unsigned numbers and bytes are not used in conditions";
  at.issues.push({ start, message, fix: "write a plain number or text" });
  return null;
}

function compileVariable(name: string, start: number, at: Compilation, inChain: boolean): Thunk {
  const slot = at.locals.lastIndexOf(name);
  if (slot !== -1) return ({ locals }) => locals[slot] ?? null;
  if (isRoot(name)) {
    if (!inChain) noteRead([name], start, at);
    return rootThunk(name);
  }
  const known = [...ROOTS, ...at.locals];
  const message = `unknown variable \`${name}\`${didYouMean(name, known)}`;
  const fix = `use one of ${known.map((root) => `\`${root}\``).join(", ")}`;
  at.issues.push({ start, message, fix });
  return constant(null);
}

function noteRead(path: readonly string[], start: number, at: Compilation): void {
  const text = path.join(".");
  if (!at.reads.has(text)) at.reads.set(text, { text, path, start });
}

function rootThunk(name: Root): Thunk {
  return (scope) => scope[name];
}

type SelectNode = Extract<Node, { op: "." | ".?" | "[]" | "[?]" }>;

function compileSelect(node: SelectNode, at: Compilation, inChain: boolean): Thunk {
  const [selected] = node.args;
  if (isBudgetCall(selected)) {
    if (node.op !== ".") return refuseBareBudget(node, at);
    return compileBudgetMember(node, selected, node.args[1], at);
  }
  if (!inChain) {
    const path = pathOf(node, at.locals);
    if (path !== null) noteRead(path, node.start, at);
  }
  const from = compileNode(node.args[0], at, true);
  const text = textOf(node);
  if (node.op === "." || node.op === ".?") {
    const [, key] = node.args;
    return node.op === "." ? select(from, key, text) : optional(from, constant(key), text);
  }
  const key = compileNode(node.args[1], at);
  return node.op === "[]" ? index(from, key, text) : optional(from, key, text);
}

function select(from: Thunk, key: string, text: string): Thunk {
  return (scope) => {
    const value = from(scope);
    if (isRecord(value)) {
      const member = memberOf(value, key);
      if (member !== undefined) return member;
      throw new ConditionError(`\`${text}\` is missing`);
    }
    return fromOptional(value, key, text);
  };
}

function fromOptional(value: Value, key: Value, text: string): Value {
  if (!(value instanceof Optional)) {
    throw new ConditionError(`\`${text}\` is missing: ${kindOf(value)} has no fields`);
  }
  return value.value === undefined ? NOTHING : optionalMember(value.value, key, text);
}

function index(from: Thunk, key: Thunk, text: string): Thunk {
  return (scope) => {
    const value = from(scope);
    if (value instanceof Optional) return fromOptional(value, key(scope), text);
    const member = memberAt(value, key(scope), text);
    if (member === undefined) throw new ConditionError(`\`${text}\` is missing`);
    return member;
  };
}

function optional(from: Thunk, key: Thunk, text: string): Thunk {
  return (scope) => {
    const value = from(scope);
    if (value instanceof Optional) return fromOptional(value, key(scope), text);
    return optionalMember(value, key(scope), text);
  };
}

function optionalMember(value: Value, key: Value, text: string): Optional {
  const member = memberAt(value, key, text);
  return member === undefined ? NOTHING : new Optional(member);
}

function memberAt(value: Value, key: Value, text: string): Value | undefined {
  if (isRecord(value) && typeof key === "string") return memberOf(value, key);
  if (isList(value) && isNumber(key)) {
    // A double index such as 0.5 or -1 selects nothing, as in any list.
    const position = Number(key);
    return Number.isInteger(position) && position >= 0 ? value[position] : undefined;
  }
  throw new ConditionError(`\`${text}\` selects from ${kindOf(value)} by ${kindOf(key)}`);
}

function listOf(items: readonly Thunk[]): Thunk {
  return (scope) => items.map((item) => item(scope));
}

function compileRecord(entries: readonly (readonly [Node, Node])[], at: Compilation): Thunk {
  const members = entries.map(([key, value]) => {
    const name = key.op === "value" && typeof key.args === "string" ? key.args : null;
    if (name === null) {
      const message = "the keys of a map are written-out text";
      at.issues.push({ start: key.start, message, fix: 'write them as `"name": value`' });
    }
    return [name ?? "", compileNode(value, at)] as const;
  });
  return (scope) => Object.fromEntries(members.map(([key, value]) => [key, value(scope)]));
}

function ternary([condition, yes, no]: readonly Thunk[], text: string): Thunk {
  if (condition === undefined || yes === undefined || no === undefined) {
    throw new Error(`\`${text}\` is a ternary without three parts`);
  }
  return (scope) => (truth(condition(scope)) ? yes(scope) : no(scope));
}

/** `||` with `decisive` true, `&&` with false: the decisive value wins over an error, as in CEL. */
function logical(decisive: boolean, left: Thunk, right: Thunk): Thunk {
  return (scope) => {
    let first: boolean;
    try {
      first = truth(left(scope));
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      scope.meter.charge(ABSORBED_STEPS);
      if (truth(right(scope)) === decisive) return decisive;
      throw error;
    }
    return first === decisive ? decisive : truth(right(scope));
  };
}

function not(operand: Thunk): Thunk {
  return (scope) => !truth(operand(scope));
}

function unary(operand: Thunk, apply: (value: Value) => Value): Thunk {
  return (scope) => apply(operand(scope));
}

function compileIn([needle, container]: readonly [Node, Node], at: Compilation): Thunk {
  const [value, within] = [compileNode(needle, at), compileNode(container, at)];
  return (scope) => isIn(value(scope), within(scope), scope.meter);
}

function isIn(value: Value, container: Value, meter: Meter): boolean {
  if (isRecord(container) && typeof value === "string") {
    return memberOf(container, value) !== undefined;
  }
  if (!isList(container)) {
    throw new ConditionError(`it looks for ${kindOf(value)} in ${kindOf(container)}`);
  }
  let error: ConditionError | null = null;
  for (const member of container) {
    meter.charge(1);
    try {
      if (equals(value, member, meter)) return true;
    } catch (caught) {
      if (!(caught instanceof ConditionError)) throw caught;
      meter.charge(ABSORBED_STEPS);
      error ??= caught;
    }
  }
  if (error !== null) throw error;
  return false;
}
