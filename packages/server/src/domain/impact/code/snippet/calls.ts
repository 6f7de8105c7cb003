import { CARRIES } from "../carried.ts";
import type { Inspection } from "../inspection.ts";
import { argument } from "./call.ts";
import type { Call, CallRule } from "./call.ts";
import { evaluates, processes } from "./execution.ts";
import { files } from "./file-calls.ts";
import { network } from "./network-calls.ts";
import {
  carriedIn,
  constant,
  decoded,
  joinedPath,
  method,
  NOTHING,
  symbolic,
  textOf,
} from "./values.ts";
import type { Abstract } from "./values.ts";

/** Calls of Python and JavaScript: the first rule that knows a name has the say. */

const RULES: readonly CallRule[] = [evaluates, files, processes, network];

export function calls(call: Call, inspection: Inspection): Abstract {
  const name = call.symbol.slice(call.symbol.lastIndexOf(".") + 1);
  const plain = folded(call, name);
  if (plain !== null) return plain;
  for (const rule of RULES) {
    const value = rule(call, name, inspection);
    if (value !== null) return value;
  }
  const own = call.self === null ? null : method(name, call.self, call.args);
  if (own !== null) return own;
  let carries = carriedIn(call.self ?? undefined);
  for (const value of [...call.args, ...call.keywords.values()]) carries |= carriedIn(value);
  return symbolic(call.symbol === "" ? "" : `${call.symbol}()`, carries);
}

/** Reading these is enough, no call is needed. @returns what they carry. */
export function reads(symbol: string, inspection: Inspection): number {
  if (/^(?:os\.environ|process\.env)$/u.test(symbol)) return CARRIES.environment;
  const variable = /^(?:os\.environ|process\.env)\.(\w+)$/u.exec(symbol)?.[1];
  if (variable === undefined) return 0;
  inspection.step();
  return /token|secret|passw|key|credential/iu.test(variable) ? CARRIES.secret : 0;
}

/** Calls whose value follows from their arguments. */
function folded(call: Call, name: string): Abstract | null {
  const { symbol, args, self } = call;
  if (symbol === "getattr" || symbol === "Reflect.get") {
    const owner = args[0]?.symbol ?? "";
    const picked = textOf(args[1]);
    return /^\w+$/u.test(picked)
      ? symbolic(
          /^(?:builtins|__builtins__)$/u.test(owner) ? picked : `${owner}.${picked}`,
          carriedIn(args[0]),
        )
      : NOTHING;
  }
  if (/^(?:__import__|importlib\.import_module|require|import)$/u.test(symbol))
    return symbolic(textOf(args[0]).replace(/^node:/u, ""));
  if (
    /^(?:str|int|bytes|bytearray|list|tuple|set|dict|iter|sorted|String|Array\.from|json\.dumps|JSON\.stringify|urllib\.parse\.(?:quote|urlencode)|encodeURIComponent|shlex\.quote|base64\.\w*b64encode|btoa|enumerate|repr|zip|format)$/u.test(
      symbol,
    )
  ) {
    const value = args[0] ?? NOTHING;
    return /^(?:base64|btoa)/u.test(symbol)
      ? { ...NOTHING, carries: carriedIn(value) }
      : { ...value, carries: carriedIn(value) };
  }
  if (
    /^(?:os\.path|path|posixpath)\.(?:join|resolve|abspath|normpath|expanduser|realpath)$/u.test(
      symbol,
    )
  ) {
    return constant(
      joinedPath(args.map((arg) => textOf(arg))),
      args.reduce((all, arg) => all | carriedIn(arg), 0),
    );
  }
  if (/(?:^|\.)(?:Path|PurePath|PosixPath)$/u.test(symbol) && args.length > 0)
    return { ...constant(joinedPath(args.map((arg) => textOf(arg)))), symbol: "Path()" };
  if (name === "joinpath" && self !== null)
    return { ...self, text: joinedPath([textOf(self), ...args.map((arg) => textOf(arg))]) };
  if (/(?:^|\.)Path\.home$|^os\.(?:getcwd|homedir)$/u.test(symbol))
    return { ...constant(symbol.endsWith("getcwd") ? "." : "~"), symbol: "Path()" };
  if (
    /^tempfile\.(?:mkdtemp|mkstemp|mktemp|gettempdir|TemporaryDirectory|NamedTemporaryFile)$/u.test(
      symbol,
    )
  )
    return constant("/tmp/made");
  if (/^os\.(?:environ\.get|getenv)$/u.test(symbol)) {
    const key = textOf(args[0]);
    if (key === "HOME" || key === "USERPROFILE") return constant("~");
    return {
      ...NOTHING,
      carries: /token|secret|passw|key|credential/iu.test(key) ? CARRIES.secret : 0,
    };
  }
  return decoded(symbol, args) ?? sameMethod(call, name);
}

/** Methods of texts come before rules that know only the last part of a name. */
function sameMethod(call: Call, name: string): Abstract | null {
  if (call.self === null || call.self.symbol !== "" || argument(call, -1, "shell") !== undefined)
    return null;
  return method(name, call.self, call.args);
}
