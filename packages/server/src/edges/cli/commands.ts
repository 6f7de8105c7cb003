/** Every command there is, in the order of the help. */
import type { CommandTree } from "./command.ts";
import { DECIDING, LOOKING, SIGNING_IN, STOPPING } from "./commands-for-people.ts";
import { POLICY, REGISTRY } from "./commands-for-operators.ts";
import { HOST, STARTING } from "./commands-on-the-host.ts";

const grouped = (group: string, trees: readonly CommandTree[]): readonly CommandTree[] =>
  trees.map((tree) => ({ ...tree, group }));

export const COMMANDS: readonly CommandTree[] = [
  ...grouped("Start a server:", STARTING),
  ...grouped("Sign in:", SIGNING_IN),
  ...grouped("Look:", LOOKING),
  ...grouped("Decide:", DECIDING),
  ...grouped("Stop:", STOPPING),
  ...grouped("Administer:", REGISTRY),
  ...grouped("Policy and reports:", POLICY),
  ...grouped("On the server's machine:", HOST),
];
