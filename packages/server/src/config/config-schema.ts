/** The JSON Schema of `haltpoint.yaml`, for editors; made from the settings. */
import type { FormSchema } from "../domain/policy/form.ts";
import { SETTINGS } from "./settings.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  listen: "Where the server listens.",
  store: "Where everything is kept.",
  policy: "What the server begins with.",
  log: "What is logged.",
  sign_in: "How people sign in, and for how long.",
  notify: "Where people are told. A message has a link and never a way to approve.",
  limits: "Named limits; an answer that ran into one says its name.",
};

/** The form of the file, as the loader checks it. */
export const CONFIG_FORM: FormSchema = formOf();

/** The schema as it is committed under `docs/` and printed by `haltpoint config schema`. */
export function configSchema(): FormSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:haltpoint:schema:config:1",
    title: "Configuration of a Haltpoint server (haltpoint.yaml)",
    ...CONFIG_FORM,
  };
}

function formOf(): FormSchema {
  const root: Record<string, FormSchema> = {};
  for (const { key, form, variable, fallback } of SETTINGS) {
    const told = fallback === null ? "" : ` Default: \`${fallback}\`.`;
    const described = {
      ...form,
      description: `${form.description ?? ""}${told} Variable: ${variable}.`,
    };
    const [section = "", name] = key.split(".");
    if (name === undefined) {
      root[section] = described;
      continue;
    }
    const properties = { ...root[section]?.properties, [name]: described };
    const description = SECTIONS[section] ?? "";
    root[section] = { type: "object", description, properties, additionalProperties: false };
  }
  return { type: "object", properties: root, additionalProperties: false };
}
