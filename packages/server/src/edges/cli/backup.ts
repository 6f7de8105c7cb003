/** `backup FILE`: a consistent copy of the store of this host, also while a server runs. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { argument, type Call } from "./command.ts";
import { usageFailure } from "./command-failure.ts";
import { requireConfig } from "./host-store.ts";

export async function backup(call: Call): Promise<void> {
  const { host, screen } = call;
  const target = resolve(host.cwd, argument(call, 0));
  const config = requireConfig(call);
  const { file } = config.store;
  if (!existsSync(file)) {
    throw usageFailure(
      `there is no store \`${file}\`: run this where its haltpoint.yaml is, or use --config.`,
    );
  }
  const composition = await host.compose();
  await composition.backUpStore(config, target);
  const { size } = statSync(target);
  screen.printJson({ file: target, bytes: size, store: file });
  screen.print(`Backed up ${file} to ${target} (${size} bytes), and checked it.`);
  screen.note("It holds secrets and hashed credentials: keep it where only operators can read.");
}
