/** `config check` and `config schema`. */
import { EXIT } from "@haltpoint/protocol";
import { configSchema } from "../../config/config-schema.ts";
import type { Call } from "./command.ts";
import { readConfig } from "./host-store.ts";
import { tableLines } from "./table.ts";

/** What is wrong, or what is in force and from where. Secrets are not shown. */
export function checkConfig(call: Call): Promise<number> {
  const { screen } = call;
  const loaded = readConfig(call);
  if (!loaded.ok) {
    const { problems, file } = loaded;
    screen.printJson({ ok: false, file, problems });
    screen.print(problems.join("\n\n"));
    screen.print(
      `\n${problems.length === 1 ? "1 problem" : `${problems.length} problems`}: nothing would start.`,
    );
    return Promise.resolve(EXIT.usage);
  }
  const { values, file } = loaded;
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

/** The JSON Schema of haltpoint.yaml, for editors. The same with and without `--json`. */
export function printConfigSchema(call: Call): Promise<void> {
  call.host.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
  return Promise.resolve();
}
