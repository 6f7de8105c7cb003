import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pagesFolder } from "./build.ts";

/** The page whose first load is held to the limit. */
const page = "src/pages/inbox/inbox-page.tsx";
const entry = "index.html";

type Manifest = Readonly<
  Record<string, { readonly file: string; readonly imports?: readonly string[] }>
>;

/** The scripts that /inbox loads before it can be read, and their size together in gzip bytes. */
export async function firstLoad(
  root: string,
): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  const folder = join(root, pagesFolder);
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Manifest;
  const files = new Set<string>();
  const follow = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const imported of chunk.imports ?? []) follow(imported);
  };
  follow(entry);
  follow(page);
  let bytes = 0;
  for (const file of files)
    bytes += gzipSync(await readFile(join(folder, file)), { level: 9 }).length;
  return { files: [...files], bytes };
}
