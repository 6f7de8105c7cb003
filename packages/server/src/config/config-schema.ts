/** The JSON Schema of `haltpoint.yaml`, for editors; made from the settings. */
import type { FormSchema } from "../domain/policy/form.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  listen: "Where the server listens.",
  store: "Where everything is kept.",
  policy: "What the server begins with.",
  organisation:
    "What is the organisation's own: whom the classifier does not take for an outsider.",
  log: "What is logged.",
  sign_in: "How people sign in, and for how long.",
  notify: "Where people are told. A message has a link and never a way to approve.",
  "sign_in.oidc": "The identity provider; `issuer`, `client_id` and a secret turn it on.",
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
  const root: FormSchema = { type: "object", properties: {}, additionalProperties: false };
  return SETTINGS.reduce((form, setting) => placed(form, setting, setting.key.split(".")), root);
}

/** The form with a setting at its place; the sections on the way there are made. */
function placed(
  form: FormSchema,
  setting: Setting,
  [name = "", ...rest]: readonly string[],
): FormSchema {
  const present = form.properties?.[name];
  const section = setting.key.split(".").slice(0, -rest.length).join(".");
  const inner =
    rest.length === 0
      ? described(setting)
      : placed(present ?? newSection(SECTIONS[section] ?? ""), setting, rest);
  return { ...form, properties: { ...form.properties, [name]: inner } };
}

function newSection(description: string): FormSchema {
  return { type: "object", description, properties: {}, additionalProperties: false };
}

function described({ form, variable, fallback }: Setting): FormSchema {
  const told = fallback === null ? "" : ` Default: \`${fallback}\`.`;
  return { ...form, description: `${form.description ?? ""}${told} Variable: ${variable}.` };
}
