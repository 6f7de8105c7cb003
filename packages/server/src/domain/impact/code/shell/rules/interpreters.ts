import { UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import type { Stream } from "../../carried.ts";
import { readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import type { Language } from "../../inspection.ts";
import { targetOf } from "../../hosts.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Rule, Session, Value } from "../session.ts";

/** Commands that run programs: shells, languages, build tools. */

/** Runs what a stream or a file holds. */
export function runsContent(
  content: Stream,
  source: Value | null,
  session: Session,
  language: Language,
): Stream {
  const { inspection } = session;
  const from = source === null ? "its input" : quote(source.text);
  if ((content.carries & CARRIES.download) !== 0) {
    inspection.find(
      "code_execution",
      "high",
      `Would run ${from}, which comes from another machine.`,
    );
  }
  if (content.text === null || content.text === UNKNOWN) {
    const decoded = (content.carries & CARRIES.decoded) !== 0;
    if ((content.carries & CARRIES.download) === 0) {
      inspection.find(
        "code_execution",
        decoded ? "high" : "low",
        `Would run ${from}, ${decoded ? "which is decoded first" : "which is not known"}.`,
      );
    }
    return carrying(content.carries | CARRIES.data);
  }
  if (language === "shell" && !/^#!.*(?:python|node|perl|ruby)/u.test(content.text))
    return session.script(content.text);
  inspection.nested(/^#!.*python/u.test(content.text) ? "python" : language, content.text);
  return carrying(content.carries | CARRIES.data);
}

const SHELL_VALUED = new Set(["-o", "+o", "-O", "+O", "--rcfile", "--init-file"]);

const shell: Rule = ({ args, stdin }, session) => {
  session.inspection.writes();
  const at = args.findIndex(({ text }) => /^-[a-zA-Z]*c[a-zA-Z]*$/u.test(text));
  const files = operands(args, SHELL_VALUED);
  if (at >= 0) {
    const [script, ...positional] = operands(args.slice(at + 1), SHELL_VALUED);
    if (script === undefined) return EMPTY;
    return runsText(script, positional.slice(1), session);
  }
  if (flagged(args, "", "version", "help")) return EMPTY;
  const file = flagged(args, "s") ? undefined : files[0];
  if (file !== undefined && file.text !== "-" && !/^\/dev\/stdin$/u.test(file.text))
    return runsFile(file, session, "shell");
  return fromInput(stdin, session, "shell");
};

function runsText(script: Value, positional: readonly Value[], session: Session): Stream {
  const { inspection } = session;
  if ((script.carries & CARRIES.download) !== 0) {
    inspection.find("code_execution", "high", "Would run what it fetches from another machine.");
  } else if (script.text.replaceAll(UNKNOWN, "").trim() === "" && script.text !== "") {
    const decoded = (script.carries & CARRIES.decoded) !== 0;
    inspection.find(
      "code_execution",
      decoded ? "high" : "low",
      `Would run text that is ${decoded ? "decoded first" : "only known when it runs"}.`,
    );
  }
  return session.script(script.text, positional);
}

function fromInput(stdin: Stream, session: Session, language: Language): Stream {
  if (stdin.text === null && stdin.carries === CARRIES.nothing) return carrying(CARRIES.data);
  return runsContent(stdin, null, session, language);
}

/** A script's own file: known where this text wrote it; one of the work folder is its own affair. */
function runsFile(file: Value, session: Session, language: Language): Stream {
  const content = session.content(file);
  if (content !== null) return runsContent(content, file, session, language);
  session.inspection.writes();
  if (/^https?:\/\//u.test(file.text))
    session.inspection.find(
      "code_execution",
      "high",
      `Would run code from ${quote(targetOf(file.text).host)}.`,
    );
  if (session.place(file).secret === "high") readsFile(session.inspection, session.place(file));
  return carrying(CARRIES.data);
}

const source: Rule = ({ args }, session) => {
  const file = operands(args)[0];
  if (file === undefined) return EMPTY;
  const content = session.content(file);
  return content === null ? EMPTY : runsContent(content, file, session, "shell");
};

interface Interpreter {
  readonly language: Language;
  /** Flags that take a program as text. */
  readonly inline: RegExp;
  readonly valued: ReadonlySet<string>;
}

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  python: {
    language: "python",
    inline: /^-[a-zA-Z]*c$/u,
    valued: new Set(["-W", "-X", "-m", "-Q"]),
  },
  node: {
    language: "javascript",
    inline: /^(?:-[a-z]*[ep]|--eval|--print)$/u,
    valued: new Set(["-r", "--require", "--import"]),
  },
  other: { language: "unknown", inline: /^-[a-zA-Z]*[eErR]$/u, valued: new Set(["-I", "-M"]) },
};

const interpreter =
  (kind: "python" | "node" | "other"): Rule =>
  ({ name, args, stdin }, session) => {
    const { language, inline, valued } = INTERPRETERS[kind] ?? {
      language: "unknown",
      inline: /^$/u,
      valued: new Set(),
    };
    session.inspection.writes();
    const at = args.findIndex(({ text }) => inline.test(text));
    const files = operands(args, valued);
    const script =
      at >= 0
        ? args[at + 1]
        : files.find(({ text }) => text === "-eval" || text === "eval") && files[1];
    if (script !== undefined) {
      if ((script.carries & CARRIES.download) !== 0)
        session.inspection.find(
          "code_execution",
          "high",
          "Would run what it fetches from another machine.",
        );
      else if (script.text === UNKNOWN)
        session.inspection.find(
          "code_execution",
          "low",
          "Would run text that is only known when it runs.",
        );
      session.inspection.nested(language, script.text);
      for (const value of files)
        if (value !== script && session.place(value).secret === "high")
          readsFile(session.inspection, session.place(value));
      return carrying(CARRIES.data | stdin.carries);
    }
    if (
      /^(?:powershell|pwsh)$/u.test(name) &&
      args.some(({ text }) => /^-e(?:nc|ncodedcommand|c)?$/iu.test(text))
    ) {
      session.inspection.find("code_execution", "high", "Would run a script that is encoded.");
    }
    const glued = args.find(({ text }) =>
      kind === "python" ? /^-c./u.test(text) : kind === "other" && /^-[eE]./u.test(text),
    );
    if (glued !== undefined) {
      session.inspection.nested(language, glued.text.slice(2));
      return carrying(CARRIES.data | stdin.carries);
    }
    const module = kind === "python" ? optionValues(args, "-m")[0] : undefined;
    if (module !== undefined)
      return runsModule(
        module.text,
        args.slice(args.findIndex(({ text }) => text === module.text) + 1),
        stdin,
        session,
      );
    const file = files[0];
    if (file !== undefined && file.text !== "-" && !(name === "deno" && file.text === "run"))
      return runsFile(file, session, language);
    if (name === "deno" && files[1] !== undefined) return runsFile(files[1], session, language);
    if (flagged(args, "Vh", "version", "help")) return EMPTY;
    return fromInput(stdin, session, language);
  };

/** `python -m …`: modules that are commands of their own. */
function runsModule(name: string, rest: readonly Value[], stdin: Stream, session: Session): Stream {
  if (/^(?:pip|ensurepip|base64|smtpd|uv)$/u.test(name))
    return session.run([{ text: name, carries: 0, content: null }, ...rest], stdin);
  if (/^(?:http\.server|SimpleHTTPServer|pyftpdlib|twisted)$/u.test(name)) {
    session.inspection.find(
      "external_communication",
      "low",
      "Would serve the files of a folder over the network.",
    );
  }
  return carrying(CARRIES.data);
}

/** Runs what the work folder itself says: ordinary work. */
const builds: Rule = (_command, session) => {
  session.inspection.writes();
  return carrying(CARRIES.data);
};

const BUILD =
  "make gmake cmake ninja meson bazel gradle gradlew mvn ant sbt tsc tsx vite webpack rollup esbuild jest vitest mocha pytest tox nox unittest ruff black isort flake8 mypy pylint eslint prettier cargo-test rustc gcc g++ cc c++ clang clang++ javac java dotnet ctest phpunit rspec rake sphinx-build jupyter autoconf automake configure protoc swig pre-commit turbo nx lerna black autopep8 yapf pyright gofmt rustfmt clang-format coverage manage.py ld as ar";

export const INTERPRETER_RULES: readonly (readonly [string, Rule])[] = [
  ...["sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "mksh", "rbash", "csh", "tcsh"].map(
    (name) => [name, shell] as const,
  ),
  ...["source", "."].map((name) => [name, source] as const),
  ...["python", "pypy", "ipython", "python3", "python2"].map(
    (name) => [name, interpreter("python")] as const,
  ),
  ...["node", "nodejs", "deno", "bun", "ts-node"].map(
    (name) => [name, interpreter("node")] as const,
  ),
  ...[
    "perl",
    "ruby",
    "php",
    "lua",
    "rscript",
    "osascript",
    "tclsh",
    "expect",
    "powershell",
    "pwsh",
    "groovy",
    "scala",
    "julia",
    "irb",
  ].map((name) => [name, interpreter("other")] as const),
  ...BUILD.split(" ").map((name) => [name, builds] as const),
];
