/** Commands that run the server, or look after it on its machine. */
import { EXIT } from "@haltpoint/protocol";
import type { CommandTree, OptionSpec } from "./command.ts";

const CONFIG: OptionSpec = {
  flags: "--config <file>",
  about: "the configuration (HALTPOINT_CONFIG; default haltpoint.yaml here)",
};
const configCommands = () => import("./config-commands.ts");

export const STARTING: readonly CommandTree[] = [
  {
    spec: {
      usage: "dev",
      purpose: "try Haltpoint out: a server with development people, on this machine only",
      more:
        "People are not authenticated here; never use it for anything real. Everything is kept in\n" +
        ".haltpoint (see --data); the policy file is applied whenever it is saved.",
      options: [
        { flags: "--demo", about: "with an example: an agent that wants to order something" },
        { flags: "--policy <file>", about: "the policy (default: the one in .haltpoint)" },
        { flags: "--port <port>", about: "where to listen; 0: any free port (default 4747)" },
        { flags: "--fresh", about: "begin with an empty store" },
        CONFIG,
      ],
      examples: ["dev --demo", "dev --policy policy.yaml --fresh"],
      run: async (call) => (await import("./dev/dev.ts")).dev(call),
    },
  },
  {
    spec: {
      usage: "serve",
      purpose: "run the server",
      more:
        "Takes everything from haltpoint.yaml and the environment (`haltpoint config check`). An empty\n" +
        "store begins with the policy of `policy.file`; later ones are published. SIGTERM stops it.",
      options: [CONFIG],
      examples: ["serve --config /etc/haltpoint/haltpoint.yaml"],
      run: async (call) => (await import("./serve.ts")).serve(call),
    },
  },
];

export const HOST: readonly CommandTree[] = [
  {
    spec: { usage: "config", purpose: "check the configuration", examples: ["config check"] },
    subcommands: [
      {
        spec: {
          usage: "check",
          purpose: "say what is wrong, also in the policy, or each value and where it is from",
          options: [CONFIG],
          examples: ["config check", "config check --config /etc/haltpoint/haltpoint.yaml"],
          run: async (call) => (await configCommands()).checkConfig(call),
        },
      },
      {
        spec: {
          usage: "schema",
          purpose: "print the JSON Schema of haltpoint.yaml, for editors",
          examples: ["config schema > haltpoint.schema.json"],
          run: async (call) => (await configCommands()).printConfigSchema(call),
        },
      },
    ],
  },
  {
    spec: {
      usage: "doctor",
      purpose: "look at clock, store, disk, policy, configuration and server",
      options: [CONFIG],
      examples: ["doctor", "doctor --json"],
      exits: [[EXIT.fault, "something is wrong, or a fault"]],
      run: async (call) => (await import("./doctor.ts")).doctor(call),
    },
  },
  {
    spec: {
      usage: "backup <file>",
      purpose: "copy the store to a new file, also while the server runs",
      options: [CONFIG],
      examples: ["backup /var/backups/haltpoint-2026-11-22.db"],
      run: async (call) => (await import("./backup.ts")).backup(call),
    },
  },
];
