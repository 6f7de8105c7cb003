import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/**
 * Folders that hold nothing of ours: installed, built or written by a run. And `bench`, whose packages
 * come with its own manifest, so that after `npm ci` its imports cannot be read.
 */
const foreignFolders: ReadonlySet<string> = new Set([
  ".git",
  ".haltpoint",
  ".planted",
  "bench",
  "coverage",
  "dist",
  "node_modules",
  "reports",
]);

/** Every file of the tree below `root`, relative to it and sorted, without foreign folders. */
export async function listFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!foreignFolders.has(entry.name)) await walk(path);
      } else if (entry.isFile()) {
        found.push(relative(root, path).split(sep).join("/"));
      }
    }
  };
  await walk(root);
  return found.sort();
}

const sourceFolders = ["packages/", "test/", "examples/", "scripts/"];

/** The folders the tools are pointed at, as far as they exist among `files`. */
export function presentSourceFolders(files: readonly string[]): readonly string[] {
  return sourceFolders.filter((folder) => files.some((file) => file.startsWith(folder)));
}

/** TypeScript sources, tests included. */
export function isTypeScript(file: string): boolean {
  return /\.tsx?$/.test(file) && !file.endsWith(".d.ts");
}

export function isTest(file: string): boolean {
  return file.endsWith(".test.ts");
}

/** What runs partly inside a page, so that it has a browser's types beside Node's. */
export function isBrowserTest(file: string): boolean {
  return file.startsWith("test/browser/");
}

/** The inbox, whose program is of its own: it runs in browsers. */
export function isPageSource(file: string): boolean {
  return file.startsWith("packages/inbox/") && isTypeScript(file);
}

/** Code that must stay pure: the protocol and the domain, without their tests. */
export function isPureSource(file: string): boolean {
  const pure =
    file.startsWith("packages/protocol/src/") || file.startsWith("packages/server/src/domain/");
  return pure && isTypeScript(file) && !isTest(file) && !file.includes("/testing/");
}
