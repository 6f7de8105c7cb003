import { CARRIES, carrying, EMPTY, known } from "../../carried.ts";
import { changesFile, deletesFile, deletesFolder, isOthers, readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import type { Place } from "../../places.ts";
import { flagged, operands, optionValues, plain } from "../session.ts";
import type { Rule, Session, Value } from "../session.ts";
import { secretCarried } from "../expand.ts";

/** Commands that change, move or delete files. */

const rm: Rule = ({ args, name }, session) => {
  const recursive =
    name !== "unlink" && name !== "rmdir" && flagged(args, "rR", "recursive", "Recurse");
  if (flagged(args, "", "no-preserve-root"))
    session.inspection.find("destruction", "high", "Would delete the whole file system.");
  for (const value of operands(args)) {
    if (/^(?:del|rd|erase)$/u.test(name) && /^\/[a-z]$/iu.test(value.text)) continue;
    const place = session.place(value);
    if (recursive) deletesFolder(session.inspection, place);
    else if (place.whole && place.path.endsWith("*")) deletesFolder(session.inspection, place);
    else deletesFile(session.inspection, place);
  }
  session.inspection.writes();
  return EMPTY;
};

const shred: Rule = ({ args }, session) => {
  const files = operands(args, new Set(["-n", "-s", "--iterations", "--size"]));
  for (const value of files) {
    session.inspection.find(
      "destruction",
      "high",
      `Would overwrite ${quote(value.text)} so that it cannot be recovered.`,
    );
  }
  return EMPTY;
};

const truncate: Rule = ({ args }, session) => {
  const size = optionValues(args, "-s", "--size")[0]?.text ?? "";
  for (const value of operands(args, new Set(["-s", "--size", "-r"]))) {
    const place = session.place(value);
    changesFile(session.inspection, place, "overwrite");
    if (place.area === "temp" || /^[+]?[1-9]/u.test(size)) continue;
    session.inspection.find("destruction", "low", `Would empty ${quote(place.path)}.`);
  }
  return EMPTY;
};

/** `cp`, `install`, `ln`: the sources stay. */
const copy: Rule = ({ args, name }, session) => {
  const into = optionValues(args, "-t", "--target-directory");
  const files = operands(
    args,
    new Set(["-t", "-m", "-o", "-g", "-S", "--mode", "--owner", "--group", "--target-directory"]),
  );
  const sources = into.length > 0 ? files : files.slice(0, -1);
  const target = into[0] ?? files.at(-1);
  for (const source of sources) readsFile(session.inspection, session.place(source));
  if (target === undefined || (files.length < 2 && into.length === 0)) return EMPTY;
  changesFile(session.inspection, named(session, target, sources[0]), "overwrite");
  const content = sources[0] === undefined ? null : session.content(sources[0]);
  if (content !== null) session.keep(target, content);
  const mode = optionValues(args, "-m", "--mode")[0];
  if (mode !== undefined && name === "install" && setsId(mode.text))
    grantsId(session, session.place(target));
  return EMPTY;
};

/** A copy into a folder takes its source's name with it. */
function named(session: Session, target: Value, source: Value | undefined): Place {
  if (source === undefined || !/(?:\/|\.ssh|\.d|\.daily|systemd\/system)$/u.test(target.text))
    return session.place(target);
  return session.place(`${target.text}/${source.text.split("/").at(-1) ?? ""}`);
}

const move: Rule = ({ args }, session) => {
  const files = operands(args, new Set(["-t", "-S"]));
  const sources = files.slice(0, -1);
  const target = files.at(-1);
  if (target === undefined || sources.length === 0) return EMPTY;
  const gone = target.text === "/dev/null";
  for (const source of sources) {
    const place = session.place(source);
    readsFile(session.inspection, place);
    if (gone) deletesFolder(session.inspection, place);
    else if (isOthers(place) || (place.whole && place.area !== "work") || place.decides !== null) {
      session.inspection.find(
        "destruction",
        isOthers(place) && place.area !== "system" ? "low" : "high",
        `Would move ${quote(place.path)} away from its place.`,
      );
    }
    const content = session.content(source);
    if (content !== null) session.keep(target, content);
  }
  if (!gone) changesFile(session.inspection, named(session, target, sources[0]), "overwrite");
  return EMPTY;
};

const dd: Rule = ({ args }, session) => {
  let output = EMPTY;
  for (const { text } of args) {
    const [key, ...rest] = text.split("=");
    const place = session.place(rest.join("="));
    if (key === "if") output = carrying(readsFile(session.inspection, place));
    if (key === "of") changesFile(session.inspection, place, "overwrite");
  }
  return output;
};

const tee: Rule = ({ args, stdin }, session) => {
  for (const value of operands(args)) {
    changesFile(
      session.inspection,
      session.place(value),
      flagged(args, "a", "append") ? "append to" : "overwrite",
    );
    session.keep(value, stdin);
    if (secretCarried(stdin.carries) && session.place(value).area === "temp") {
      session.inspection.find(
        "secret_access",
        "low",
        `Would copy secrets to ${quote(value.text)}.`,
      );
    }
  }
  return stdin;
};

/** Editors run what follows `:!`. */
const edits: Rule = (command, session) => {
  for (const { text } of optionValues(command.args, "-c", "--cmd")) {
    const script = /^:?!(.*)/u.exec(text)?.[1];
    if (script !== undefined) session.script(script);
  }
  return creates(command, session);
};

const creates: Rule = ({ args }, session) => {
  session.inspection.writes();
  for (const value of operands(args, new Set(["-m", "-d", "-t", "-r"])))
    changesFile(session.inspection, session.place(value), "change");
  return EMPTY;
};

/** Not `s` of `--reference`: sets the id of the owner or the group. */
function setsId(mode: string): boolean {
  return /^0?[2-7][0-7]{3}$/u.test(mode)
    ? !/^0?[0-7]{3}$/u.test(mode) && !/^0?1/u.test(mode)
    : /[+=][rwxXt]*s/u.test(mode);
}

function opensToAll(mode: string): boolean {
  return (
    /^[0-7]*[0-7]{2}[2367]$/u.test(mode) || /(?:^|,)(?:[ug]*[oa][ugoa]*|)[+=][rx]*w/u.test(mode)
  );
}

function grantsId(session: Session, place: Place): void {
  session.inspection.find(
    "privilege_change",
    "high",
    `Would let ${quote(place.path)} run with its owner's rights.`,
  );
}

const chmod: Rule = ({ args }, session) => {
  session.inspection.writes();
  const values = args.filter(({ text }) => !/^-(?:[RvcfhHLP]+|-\w.*)$/u.test(text));
  const [mode = plain(""), ...files] = values;
  const recursive = flagged(args, "R", "recursive");
  for (const file of files) {
    const place = session.place(file);
    const opens = opensToAll(mode.text);
    if (setsId(mode.text)) grantsId(session, place);
    else if (place.area === "temp") continue;
    else if (
      isOthers(place) ||
      place.decides !== null ||
      (opens && (place.secret !== null || place.area === "home"))
    ) {
      if (!opens && place.area === "home") continue;
      session.inspection.find(
        "privilege_change",
        opens || place.area === "system" ? "high" : "low",
        `Would change who may use ${quote(place.path)} (${quote(mode.text)}).`,
      );
    } else if (opens && (recursive || place.area !== "work")) {
      session.inspection.find(
        "privilege_change",
        "low",
        `Would let everybody write to ${quote(place.path)}.`,
      );
    }
  }
  return EMPTY;
};

const chown: Rule = ({ args, name }, session) => {
  session.inspection.writes();
  const values = operands(args);
  const files = /^(?:setfacl|chattr)$/u.test(name) ? values : values.slice(1);
  for (const file of files) {
    const place = session.place(file);
    if (place.area === "work" && !/^(?:root|0)\b/u.test(values[0]?.text ?? "")) continue;
    const sure = isOthers(place) || place.decides !== null || place.secret === "high";
    session.inspection.find(
      "privilege_change",
      sure ? "high" : "low",
      `Would change whose ${quote(place.path)} is.`,
    );
  }
  return EMPTY;
};

const setcap: Rule = ({ args }, session) => {
  const file = operands(args).at(-1)?.text ?? "";
  session.inspection.find(
    "privilege_change",
    "high",
    `Would give the program ${quote(file)} more rights (capabilities).`,
  );
  return EMPTY;
};

const find: Rule = ({ args, stdin }, session) => {
  const first = args.findIndex(({ text }) => /^[-!(]/u.test(text) && !/^-[HLPO]/u.test(text));
  const starts = (first < 0 ? args : args.slice(0, first)).filter(
    ({ text }) => !text.startsWith("-"),
  );
  const tests = first < 0 ? [] : args.slice(first);
  const patterns = optionValues(tests, "-name", "-iname").map(({ text }) => text);
  const found = (starts.length === 0 ? [plain(".")] : starts).flatMap((start) =>
    (patterns.length === 0 ? ["*"] : patterns).map((pattern) => ({
      ...start,
      text: `${start.text}/${pattern}`,
    })),
  );
  const beyond = found.some((value) => !["work", "temp"].includes(session.place(value).area));
  if (
    beyond &&
    patterns.some(
      (pattern) =>
        session.place(`~/${pattern}`).secret !== null ||
        session.place(`~/.ssh/${pattern}`).path.endsWith("id_rsa"),
    )
  ) {
    session.inspection.find(
      "secret_access",
      "low",
      `Would look for files named ${quote(patterns.join(" "))} beyond the work folder.`,
    );
  }
  if (
    beyond &&
    tests.some(
      ({ text }, at) => text === "-perm" && /[24]000|[ug][+=]s/u.test(tests[at + 1]?.text ?? ""),
    )
  ) {
    session.inspection.find(
      "secret_access",
      "low",
      "Would look for programs that run with another's rights.",
    );
  }
  let output = known(found.map(({ text }) => text).join("\n"), CARRIES.data);
  for (const [at, { text }] of tests.entries()) {
    if (text === "-delete")
      for (const value of found) deletesFound(value, patterns.length > 0, session);
    if (/^-f(?:print|ls)/u.test(text))
      changesFile(session.inspection, session.place(tests[at + 1]?.text ?? ""), "overwrite");
    if (!/^-(?:exec|execdir|ok|okdir)$/u.test(text)) continue;
    const end = tests.findIndex(
      (value, index) => index > at && (value.text === ";" || value.text === "+"),
    );
    const words = tests.slice(at + 1, end < 0 ? undefined : end);
    for (const value of found.slice(0, 4)) {
      const filled = words.map((word) => ({
        ...word,
        text: word.text.replaceAll("{}", () => value.text),
      }));
      output = carrying(session.run(filled, stdin).carries | CARRIES.data);
    }
  }
  return output;
};

function deletesFound(value: Value, named: boolean, session: Session): void {
  const place = session.place(value);
  if (named && place.area === "work" && !place.rebuilt) {
    session.inspection.find(
      "destruction",
      "low",
      `Would delete every file named ${quote(place.path)}.`,
    );
  } else deletesFolder(session.inspection, place);
}

const tar: Rule = ({ args }, session) => {
  for (const value of [
    ...optionValues(args, "--to-command", "--use-compress-program", "-I"),
    ...optionValues(args, "--checkpoint-action"),
  ]) {
    session.script(value.text.replace(/^exec=/u, ""));
  }
  const mode = args[0]?.text ?? "";
  const creates = /^-?[a-z]*[cru]/u.test(mode) || flagged(args, "", "create");
  const extracts = !creates && (/^-?[a-z]*x/u.test(mode) || flagged(args, "x", "extract"));
  const folder = optionValues(args, "-C", "--directory")[0];
  if (extracts) changesFile(session.inspection, session.place(folder ?? "."), "change");
  if (flagged(args, "", "remove-files"))
    session.inspection.find("destruction", "low", "Would delete the files after packing them.");
  session.inspection.writes();
  if (!creates) return carrying(CARRIES.data);
  let carried: number = CARRIES.data;
  const values = operands(
    args.slice(mode.startsWith("-") ? 0 : 1),
    new Set(["-f", "-C", "-czf", "-cf", "-cvzf", "-czvf", "-cjf", "-cJf", "--file"]),
  );
  for (const value of values) carried |= readsFile(session.inspection, session.place(value));
  return carrying(carried);
};

const unzip: Rule = ({ args }, session) => {
  changesFile(session.inspection, session.place(optionValues(args, "-d")[0] ?? "."), "change");
  return carrying(CARRIES.data);
};

const zip: Rule = ({ args }, session) => {
  session.inspection.writes();
  let carried: number = CARRIES.data;
  for (const value of operands(args, new Set(["-P"])).slice(1))
    carried |= readsFile(session.inspection, session.place(value));
  return carrying(carried);
};

export const FILE_RULES: readonly (readonly [string, Rule])[] = [
  ...["rm", "rmdir", "unlink", "del", "rd", "erase", "trash", "remove-item"].map(
    (name) => [name, rm] as const,
  ),
  ...["shred", "srm", "wipe", "scrub"].map((name) => [name, shred] as const),
  ["truncate", truncate],
  ...["cp", "install", "ln", "link", "copy"].map((name) => [name, copy] as const),
  ...["mv", "rename", "move"].map((name) => [name, move] as const),
  ...["dd", "dcfldd"].map((name) => [name, dd] as const),
  ...["tee", "sponge"].map((name) => [name, tee] as const),
  ...["touch", "mkdir", "mkfifo", "mknod", "fallocate", "patch"].map(
    (name) => [name, creates] as const,
  ),
  ...["vi", "vim", "nvim", "ed", "emacs", "nano"].map((name) => [name, edits] as const),
  ["chmod", chmod],
  ...["chown", "chgrp", "setfacl", "chattr"].map((name) => [name, chown] as const),
  ["setcap", setcap],
  ["find", find],
  ["fd", find],
  ["tar", tar],
  ...["unzip", "7z", "unrar"].map((name) => [name, unzip] as const),
  ["zip", zip],
];
