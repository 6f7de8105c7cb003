/** Calls, methods and quantifiers of conditions. */
import { didYouMean } from "../nearest-name.ts";
import { isOpen, wallClock, type WallTime } from "../windows.ts";
import {
  ABSORBED_STEPS,
  constant,
  onceADecision,
  textOf,
  truth,
  type Compilation,
  type Node,
  type Thunk,
} from "./compilation.ts";
import {
  conditionFunction,
  functionNames,
  QUANTIFIERS,
  type ConditionFunction,
  type Quantifier,
} from "./functions.ts";
import { refuseBareBudget } from "./compile-budget.ts";
import { linearPattern } from "./linear-pattern.ts";
import type { Scope } from "./scope.ts";
import {
  ConditionError,
  isList,
  isRecord,
  kindOf,
  memberOf,
  Meter,
  Optional,
  Timestamp,
  type Value,
} from "./value.ts";

/** Three: for each line, for each item, for each tag. */
const QUANTIFIER_DEPTH_MAX = 3;
const LITERAL_STEPS_MAX = 1_000;
/** Reading a clock on the wall of a zone. */
const WALL_CLOCK_STEPS = 200;

export function compileCall(
  node: Node,
  name: string,
  args: readonly Node[],
  at: Compilation,
): Thunk {
  if (name === "has") return compileHas(node, args, at);
  if (name === "in_window") return compileInWindow(node, args, at);
  if (name === "budget") return refuseBareBudget(node, at);
  const called = conditionFunction(name, false);
  if (called === undefined || !called.arities.includes(args.length)) {
    return unknownFunction(node, { name, node, args }, at);
  }
  return compileApplication(called, node, args, at);
}

export interface MethodCall {
  readonly name: string;
  readonly receiver: Node;
  readonly args: readonly Node[];
}

export function compileMethod(node: Node, call: MethodCall, at: Compilation): Thunk {
  const { name, receiver, args } = call;
  const quantifier = QUANTIFIERS.find((known) => known === name);
  if (quantifier !== undefined) return compileQuantifier(quantifier, node, call, at);
  if (name === "matches" && args.length === 1) return compileMatches(receiver, args, at);
  const part = ZONED_PARTS[name];
  if (part !== undefined && args.length === 1) return compileZoned(part, call, at);
  const called = conditionFunction(name, true);
  if (called === undefined || !called.arities.includes(args.length)) {
    return unknownFunction(node, { name, node: receiver, args }, at);
  }
  return compileApplication(called, node, [receiver, ...args], at);
}

function compileApplication(
  called: ConditionFunction,
  node: Node,
  operands: readonly Node[],
  at: Compilation,
): Thunk {
  const first = operands[0];
  const text = first === undefined ? called.name : textOf(first);
  const thunks = operands.map((operand) => at.compile(operand, at));
  if (operands.every(({ op }) => op === "value")) return folded(called, node, operands, at);
  const { call } = called;
  const apply: Thunk = (scope) =>
    call(
      thunks.map((thunk) => thunk(scope)),
      scope.meter,
      text,
    );
  // Inside a quantifier it is another value each round.
  return at.locals.length === 0 ? onceADecision(apply) : apply;
}

/** A call on literals is worked out at load, so that `money("5000 EURO")` is a load error. */
function folded(
  called: ConditionFunction,
  node: Node,
  operands: readonly Node[],
  at: Compilation,
): Thunk {
  const text = operands.map(textOf).join(", ");
  try {
    const values = operands.map(({ args }) => args as Value);
    return constant(called.call(values, new Meter(LITERAL_STEPS_MAX), text));
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const fix = called.name === "money" ? 'write it as `money("5000.00 USD")`' : "correct it";
    at.issues.push({ start: operands[0]?.start ?? node.start, message: error.message, fix });
    return constant(null);
  }
}

