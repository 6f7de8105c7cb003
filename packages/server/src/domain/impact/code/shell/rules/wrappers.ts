import { UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying, EMPTY, UNTOLD } from "../../carried.ts";
import { quote } from "../../inspection.ts";
import { carriedBy, flagged, operands, optionValues, plain } from "../session.ts";
import type { Rule, Session, Value } from "../session.ts";
import { targetOf } from "../../hosts.ts";

/** Commands that run another command. */

/** The command behind a wrapper: flags, `NAME=value` and `skip` words of its own left out. */
export function behind(
  args: readonly Value[],
  valued: ReadonlySet<string>,
  skip = 0,
): readonly Value[] {
  let at = 0;
  let left = skip;
  for (; at < args.length; at += 1) {
    const text = args[at]?.text ?? "";
    if (text === "--") {
      at += 1;
      break;
    }
    if (valued.has(text)) at += 1;
    else if (text.startsWith("-") && text.length > 1) continue;
    else if (/^[A-Za-z_]\w*=/u.test(text)) continue;
    else if (left > 0) left -= 1;
    else break;
  }
  return args.slice(at + (args[at - 1]?.text === "--" ? left : 0));
}

const wrapper =
  (valued: string, skip = 0): Rule =>
  ({ args, stdin }, session) => {
    const rest = behind(args, new Set(valued.split(" ")), skip);
    return rest.length === 0 ? undefined : session.run(rest, stdin);
  };

const ROOT_SHELL = /^(?:su|bash|sh|zsh|-s|-i)$/u;

const sudo: Rule = ({ args, stdin }, session) => {
  const rest = behind(
    args,
    new Set(["-u", "-g", "-h", "-p", "-C", "-U", "-r", "-t", "-D", "--user", "--group"]),
  );
  const shell =
    rest.length === 0
      ? flagged(args, "is", "login", "shell")
      : rest.length === 1 && ROOT_SHELL.test(rest[0]?.text ?? "");
  if (shell)
    session.inspection.find("privilege_change", "high", "Would open a shell with all rights.");
  return rest.length === 0 ? UNTOLD : session.run(rest, stdin);
};

/** `su` runs what `-c` says; alone it becomes another user. */
const su: Rule = ({ args, stdin }, session) => {
  const script = optionValues(args, "-c", "--command")[0];
  if (script !== undefined) return session.script(script.text);
  session.inspection.find("privilege_change", "high", "Would open a shell as another user.");
  return stdin.text === null ? UNTOLD : session.script(stdin.text);
};

const env: Rule = ({ args, stdin }, session) => {
  const split = optionValues(args, "-S", "--split-string")[0];
  if (split !== undefined) return session.script(split.text);
  const rest = behind(args, new Set(["-u", "-C", "--unset", "--chdir"]));
  return rest.length === 0
    ? carrying(CARRIES.environment | CARRIES.data)
    : session.run(rest, stdin);
};

/** Commands given as one text: all words together are a script. */
const script =
  (valued: string, skip = 0): Rule =>
  ({ args, stdin }, session) => {
    const rest = behind(args, new Set(valued.split(" ")), skip);
    if (rest.length === 0) return carrying(stdin.carries);
    return session.script(rest.map(({ text }) => text).join(" "));
  };

const evaluates: Rule = ({ args }, session) => {
  const text = args.map((value) => value.text).join(" ");
  const carries = carriedBy(args);
  if ((carries & CARRIES.download) !== 0) {
    session.inspection.find(
      "code_execution",
      "high",
      "Would run what it fetches from another machine.",
    );
  } else if (text.includes(UNKNOWN)) {
    session.inspection.find(
      "code_execution",
      (carries & CARRIES.decoded) !== 0 ? "high" : "low",
      `Would run text that is only known when it runs: ${quote(text)}.`,
    );
  }
  return session.script(text);
};

/** `xargs`, `parallel`: the arguments come from the input. */
const xargs: Rule = ({ args, stdin }, session) => {
  const valued = new Set(
    "-n -P -L -I -i -d -E -s -a -j -S --max-args --max-procs --replace --delimiter --jobs".split(
      " ",
    ),
  );
  const rest = behind(args, valued);
  const words = rest.length === 0 ? [plain("echo")] : rest;
  const mark = optionValues(args, "-I", "--replace")[0]?.text ?? "{}";
  const known =
    stdin.text === null || stdin.text.length > 4096
      ? null
      : stdin.text.split(/[\s\0]+/u).filter((text) => text !== "");
  const inputs = known === null || known.length === 0 ? [UNKNOWN] : known.slice(0, 8);
  const separator = words.findIndex(({ text }) => text === ":::");
  const given =
    separator < 0
      ? inputs
      : words
          .slice(separator + 1)
          .map(({ text }) => text)
          .slice(0, 8);
  const command = separator < 0 ? words : words.slice(0, separator);
  let carries = 0;
  for (const input of given) {
    const value = { text: input, carries: stdin.carries, content: null };
    const fills = command.some(({ text }) => text.includes(mark));
    const line = fills
      ? command.map((word) => ({
          ...word,
          text: word.text.replaceAll(mark, () => input),
          carries: word.carries | stdin.carries,
        }))
      : [...command, value];
    const single = line.length === 1 || (line[0]?.text ?? "").includes(" ");
    carries |= (
      single && separator >= 0
        ? session.script(line.map(({ text }) => text).join(" "))
        : session.run(line, EMPTY)
    ).carries;
  }
  return carrying(carries);
};

