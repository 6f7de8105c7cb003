/**
 * One command as data: purpose, arguments, options, examples, exit statuses, and the module that
 * carries it out, which is loaded only when the command runs.
 */
import { Option, type Command } from "commander";
import { EXIT } from "@haltpoint/protocol";
import { usageFailure } from "./command-failure.ts";
import type { Host } from "./host.ts";
import { openScreen, type Screen } from "./screen.ts";

export interface CommandSpec {
  /** With its arguments: `approve <request>`. */
  readonly usage: string;
  /** One line. */
  readonly purpose: string;
  /** More, for the help of the command itself. */
  readonly more?: string;
  readonly options?: readonly OptionSpec[];
  /** Commands as somebody would type them, without the program's name. */
  readonly examples: readonly [string, ...string[]];
  /** Exit statuses besides 0 that are this command's own; the common ones are added. */
  readonly exits?: readonly (readonly [number, string])[];
  /** Absent where the command only has subcommands. */
  readonly run?: (call: Call) => Promise<number | void>;
}

/** A command with its subcommands. */
export interface CommandTree {
  /** Heading in the help of the whole program. */
  readonly group?: string;
  readonly spec: CommandSpec;
  readonly subcommands?: readonly CommandTree[];
}

export interface OptionSpec {
  /** `--reason <text>`, `--yes`. */
  readonly flags: string;
  readonly about: string;
  /** May be given several times. */
  readonly isList?: true;
  readonly choices?: readonly string[];
  /** The variable that is read where the option is not given. */
  readonly variable?: string;
}

/** One use of a command. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Options;
  readonly host: Host;
  readonly screen: Screen;
  readonly session: Session;
}

/** What one run of the program leaves behind. */
export interface Session {
  readonly host: Host;
  /** The server that was asked, so that a failure can say where. */
  url: string | null;
  /** By `haltpoint login`. */
  isSignedIn: boolean;
  exit: number;
}

/** The options that were given, by their long name. */
export interface Options {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  list(name: string): readonly string[];
}

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { flags: "--url <url>", about: "the server (HALTPOINT_URL; default http://127.0.0.1:4747)" },
  { flags: "--token <token>", about: "your token; better in HALTPOINT_TOKEN than in a history" },
  { flags: "--as <person>", about: "a person of `haltpoint dev` in this folder (HALTPOINT_AS)" },
  {
    flags: "--data <folder>",
    about: "where `haltpoint dev` keeps its files (HALTPOINT_DATA; default .haltpoint)",
  },
  { flags: "--json", about: "one JSON document instead of text; problems as JSON on stderr" },
];

const COMMON_EXITS: readonly (readonly [number, string])[] = [
  [EXIT.ok, "done"],
  [EXIT.fault, "a fault, or you answered no"],
  [EXIT.usage, "the command line, a file or a value is not right"],
];
const SERVER_EXITS: readonly (readonly [number, string])[] = [
  [EXIT.conflict, "somebody or something was there before you; nothing changed"],
  [EXIT.notPermitted, "you may not do that"],
  [EXIT.notFound, "there is no such thing"],
  [EXIT.unavailable, "no server answers, or it cannot now"],
  [EXIT.limit, "a named limit was reached"],
];

/** Adds a command to its parent. */
export function addCommand(parent: Command, spec: CommandSpec, session: Session): Command {
  const { host } = session;
  const command = parent.command(spec.usage).description(spec.purpose);
  command.allowExcessArguments(false);
  for (const each of spec.options ?? []) command.addOption(optionOf(each));
  command.addHelpText("after", () => helpAfter(spec, host));
  const { run } = spec;
  if (run === undefined) return command;
  command.action(async (...given: unknown[]) => {
    const options = optionsOf(command.optsWithGlobals());
    const screen = openScreen(host, { isJson: options.flag("json") });
    // Arguments, then the options, then the command itself.
    const args = given
      .slice(0, -2)
      .flat()
      .filter((each) => typeof each === "string");
    session.exit = (await run({ args, options, host, screen, session })) ?? EXIT.ok;
  });
  return command;
}

export function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.about);
  if (spec.choices !== undefined) option.choices(spec.choices);
  if (spec.isList === true) {
    option.argParser((value: string, previous: readonly string[] | undefined) => [
      ...(previous ?? []),
      value,
    ]);
  }
  return option;
}

function optionsOf(given: Readonly<Record<string, unknown>>): Options {
  return {
    text: (name) => {
      const value = given[camelCase(name)];
      return typeof value === "string" ? value : undefined;
    },
    flag: (name) => given[camelCase(name)] === true,
    list: (name) => {
      const value = given[camelCase(name)];
      return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
    },
  };
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** An argument that commander has made sure of. */
export function argument(call: Call, index: number): string {
  const value = call.args[index];
  if (value === undefined) throw usageFailure("an argument is missing; see --help");
  return value;
}

function helpAfter(spec: CommandSpec, host: Host): string {
  const examples = spec.examples.map((example) => `  ${host.program} ${example}`);
  const statuses = [...COMMON_EXITS, ...SERVER_EXITS, ...(spec.exits ?? [])];
  const told = new Map(statuses.map(([status, meaning]) => [status, meaning]));
  const lines = [...told].map(([status, meaning]) => `  ${String(status).padStart(2)}  ${meaning}`);
  const more = spec.more === undefined ? [] : ["", spec.more];
  const title = examples.length > 1 ? "Examples:" : "Example:";
  return [...more, "", title, ...examples, "", "Exit status:", ...lines].join("\n");
}