function compileHas(node: Node, args: readonly Node[], at: Compilation): Thunk {
  const [field] = args;
  if (args.length !== 1 || field === undefined || (field.op !== "." && field.op !== ".?")) {
    const message = "`has` takes one field";
    at.issues.push({ start: node.start, message, fix: "write it as `has(context.ticket)`" });
    return constant(null);
  }
  const [base, key] = field.args;
  // Compiled as a whole too, so that the field counts as read.
  at.compile(field, at);
  const from = at.compile(base, at, true);
  const text = textOf(base);
  return (scope) => {
    const value = from(scope);
    const record = value instanceof Optional ? (value.value ?? {}) : value;
    if (isRecord(record)) return memberOf(record, key) !== undefined;
    throw new ConditionError(`\`${text}\` is ${kindOf(value)} and has no fields`);
  };
}

function literalText(node: Node | undefined): string | null {
  return node?.op === "value" && typeof node.args === "string" ? node.args : null;
}

function compileInWindow(node: Node, args: readonly Node[], at: Compilation): Thunk {
  const [first, moment] = args;
  const name = literalText(first);
  const window = name === null ? undefined : at.windows.get(name);
  if (window === undefined || args.length > 2) {
    const known = [...at.windows.keys()];
    const message =
      name === null
        ? "`in_window` takes the name of a window, written out"
        : `there is no window \`${name}\`${didYouMean(name, known)}`;
    const fix = 'declare it under `windows` and write `in_window("maintenance")`';
    at.issues.push({ start: first?.start ?? node.start, message, fix });
    return constant(null);
  }
  if (moment === undefined) {
    at.reads.set("now", { text: "now", path: ["now"], start: node.start });
    return ({ now, meter }) => {
      meter.charge(WALL_CLOCK_STEPS);
      return isOpen(window, now.atMs);
    };
  }
  const when = at.compile(moment, at);
  return (scope) => {
    scope.meter.charge(WALL_CLOCK_STEPS);
    return isOpen(window, timestampOf(when(scope)).atMs);
  };
}

function timestampOf(value: Value): Timestamp {
  if (value instanceof Timestamp) return value;
  throw new ConditionError(`it needs a timestamp, not ${kindOf(value)}`);
}

function compileMatches(receiver: Node, args: readonly Node[], at: Compilation): Thunk {
  const source = literalText(args[0]);
  const result =
    source === null
      ? ({ kind: "refused", reason: "the pattern must be written out" } as const)
      : linearPattern(source);
  const value = at.compile(receiver, at);
  if (result.kind === "refused") {
    const message = `\`matches\`: ${result.reason}`;
    const fix = "write a pattern in RE2 syntax, without look-around or back-references";
    at.issues.push({ start: args[0]?.start ?? receiver.start, message, fix });
    return constant(null);
  }
  const { pattern } = result;
  const text = textOf(receiver);
  return (scope) => {
    const whole = value(scope);
    if (typeof whole !== "string") {
      throw new ConditionError(`\`${text}\` is ${kindOf(whole)}, and \`matches\` takes text`);
    }
    scope.meter.charge(pattern.steps(whole.length));
    return pattern.occursIn(whole);
  };
}

const DAYS_FROM_SUNDAY = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const ZONED_PARTS: Readonly<Record<string, (time: WallTime) => number>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ date }) => date,
  getDayOfMonth: ({ date }) => date - 1,
  getDayOfWeek: ({ day }) => DAYS_FROM_SUNDAY.indexOf(day),
  getHours: ({ hour }) => hour,
  getMinutes: ({ minute }) => minute,
  getSeconds: ({ second }) => second,
};

function compileZoned(
  part: (time: WallTime) => number,
  { receiver, args }: MethodCall,
  at: Compilation,
): Thunk {
  const zone = literalText(args[0]);
  const clock = zone === null ? null : wallClock(zone);
  const value = at.compile(receiver, at);
  if (clock === null) {
    const message = "there is no such time zone";
    const fix = 'write an IANA zone, such as `now.getHours("Europe/Berlin")`';
    at.issues.push({ start: args[0]?.start ?? receiver.start, message, fix });
    return constant(null);
  }
  return (scope) => {
    scope.meter.charge(WALL_CLOCK_STEPS);
    return BigInt(part(clock.read(timestampOf(value(scope)).atMs)));
  };
}