const alias: Rule = ({ args }, session) => {
  for (const { text } of operands(args)) {
    const [name = "", ...body] = text.split("=");
    if (body.length === 0) continue;
    if (/^(?:sudo|su|ssh|ls|cd|cat|git|passwd|doas)$/u.test(name))
      session.inspection.find(
        "code_execution",
        "low",
        `Would make ${quote(name)} mean another command.`,
      );
    session.script(body.join("="));
  }
  return EMPTY;
};

const trap: Rule = ({ args }, session) => {
  const body = operands(args)[0];
  return body === undefined ? EMPTY : session.script(body.text);
};

/** Runs its words on another machine. */
const ssh: Rule = ({ args, stdin }, session) => {
  const valued = new Set("-p -i -l -o -F -L -R -D -J -b -c -E -e -I -m -O -Q -S -W -w".split(" "));
  for (const { text } of optionValues(args, "-o")) {
    const command = /^(?:Proxy|Local|Remote)Command[= ](.*)$/iu.exec(text)?.[1];
    if (command !== undefined) session.script(command);
  }
  const words = operands(args, valued);
  const host = targetOf(words[0]?.text ?? "").host;
  if (flagged(args, "R") || flagged(args, "D"))
    session.inspection.find("privilege_change", "low", `Would open a way in from ${quote(host)}.`);
  session.inspection.find("external_communication", "low", `Would run commands on ${quote(host)}.`);
  if ((stdin.carries & (CARRIES.data | CARRIES.secret | CARRIES.environment)) !== 0) {
    session.inspection.find("data_release", "low", `Would send data to ${quote(host)}.`);
  }
  const rest = words.slice(1);
  if (rest.length > 0) return session.script(rest.map(({ text }) => text).join(" "));
  return stdin.text === null || stdin.text === ""
    ? carrying(stdin.carries)
    : session.script(stdin.text);
};

const xdo = (session: Session, words: readonly Value[]): void => {
  if (words.length > 0) session.run(words, EMPTY);
};

/** Terminal multiplexers run what follows their sub-command. */
const screen: Rule = ({ args }, session) => {
  session.inspection.writes();
  for (const { text } of args) if (/\s/u.test(text)) session.script(text);
  const words = operands(args, new Set(["-S", "-s", "-t", "-n", "-c", "-L"]));
  xdo(
    session,
    words.slice(
      /^(?:new|new-session|send-keys|run-shell|split-window)$/u.test(words[0]?.text ?? "") ? 1 : 0,
    ),
  );
  return EMPTY;
};

const entersNamespace: Rule = ({ args, stdin }, session) => {
  session.inspection.find(
    "privilege_change",
    "high",
    "Would enter another process's surroundings.",
  );
  const rest = behind(args, new Set(["-t", "--target", "-S", "-G"]));
  return rest.length === 0 ? UNTOLD : session.run(rest, stdin);
};

/** Runs a module, often a shell, on many machines. */
const ansible: Rule = ({ args }, session) => {
  session.inspection.find("external_communication", "low", "Would run commands on other machines.");
  for (const { text } of optionValues(args, "-a", "--args")) session.script(text);
  return EMPTY;
};

export const WRAPPER_RULES: readonly (readonly [string, Rule])[] = [
  ...["sudo", "doas", "pkexec", "gosu", "run0"].map((name) => [name, sudo] as const),
  ["su", su],
  ["runuser", su],
  ["env", env],
  ...[
    "nohup",
    "setsid",
    "command",
    "builtin",
    "exec",
    "time",
    "then",
    "do",
    "catchsegv",
    "busybox",
    "toybox",
    "fakeroot",
    "coproc",
    "proxychains",
    "proxychains4",
    "torsocks",
    "dbus-run-session",
    "xvfb-run",
    "winpty",
    "rlwrap",
    "unbuffer",
    "caffeinate",
    "systemd-inhibit",
    "chronic",
    "firejail",
  ].map((name) => [name, wrapper("-a -n")] as const),
  ["nice", wrapper("-n")],
  ["ionice", wrapper("-c -n -p")],
  ["chrt", wrapper("-p", 1)],
  ["taskset", wrapper("", 1)],
  ["stdbuf", wrapper("-i -o -e")],
  ["strace", wrapper("-e -o -p -s -u")],
  ["perf", wrapper("-e -o -p", 1)],
  ["unshare", wrapper("")],
  ["nsenter", entersNamespace],
  ["systemd-run", wrapper("-p -u --unit --property")],
  ["cpulimit", wrapper("-l -p -e")],
  ["prlimit", wrapper("")],
  ["ansible", ansible],
  ["timeout", wrapper("-k -s --signal --kill-after", 1)],
  ["chroot", wrapper("--userspec --groups", 1)],
  ["flock", wrapper("-w -E --timeout", 1)],
  ["sshpass", wrapper("-p -f")],
  ["watch", script("-n --interval")],
  ["eval", evaluates],
  ["xargs", xargs],
  ["parallel", xargs],
  ["alias", alias],
  ["trap", trap],
  ["ssh", ssh],
  ["tmux", screen],
  ["screen", screen],
];
