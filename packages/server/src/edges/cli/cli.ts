/** The command line: parses, runs one command, tells of its failure, gives the exit status. */
import { Command, CommanderError } from "commander";
import { EXIT } from "@haltpoint/protocol";
import { addCommand, COMMON_OPTIONS, optionOf, type CommandTree, type Session } from "./command.ts";
import { usageFailure } from "./command-failure.ts";
import { COMMANDS } from "./commands.ts";
import type { Host } from "./host.ts";

/** Runs one command line, without the program's name. Resolves to the exit status; never rejects. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const session: Session = { host, url: null, isSignedIn: false, exit: EXIT.ok };
  const isJson = argv.includes("--json");
  try {
    await programOf(session, { isJson }).parseAsync([...argv], { from: "user" });
    return session.exit;
  } catch (thrown) {
    return await tell(thrown, session, { isJson });
  }
}

function programOf(session: Session, options: { readonly isJson: boolean }): Command {
  const { host } = session;
  const program = new Command("haltpoint")
    .description("Holds what an agent wants to do until a person has decided.")
    .version(host.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => {
        if (!options.isJson) host.stderr.write(text);
      },
      // Told together with all other failures, in `tell`.
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
    });
  for (const option of COMMON_OPTIONS) program.addOption(optionOf(option));
  program.addHelpText(
    "after",
    `\nExample:\n  ${host.program} dev --demo\n  ${host.program} inbox --as ana\n` +
      `\nEach command has its own help: ${host.program} approve --help`,
  );
  for (const tree of COMMANDS) addTree(program, tree, session);
  return program;
}

function addTree(parent: Command, tree: CommandTree, session: Session): void {
  const { group, spec, subcommands } = tree;
  const command = addCommand(parent, spec, session);
  if (group !== undefined) command.helpGroup(group);
  for (const subcommand of subcommands ?? []) addTree(command, subcommand, session);
}

async function tell(
  thrown: unknown,
  session: Session,
  options: { readonly isJson: boolean },
): Promise<number> {
  const { host, url, isSignedIn } = session;
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
  const error = thrown instanceof CommanderError ? usageOf(thrown, host) : thrown;
  // Only now: it knows the SDK's and the store's faults, which help and version do not need.
  const { failureOf, failureText } = await import("./failure.ts");
  const failure = failureOf(error, { url, isSignedIn });
  host.stderr.write(failureText(failure, options));
  if (host.env["HALTPOINT_DEBUG"] === "1" && error instanceof Error) {
    host.stderr.write(`${error.stack ?? error.message}\n${causeText(error)}`);
  }
  return failure.exit;
}

/** `error: unknown option '--resaon'\n(Did you mean --reason?)` in our words. */
function usageOf(error: CommanderError, host: Host): Error {
  // Help that was printed because a subcommand is missing has said everything.
  if (error.code === "commander.help") {
    return usageFailure(`say which one; \`${host.program} --help\` lists them`);
  }
  const message = error.message.replace(/^error: /, "");
  return usageFailure(`${message}\nSee \`${host.program} --help\`, or --help after the command.`);
}

function causeText(error: Error): string {
  return error.cause instanceof Error
    ? `caused by ${error.cause.stack ?? error.cause.message}\n`
    : "";
}
