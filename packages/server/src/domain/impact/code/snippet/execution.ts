import { UNKNOWN } from "../characters.ts";
import { CARRIES } from "../carried.ts";
import { quote } from "../inspection.ts";
import type { Inspection } from "../inspection.ts";
import { argument } from "./call.ts";
import type { Call, CallRule } from "./call.ts";
import { carriedIn, NOTHING, symbolic, textOf, texts } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Calls that run code and commands, and that start or stop processes. */

const SHELL_TEXT =
  /^(?:os\.(?:system|popen)|commands\.(?:getoutput|getstatusoutput)|subprocess\.(?:getoutput|getstatusoutput)|child_process\.(?:exec|execSync)|asyncio\.create_subprocess_shell|pty\.spawn|execSync|exec_command|shell_exec|passthru|popen|system|Deno\.run|\$|exec)$/u;
const PROGRAM =
  /^(?:subprocess\.(?:run|call|Popen|check_call|check_output)|os\.(?:exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|startfile)|child_process\.(?:spawn|spawnSync|execFile|execFileSync|fork)|asyncio\.create_subprocess_exec|execa|Bun\.spawn|sh\.Command)$/u;
const EVALUATES =
  /^(?:eval|exec|execfile|compile|Function|builtins\.(?:eval|exec)|__builtins__\.(?:eval|exec)|vm\.(?:runIn\w+|Script|compileFunction)|setTimeout|code\.interact|runpy\.run_path|globalThis\.eval|window\.eval|instance_eval|class_eval)$/u;

export const evaluates: CallRule = (call, _name, inspection) => {
  const { symbol, args } = call;
  if (!EVALUATES.test(symbol)) return unpickles(call, inspection);
  const source = args.at(symbol === "Function" ? -1 : 0);
  if (source === undefined || (symbol === "setTimeout" && source.text === null)) return NOTHING;
  const carries = carriedIn(source);
  inspection.writes();
  if (source.text !== null && source.text.replaceAll(UNKNOWN, "").trim() !== "") {
    const open = source.text.includes(UNKNOWN);
    if (open && (carries & CARRIES.download) !== 0) fetchedCode(inspection);
    inspection.nested(call.python ? "python" : "javascript", source.text);
    if (symbol === "exec" && !call.python) inspection.nested("shell", source.text);
    return { ...NOTHING, carries };
  }
  if (symbol === "compile") return source;
  if ((carries & CARRIES.download) !== 0) fetchedCode(inspection);
  else {
    const hidden = (carries & CARRIES.decoded) !== 0;
    inspection.find(
      "code_execution",
      hidden ? "high" : "low",
      `Would run code that is ${hidden ? "decoded first" : "only known when it runs"} (${quote(symbol)}).`,
    );
  }
  return symbolic(`${symbol}()`, carries);
};

function fetchedCode(inspection: Inspection): void {
  inspection.find("code_execution", "high", "Would run code that comes from another machine.");
}

function unpickles(call: Call, inspection: Inspection): Abstract | null {
  const unsafe =
    /^(?:c?pickle|_pickle|dill|cloudpickle|marshal|shelve|joblib|jsonpickle)\.(?:loads?|open|decode|Unpickler)$|^yaml\.(?:unsafe_load|full_load|load)$|^torch\.load$|^ctypes\.(?:CDLL|cdll\.LoadLibrary|WinDLL|PyDLL|windll)/u;
  if (!unsafe.test(call.symbol)) return null;
  if (call.symbol === "yaml.load" && /safe/iu.test(argument(call, 1, "Loader")?.symbol ?? ""))
    return null;
  const carries = carriedIn(call.args[0]);
  const grave = (carries & (CARRIES.download | CARRIES.decoded)) !== 0;
  inspection.find(
    "code_execution",
    grave ? "high" : "low",
    `Would load data that can hold code (${quote(call.symbol)}).`,
  );
  return { ...NOTHING, carries };
}

export const processes: CallRule = (call, name, inspection) => {
  if (
    PROGRAM.test(call.symbol) ||
    (SHELL_TEXT.test(call.symbol) && (call.symbol !== "exec" || !call.python)) ||
    /(?:^|\.)(?:exec_command|run_command)$/u.test(call.symbol)
  )
    return runs(call, inspection);
  return signals(call, name, inspection) ?? rights(call, inspection) ?? exhausts(call, inspection);
};

