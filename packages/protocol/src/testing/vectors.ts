/** Reads the language-neutral vectors at the root of the repository. */
import { readFileSync } from "node:fs";

const root = new URL("../../../../vectors/", import.meta.url);

/**
 * The cases of one file, as the caller knows them to be shaped. They are read by `JSON.parse`, not
 * by the reader under test.
 */
export function vectorCases<T>(path: string): readonly (T & { readonly name: string })[] {
  const file = JSON.parse(readFileSync(new URL(path, root), "utf8")) as {
    readonly cases: readonly (T & { readonly name: string })[];
  };
  if (file.cases.length === 0) throw new Error(`no cases in ${path}`);
  return file.cases;
}
