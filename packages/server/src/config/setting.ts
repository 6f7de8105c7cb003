/** How a setting is declared. */
import type { FormSchema } from "../domain/policy/form.ts";

export interface Setting {
  /** Dotted place in the file: `listen.port`. */
  readonly key: string;
  /** `HALTPOINT_LISTEN_PORT`. */
  readonly variable: string;
  readonly form: FormSchema;
  /** As written in a file; null: left out. */
  readonly fallback: string | number | null;
  /** A path, relative to the file it is written in (or to the working directory). */
  readonly isPath?: true;
  /** Never printed; may also be the content of the file that `KEY_file` names. */
  readonly isSecret?: true;
  /** A duration in text; the least and most it may be. */
  readonly duration?: { readonly minMs: number; readonly maxMs: number };
}

const PATH_LENGTH_MAX = 4_096;

export function setting(key: string, rest: Omit<Setting, "key" | "variable">): Setting {
  const variable = `HALTPOINT_${key.replaceAll(".", "_").toUpperCase()}`;
  return { key, variable, ...rest };
}

export const text = (description: string, pattern: string, expected: string): FormSchema => ({
  type: "string",
  maxLength: PATH_LENGTH_MAX,
  pattern,
  description,
  "x-expected": expected,
});

/** A secret, and the setting that names a file with it. */
export function secretSettings(key: string, description: string): readonly Setting[] {
  return [
    setting(key, {
      form: text(description, "^[\\x21-\\x7e]+$", "printable characters without spaces"),
      fallback: null,
      isSecret: true,
    }),
    setting(`${key}_file`, {
      form: text(`A file whose content is \`${key}\`.`, "^[^\\0]+$", "a path"),
      fallback: null,
      isPath: true,
    }),
  ];
}
