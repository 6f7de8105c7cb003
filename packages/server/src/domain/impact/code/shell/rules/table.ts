import { UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying } from "../../carried.ts";
import type { Stream } from "../../carried.ts";
import { readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import { placeOf } from "../../places.ts";
import { carriedBy } from "../session.ts";
import type { Command, Rule, Session, Value } from "../session.ts";
import { CLOUD_RULES } from "./cloud.ts";
import { DATABASE_RULES } from "./databases.ts";
import { FILE_RULES } from "./files.ts";
import { GIT_RULES } from "./git.ts";
import { INTERPRETER_RULES, runsContent } from "./interpreters.ts";
import { NETWORK_RULES } from "./network.ts";
import { PACKAGE_RULES } from "./packages.ts";
import { READ_RULES } from "./reading.ts";
import { SYSTEM_RULES } from "./system.ts";
import { WRAPPER_RULES } from "./wrappers.ts";

const RULES: ReadonlyMap<string, Rule> = new Map([
  ...FILE_RULES,
  ...SYSTEM_RULES,
  ...NETWORK_RULES,
  ...GIT_RULES,
  ...CLOUD_RULES,
  ...DATABASE_RULES,
  ...PACKAGE_RULES,
  ...INTERPRETER_RULES,
  ...WRAPPER_RULES,
  ...READ_RULES,
]);

/** Commands with rules, those that could do harm first. */
export const RULE_NAMES: readonly string[] = [...RULES.keys()];

export function isRule(name: string): boolean {
  return ruleOf(name) !== null;
}

export function ruleOf(name: string): Rule | null {
  const exact = RULES.get(name);
  if (exact !== undefined) return exact;
  if (name.startsWith("mkfs.")) return RULES.get("mkfs") ?? null;
  const unversioned = name.replace(/[\d.]+$/u, "");
  return unversioned === name ? null : (RULES.get(unversioned) ?? null);
}

/** A command without a rule: nothing is known of it but what its arguments name. */
export function unknownCommand(command: Command, word: Value, session: Session): Stream {
  const { inspection } = session;
  inspection.unknown();
  if (word.text.startsWith(UNKNOWN) || word.text === "") {
    const grave = (word.carries & (CARRIES.download | CARRIES.decoded)) !== 0;
    inspection.find(
      "code_execution",
      grave ? "high" : "low",
      `Would run a command that is only known when it runs: ${quote(word.text + " " + command.args.map(({ text }) => text).join(" "))}.`,
    );
  }
  const content = session.content(word);
  if (content !== null) runsContent(content, word, session, "shell");
  for (const value of command.args) namesFile(value, session);
  return carrying(command.stdin.carries | carriedBy(command.args) | CARRIES.data);
}

/** An argument that names a file with secrets, also inside `--key=…`, `@…` or `a:b`. */
function namesFile({ text }: Value, session: Session): void {
  if (text.length > 512 || !/[/.~]/u.test(text) || /\s/u.test(text)) return;
  for (const piece of text.split(/[=@:,]/u)) {
    if (!/[/.~]/u.test(piece) || piece.startsWith("-")) continue;
    const place = placeOf(piece, session.place(".").path || ".");
    if (place.secret === "high") readsFile(session.inspection, place);
  }
}