function unknownFunction(
  node: Node,
  called: { readonly name: string; readonly node: Node; readonly args: readonly Node[] },
  at: Compilation,
): Thunk {
  const { name, args } = called;
  const known = functionNames();
  const start = called.node === node ? node.start : called.node.end;
  if (known.includes(name)) {
    const message = `\`${name}\` does not take ${args.length} arguments`;
    at.issues.push({ start, message, fix: "see the functions in docs/policy.md" });
  } else {
    const message = `there is no function \`${name}\`${didYouMean(name, known)}`;
    at.issues.push({ start, message, fix: `use one of ${known.join(", ")}` });
  }
  return constant(null);
}

function compileQuantifier(
  quantifier: Quantifier,
  node: Node,
  { receiver, args }: MethodCall,
  at: Compilation,
): Thunk {
  const [variable, ...bodies] = args;
  const bodiesMax = quantifier === "map" ? 2 : 1;
  if (variable?.op !== "id" || bodies.length === 0 || bodies.length > bodiesMax) {
    const message = `\`${quantifier}\` takes a variable and a condition`;
    const fix = `write it as \`items.${quantifier}(item, item.price > 5)\``;
    at.issues.push({ start: node.start, message, fix });
    return constant(null);
  }
  if (at.locals.length === QUANTIFIER_DEPTH_MAX) {
    const message = `more than ${QUANTIFIER_DEPTH_MAX} quantifiers inside each other`;
    at.issues.push({ start: node.start, message, fix: "split the rule in two" });
    return constant(null);
  }
  const over = at.compile(receiver, at);
  const nodesBefore = at.count.nodes;
  const inner: Compilation = { ...at, locals: [...at.locals, variable.args] };
  const thunks = bodies.map((body) => at.compile(body, inner));
  const rounds: Rounds = {
    over,
    slot: at.locals.length,
    steps: 1 + at.count.nodes - nodesBefore,
    text: textOf(receiver),
  };
  return quantify(quantifier, rounds, thunks);
}

/** How a quantifier goes round: what over, where the element goes, what one round costs. */
interface Rounds {
  readonly over: Thunk;
  readonly slot: number;
  readonly steps: number;
  readonly text: string;
}

function quantify(quantifier: Quantifier, rounds: Rounds, bodies: readonly Thunk[]): Thunk {
  const [first = constant(null), second] = bodies;
  switch (quantifier) {
    case "exists":
      return (scope) => anyOf(rounds, scope, first, true);
    case "all":
      return (scope) => !anyOf(rounds, scope, first, false);
    case "exists_one":
      return (scope) => kept(rounds, scope, first).length === 1;
    case "filter":
      return (scope) => kept(rounds, scope, first);
    case "map":
      return (scope) => mapped(rounds, scope, first, second);
  }
}

/** Whether any round gives `decisive`, which wins over errors in other rounds, as in CEL. */
function anyOf(rounds: Rounds, scope: Scope, body: Thunk, decisive: boolean): boolean {
  let error: ConditionError | null = null;
  for (const element of elementsOf(rounds, scope)) {
    try {
      if (truth(round(rounds, scope, element, body)) === decisive) return true;
    } catch (caught) {
      if (!(caught instanceof ConditionError)) throw caught;
      scope.meter.charge(ABSORBED_STEPS);
      error ??= caught;
    }
  }
  if (error !== null) throw error;
  return false;
}

function kept(rounds: Rounds, scope: Scope, body: Thunk): readonly Value[] {
  return elementsOf(rounds, scope).filter((element) => truth(round(rounds, scope, element, body)));
}

/** `map(x, transform)` and `map(x, condition, transform)`. */
function mapped(
  rounds: Rounds,
  scope: Scope,
  first: Thunk,
  second: Thunk | undefined,
): readonly Value[] {
  const elements = second === undefined ? elementsOf(rounds, scope) : kept(rounds, scope, first);
  return elements.map((element) => round(rounds, scope, element, second ?? first));
}

function round({ slot, steps }: Rounds, scope: Scope, element: Value, body: Thunk): Value {
  scope.meter.charge(steps);
  scope.locals[slot] = element;
  return body(scope);
}

function elementsOf({ over, text }: Rounds, scope: Scope): readonly Value[] {
  const value = over(scope);
  if (isList(value)) return value;
  if (isRecord(value)) {
    const keys = Object.keys(value);
    scope.meter.charge(keys.length);
    return keys;
  }
  throw new ConditionError(`\`${text}\` is ${kindOf(value)} and has no elements`);
}
