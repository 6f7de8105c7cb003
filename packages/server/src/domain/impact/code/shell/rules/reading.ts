import { fromBase64, fromHex, unescaped, UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying, known, EMPTY, joined } from "../../carried.ts";
import type { Stream } from "../../carried.ts";
import { changesFile, readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import { carriedBy, flagged, operands, optionValues } from "../session.ts";
import type { Command, Rule, Session, Value } from "../session.ts";
import { secretCarried } from "../expand.ts";

/** Commands that read, and what they read. */

/** Tell of files, time and the shell itself; the content of files stays where it is. */
const HARMLESS =
  "ls dir vdir tree stat file test [ [[ du df pwd basename dirname realpath readlink which whereis type hash uname arch nproc free uptime sleep true false : wait seq tput clear exit return break continue shift set shopt local readonly let expr bc cal jobs fg bg man help whatis info lsb_release cd pushd popd dirs getopts umask sync tty stty whoami id groups logname man apropos yes factor numfmt lscpu locale cksum sha1sum sha256sum sha512sum md5sum b2sum shasum declare typeset popd enable disown times caller complete compgen bind bindkey mapfile readarray tshark file ldd nm objdump readelf size c++filt addr2line gdb ltrace".split(
    " ",
  );

const CONTENT =
  "less more nl tac sort uniq cut paste column fold strings hexdump hd od diff cmp comm join jq yq bat batcat fmt expand unexpand iconv pr look wc zcat zless bzcat xzcat view ul csvcut xsv pygmentize glow".split(
    " ",
  );

function readsAll(values: readonly Value[], session: Session): Stream {
  let output: Stream = EMPTY;
  for (const value of values) {
    if (value.text === "-") continue;
    const content = session.content(value);
    const carried = readsFile(session.inspection, session.place(value));
    output = joined(output, content ?? carrying(carried | (value.carries & ~CARRIES.data)));
  }
  return output;
}

const content: Rule = ({ args, stdin }, session) => {
  const files = operands(args);
  return files.length === 0 ? carrying(stdin.carries) : carrying(readsAll(files, session).carries);
};

/** Prints what came in, or what the files hold, unchanged. */
const copies: Rule = ({ args, stdin }, session) => {
  const files = operands(args);
  return files.length === 0 ? stdin : readsAll(files, session);
};

const prints: Rule = ({ args, name }, session) => {
  let values = args;
  while (name === "echo" && /^-[neE]+$/u.test(values[0]?.text ?? "")) values = values.slice(1);
  if (values.some(({ carries }) => secretCarried(carries))) {
    session.inspection.find(
      "secret_access",
      "low",
      "Would print a variable that is named like a secret.",
    );
  }
  const texts = values.map(({ text }) => text);
  const text = name === "printf" ? formatted(texts) : `${texts.join(" ")}\n`;
  return known(unescaped(text), carriedBy(values));
};

function formatted(texts: readonly string[]): string {
  const [format = "", ...rest] = texts;
  let at = 0;
  const text = format.replace(/%(?:%|-?\d*(?:\.\d+)?[a-zA-Z])/gu, (found) => {
    if (found === "%%") return "%";
    at += 1;
    return rest[at - 1] ?? "";
  });
  return at > 0 && at < rest.length ? `${text} ${rest.slice(at).join(" ")}` : text;
}

const decodes: Rule = ({ name, args, stdin }, session) => {
  const decode =
    name === "xxd"
      ? flagged(args, "r", "revert")
      : name === "uudecode" || flagged(args, "dD", "decode");
  const files = operands(args);
  const input = files.length > 0 && name !== "xxd" ? readsAll(files, session) : stdin;
  if (!decode) return carrying(input.carries | CARRIES.data);
  const text =
    input.text === null ? null : name === "xxd" ? fromHex(input.text) : fromBase64(input.text);
  const carries = input.carries | CARRIES.decoded;
  return text === null ? carrying(carries) : known(text, carries);
};

const unpacks: Rule = ({ args, stdin }, session) => {
  const files = operands(args);
  if (files.length > 0) session.inspection.writes();
  for (const file of files) {
    const place = session.place(file);
    if (place.area === "system" || place.area === "home")
      changesFile(session.inspection, place, "change");
  }
  return carrying((files.length > 0 ? CARRIES.data : stdin.carries) | CARRIES.decoded);
};

const SEARCH_VALUED = new Set(
  "-e -f -m -A -B -C -g -t -T --regexp --file --include --exclude --exclude-dir --glob --max-count".split(
    " ",
  ),
);

const searches: Rule = ({ args, stdin }, session) => {
  const patterns = optionValues(args, "-e", "-f", "--regexp", "--file");
  const plain = operands(args, SEARCH_VALUED);
  const pattern = patterns[0] ?? plain[0];
  const files = patterns.length > 0 ? plain : plain.slice(1);
  const wide = files.some(
    (file) => session.place(file).whole && session.place(file).area !== "work",
  );
  if (
    wide &&
    /password|passwd|secret|token|api.?key|private.?key|credential/iu.test(pattern?.text ?? "")
  ) {
    session.inspection.find(
      "secret_access",
      "low",
      `Would search for ${quote(pattern?.text ?? "")} beyond the work folder.`,
    );
  }
  return files.length === 0
    ? carrying(stdin.carries | CARRIES.data)
    : carrying(readsAll(files, session).carries);
};

const reverses: Rule = (command, session) => {
  const input = copies(command, session) ?? command.stdin;
  return input.text === null
    ? input
    : known(
        input.text
          .split("\n")
          .map((line) => Array.from(line).toReversed().join(""))
          .join("\n"),
        input.carries | CARRIES.decoded,
      );
};

const translates: Rule = ({ args, stdin }) => {
  const [from = "", to = ""] = operands(args).map(({ text }) => unescaped(text));
  if (stdin.text === null) return carrying(stdin.carries | CARRIES.decoded);
  if (flagged(args, "d", "delete")) {
    const dropped = new Set(ranges(from));
    return known(
      Array.from(stdin.text, (letter) => (dropped.has(letter) ? "" : letter)).join(""),
      stdin.carries,
    );
  }
  const source = ranges(from);
  const target = ranges(to);
  if (source.length === 0 || target.length === 0) return carrying(stdin.carries | CARRIES.decoded);
  const map = new Map(
    source.map((letter, at) => [letter, target[Math.min(at, target.length - 1)] ?? letter]),
  );
  return known(
    Array.from(stdin.text, (letter) => map.get(letter) ?? letter).join(""),
    stdin.carries,
  );
};

function ranges(set: string): readonly string[] {
  const classes = set
    .replaceAll("[:upper:]", "A-Z")
    .replaceAll("[:lower:]", "a-z")
    .replaceAll("[:digit:]", "0-9")
    .replaceAll("[:space:]", " \n\t");
  const found: string[] = [];
  const letters = Array.from(classes.slice(0, 256));
  for (let at = 0; at < letters.length; at += 1) {
    const first = letters[at] ?? "";
    const last = letters[at + 2];
    if (letters[at + 1] === "-" && last !== undefined) {
      for (
        let code = first.charCodeAt(0);
        code <= last.charCodeAt(0) && found.length < 1024;
        code += 1
      ) {
        found.push(String.fromCharCode(code));
      }
      at += 2;
    } else found.push(first);
  }
  return found;
}

/** awk can start commands and write files. */
const awk: Rule = ({ args, stdin }, session) => {
  const all = operands(args, new Set(["-F", "-v", "-f"]));
  const program = optionValues(args, "-f").length > 0 ? "" : (all[0]?.text ?? "");
  for (const found of program.matchAll(
    /system\s*\(\s*"((?:[^"\\]|\\.)*)"|"((?:[^"\\]|\\.)*)"\s*\|\s*getline|\|\s*"((?:[^"\\]|\\.)*)"/gu,
  )) {
    session.script((found[1] ?? found[2] ?? found[3] ?? "").replace(/\\(.)/gu, "$1"));
  }
  if (/system\s*\(\s*[^"\s]/u.test(program)) {
    session.inspection.find(
      "code_execution",
      "low",
      "Would run commands that awk makes from its input.",
    );
  }
  for (const found of program.matchAll(/>>?\s*"([^"]+)"/gu))
    changesFile(session.inspection, session.place(found[1] ?? ""), "overwrite");
  const files = optionValues(args, "-f").length > 0 ? all : all.slice(1);
  return files.length === 0
    ? carrying(stdin.carries | CARRIES.data)
    : carrying(readsAll(files, session).carries);
};

/** Prints the environment: harmless to look at, a release once it leaves. */
const environment: Rule = ({ args }, session) => {
  for (const { text } of operands(args)) {
    if (/token|secret|passw|key|credential/iu.test(text)) {
      session.inspection.find("secret_access", "low", `Would read the variable ${quote(text)}.`);
    }
  }
  return carrying(CARRIES.environment | CARRIES.data);
};

const makesTemporary: Rule = ({ args }, session) => {
  session.inspection.writes();
  const folder = optionValues(args, "-p", "--tmpdir")[0];
  return folder === undefined ? known("/tmp/tmp.made") : carrying(CARRIES.nothing);
};

/** Enciphers and deciphers; what comes out is as good as encoded. */
const openssl: Rule = ({ args, stdin }, session) => {
  const verb = args[0]?.text ?? "";
  for (const file of optionValues(args, "-in", "-inkey", "-key")) {
    readsFile(session.inspection, session.place(file));
  }
  for (const file of optionValues(args, "-out", "-keyout")) {
    changesFile(session.inspection, session.place(file), "overwrite");
  }
  if (verb === "s_client") {
    session.inspection.find(
      "external_communication",
      "low",
      "Would open a connection with openssl.",
    );
    return carrying(CARRIES.download);
  }
  if (verb === "base64" || flagged(args, "a", "base64")) {
    return decodes({ name: "base64", args: args.slice(1), stdin }, session);
  }
  return carrying(stdin.carries | CARRIES.decoded);
};

const harmless: Rule = ({ args, stdin }) =>
  carrying(stdin.carries | carriedBy(args) | CARRIES.data);

/** Tell the time or the name; with an argument, change it. */
const tellsOrSets: Rule = ({ name, args }, session) => {
  const sets = name === "date" ? flagged(args, "s", "set") : operands(args).length > 0;
  if (sets)
    session.inspection.find("privilege_change", "low", `Would change the ${name} of the machine.`);
  return carrying(CARRIES.nothing);
};

const assigns: Rule = ({ name, args, stdin }, session) => {
  if (name !== "read" && operands(args).length === 0) return carrying(CARRIES.environment);
  for (const { text, carries } of operands(args, new Set(["-p", "-d", "-n", "-t", "-u", "-a"]))) {
    const [key = "", ...rest] = text.split("=");
    if (name === "read") session.assign(key, readValue(stdin));
    else if (rest.length > 0) session.assign(key, { text: rest.join("="), carries, content: null });
  }
  return EMPTY;
};

function readValue(stdin: Stream): Value {
  const text =
    stdin.text === null || stdin.text.trimEnd().includes("\n") ? UNKNOWN : stdin.text.trimEnd();
  return { text, carries: stdin.carries, content: null };
}

const entersFolder: Rule = ({ args }, session) => {
  session.enterFolder(operands(args)[0] ?? null);
  return EMPTY;
};

/** sed edits in place only when told to; its `e` and `w` run and write. */
const sed: Rule = (command: Command, session) => {
  const { args, stdin } = command;
  const scripts = optionValues(args, "-e", "--expression");
  const plain = operands(args, new Set(["-e", "-f", "--expression", "--file"]));
  const files = scripts.length > 0 || optionValues(args, "-f").length > 0 ? plain : plain.slice(1);
  const program = [...scripts, ...(scripts.length > 0 ? [] : plain.slice(0, 1))]
    .map(({ text }) => text)
    .join("\n");
  if (/(?:^|[;\n{\d$])\s*e\s+(\S.*)$/mu.test(program))
    session.script(/(?:^|[;\n{\d$])\s*e\s+(\S.*)$/mu.exec(program)?.[1] ?? "");
  if (/^s(.).*\1.*\1[gpi\d]*e/mu.test(program))
    session.inspection.find("code_execution", "low", "Would run what sed makes of its input.");
  const written = /(?:^|[;\n{/\d$])\s*w\s+(\S+)/mu.exec(program)?.[1];
  if (written !== undefined) changesFile(session.inspection, session.place(written), "overwrite");
  if (args.some(({ text }) => /^-[a-zA-Z]*i/u.test(text) || text.startsWith("--in-place"))) {
    for (const file of files) changesFile(session.inspection, session.place(file), "change");
    return EMPTY;
  }
  if (files.length === 0) return carrying(stdin.carries | CARRIES.data);
  return carrying(readsAll(files, session).carries);
};

export const READ_RULES: readonly (readonly [string, Rule])[] = [
  ...HARMLESS.map((name) => [name, harmless] as const),
  ...CONTENT.map((name) => [name, content] as const),
  ...["cat", "head", "tail"].map((name) => [name, copies] as const),
  ...["echo", "printf"].map((name) => [name, prints] as const),
  ...["base64", "base32", "xxd", "uudecode", "basenc"].map((name) => [name, decodes] as const),
  ...["gunzip", "bunzip2", "unxz", "zstd", "gzip", "bzip2", "xz", "uncompress"].map(
    (name) => [name, unpacks] as const,
  ),
  ...["grep", "egrep", "fgrep", "rg", "ag", "ack", "zgrep"].map(
    (name) => [name, searches] as const,
  ),
  ["rev", reverses],
  ["date", tellsOrSets],
  ["hostname", tellsOrSets],
  ["mktemp", makesTemporary],
  ["openssl", openssl],
  ["tr", translates],
  ...["awk", "gawk", "mawk", "nawk"].map((name) => [name, awk] as const),
  ["printenv", environment],
  ...["export", "declare", "typeset", "local", "readonly", "read"].map(
    (name) => [name, assigns] as const,
  ),
  ...["cd", "pushd"].map((name) => [name, entersFolder] as const),
  ["sed", sed],
];
