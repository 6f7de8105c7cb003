/** The configuration and the store of this machine, for commands that work without a server. */
import type { Call } from "./command.ts";
import { loadConfig, type LoadedConfig } from "../../config/load-config.ts";
import type { Config } from "../../config/config.ts";
import { usageFailure } from "./command-failure.ts";
import type { OpenedApp } from "./host.ts";

/** What `--config`, `haltpoint.yaml` and the environment say. */
export function readConfig({ options, host }: Pick<Call, "options" | "host">): LoadedConfig {
  const file = options.text("config") ?? host.env["HALTPOINT_CONFIG"];
  return loadConfig({ file: file === "" ? undefined : file, env: host.env, cwd: host.cwd });
}

/** The configuration, or a failure that says everything that is wrong with it. */
export function requireConfig(call: Pick<Call, "options" | "host">): Config {
  const loaded = readConfig(call);
  if (loaded.ok) return loaded.config;
  const count = loaded.problems.length;
  const first = `the configuration is not right (${count === 1 ? "1 problem" : `${count} problems`}):`;
  throw usageFailure([first, ...loaded.problems].join("\n"));
}

/** Opens the store of the configuration; fails while a server holds it. */
export async function openOnHost(call: Call): Promise<OpenedApp> {
  const config = requireConfig(call);
  const composition = await call.host.compose();
  return composition.openApp(config);
}