/** Hands a command to the reader of shells. */
function runs(call: Call, inspection: Inspection): Abstract {
  const list = /^os\.(?:exec|spawn|posix_spawn)/u.test(call.symbol);
  const first =
    call.args[list && /spawn[lv]/u.test(call.symbol) ? 1 : 0] ?? argument(call, -1, "args");
  const rest = list ? call.args.slice(1) : call.args.slice(1, 2);
  const carries = carriedIn(first);
  inspection.writes();
  if (first === undefined) return NOTHING;
  if ((carries & CARRIES.download) !== 0) {
    inspection.find("code_execution", "high", "Would run commands that come from another machine.");
    inspection.find("privilege_change", "high", "Would let another machine give commands here.");
  }
  const line = commandLine(first, rest, list);
  if (line.replaceAll(UNKNOWN, "").trim() === "") {
    inspection.find(
      "code_execution",
      "low",
      `Would run a command that is only known when it runs (${quote(call.symbol)}).`,
    );
  } else inspection.nested("shell", line);
  const input = argument(call, -1, "input");
  if (typeof input?.text === "string" && /(?:^|\/)(?:ba|z|da)?sh$/u.test(line))
    inspection.nested("shell", input.text);
  return symbolic(
    `${call.symbol}()`,
    carries | CARRIES.data | (/\bps\b|tasklist/u.test(line) ? CARRIES.processes : 0),
  );
}

function commandLine(first: Abstract, rest: readonly Abstract[], list: boolean): string {
  if (first.items !== null)
    return first.items
      .slice(0, 64)
      .map((item) => quoted(textOf(item)))
      .join(" ");
  const words = rest.flatMap((value) =>
    value.items !== null
      ? value.items.map((item) => textOf(item))
      : list && value.text !== null
        ? [value.text]
        : [],
  );
  const separate = list ? words.slice(1) : words;
  return [textOf(first), ...separate.slice(0, 64).map((word) => quoted(word))].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function signals(call: Call, name: string, inspection: Inspection): Abstract | null {
  const { symbol, args, self } = call;
  if (/^psutil\.(?:process_iter|pids|net_connections|users)$|^psutil\.Process$/u.test(symbol)) {
    if (symbol !== "psutil.Process")
      inspection.find("secret_access", "low", "Would list what all users of the machine run.");
    return symbolic("psutil.Process()", CARRIES.processes);
  }
  if (
    /^(?:kill|terminate|suspend|send_signal)$/u.test(name) &&
    self !== null &&
    /^psutil\b/u.test(self.symbol)
  ) {
    inspection.find(
      "destruction",
      "high",
      "Would stop processes picked from the list of all that run.",
    );
    return NOTHING;
  }
  if (!/^(?:os\.(?:kill|killpg)|process\.kill)$/u.test(symbol)) return null;
  inspection.writes();
  const target = args[0];
  if (/^(?:1|0|-1)$/u.test(target?.text ?? ""))
    inspection.find(
      "destruction",
      "high",
      "Would stop every process, or the first of the machine.",
    );
  else if ((carriedIn(target) & (CARRIES.processes | CARRIES.data)) !== 0) {
    inspection.find(
      "destruction",
      "high",
      "Would stop processes picked from the list of all that run.",
    );
  } else if (typeof target?.text === "string" && !/getpid/u.test(target.symbol))
    inspection.find("destruction", "low", `Would stop the process ${quote(target.text)}.`);
  return NOTHING;
}

function rights(call: Call, inspection: Inspection): Abstract | null {
  if (/^(?:os|process)\.(?:set(?:e|re|res)?[ug]id|setgroups|initgroups)$/u.test(call.symbol)) {
    const root = texts(call.args[0]).some((text) => text === "0" || text === UNKNOWN);
    inspection.find(
      "privilege_change",
      root ? "high" : "low",
      `Would run as another user (${quote(call.symbol)}).`,
    );
    return NOTHING;
  }
  if (/^(?:winreg|_winreg)\.(?:SetValueEx?|DeleteKey|DeleteValue|CreateKey)/u.test(call.symbol)) {
    inspection.find("privilege_change", "high", "Would change the registry of the system.");
    return NOTHING;
  }
  if (
    /^(?:ptrace|ctypes\..*|windll\..*)\.(?:VirtualAlloc\w*|CreateRemoteThread|WriteProcessMemory|mprotect)$/u.test(
      call.symbol,
    )
  ) {
    inspection.find("code_execution", "high", "Would put code into memory and run it.");
    return NOTHING;
  }
  return null;
}

function exhausts(call: Call, inspection: Inspection): Abstract | null {
  if (
    !/^(?:os\.fork|multiprocessing\.Process|threading\.Thread|cluster\.fork|Worker)$/u.test(
      call.symbol,
    )
  )
    return null;
  inspection.writes();
  if (call.looped)
    inspection.find(
      "destruction",
      "high",
      "Would start processes or threads without end, until the machine is used up.",
    );
  return symbolic(`${call.symbol}()`);
}
