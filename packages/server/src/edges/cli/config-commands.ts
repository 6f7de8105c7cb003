/** `config check` and `config schema`. */
import { EXIT } from "@haltpoint/protocol";
import { checkPolicyText } from "../../app/policy-texts.ts";
import type { Config } from "../../config/config.ts";
import { configSchema } from "../../config/config-schema.ts";
import type { Call } from "./command.ts";
import { CommandFailure } from "./command-failure.ts";
import { readConfig } from "./host-store.ts";
import { readTextFile } from "./reading-files.ts";
import { tableLines } from "./table.ts";

/** What is wrong, also with the policy file, or what is in force and from where. Secrets are not shown. */
export function checkConfig(call: Call): Promise<number> {
  const { screen } = call;
  const loaded = readConfig(call);
  const { file } = loaded;
  const problems = loaded.ok ? policyProblems(call, loaded.config) : loaded.problems;
  if (!loaded.ok || problems.length > 0) {
    screen.printJson({ ok: false, file, problems });
    screen.print(problems.join("\n\n"));
    screen.print(
      `\n${problems.length === 1 ? "1 problem" : `${problems.length} problems`}: nothing would start.`,
    );
    return Promise.resolve(EXIT.usage);
  }
  const { values } = loaded;
  screen.printJson({ ok: true, file, values });
  const columns = [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }];
  const rows = values.map(({ key, value, from }) => [
    key,
    value === null ? "-" : String(value),
    from,
  ]);
  screen.print(
    file === null ? "No haltpoint.yaml here; defaults and environment." : `Read ${file}.`,
  );
  screen.print(["", ...tableLines(columns, rows, null)].join("\n"));
  return Promise.resolve(EXIT.ok);
}

/** What is wrong with the policy that an empty store would begin with. */
function policyProblems({ host }: Call, { policyFile }: Config): readonly string[] {
  if (policyFile === null) return [];
  try {
    const text = readTextFile(host, policyFile);
    return checkPolicyText({ file: policyFile, text }).problems;
  } catch (error) {
    if (error instanceof CommandFailure) return [`\`policy.file\`: ${error.message}`];
    throw error;
  }
}

/** The JSON Schema of haltpoint.yaml, for editors. The same with and without `--json`. */
export function printConfigSchema(call: Call): Promise<void> {
  call.host.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
  return Promise.resolve();
}
