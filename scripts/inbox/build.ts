import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { InlineConfig, Plugin } from "vite";
import { isTest, listFiles } from "../check/source-files.ts";

/** Where the pages are, and where the server looks for them. */
export const pagesFolder = "packages/inbox/dist/pages";
const stampFile = "sources.sha256";
/** What the pages are made of; the lock file names the packages they contain. */
const sourceFolders = ["packages/inbox", "packages/protocol/src", "scripts/inbox"];
const lockFile = "package-lock.json";

/**
 * Builds the pages below `root` unless they are those of these very sources. Several processes may
 * do it at once: each builds beside, and the finished folder takes the place of the old one.
 */
export async function buildInbox(root: string): Promise<{ readonly isBuilt: boolean }> {
  const stamp = await stampOf(root);
  const target = join(root, pagesFolder);
  if ((await readStamp(target)) === stamp) return { isBuilt: false };
  const beside = join(root, "packages/inbox/dist", `building-${process.pid}`);
  await rm(beside, { recursive: true, force: true });
  try {
    await bundle(join(root, "packages/inbox"), beside);
    await compress(beside);
    await writeFile(join(beside, stampFile), stamp);
    await replace(target, beside);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return { isBuilt: true };
}

async function stampOf(root: string): Promise<string> {
  const files: string[] = existsSync(join(root, lockFile)) ? [lockFile] : [];
  for (const folder of sourceFolders) {
    if (!existsSync(join(root, folder))) continue;
    for (const file of await listFiles(join(root, folder))) {
      if (!isTest(file)) files.push(`${folder}/${file}`);
    }
  }
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(root, file)));
  return hash.digest("hex");
}

async function readStamp(target: string): Promise<string | null> {
  const file = join(target, stampFile);
  return existsSync(file) ? readFile(file, "utf8") : null;
}

/** @param plugins e.g. one that plants a bug in the sources. */
export async function bundle(
  root: string,
  outDir: string,
  plugins: readonly Plugin[] = [],
): Promise<void> {
  // Only here: most starts find the pages fresh and need no bundler.
  const { build } = await import("vite");
  // Who builds may itself be a test, and Vite takes its mode from there before any option.
  const { NODE_ENV: outer } = process.env;
  process.env["NODE_ENV"] = "production";
  try {
    await build(buildOptions(root, outDir, plugins));
  } finally {
    if (outer === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = outer;
  }
}

function buildOptions(root: string, outDir: string, plugins: readonly Plugin[]): InlineConfig {
  return {
    root,
    configFile: false,
    // Errors are thrown; warnings of a build nobody watches help nobody.
    logLevel: "error",
    build: {
      outDir,
      emptyOutDir: true,
      manifest: "manifest.json",
      target: "es2023",
      // Everything is a file of ours: the policy of the pages allows no `data:` script or font.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    plugins: [...plugins],
    oxc: { jsx: { runtime: "automatic" } },
  };
}

const compressed = /\.(html|js|css|svg)$/;

async function compress(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    compressed.test(file),
  );
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  for (const file of files) {
    const path = join(folder, file);
    const bytes = await readFile(path);
    await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
    await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
  }
}

async function replace(target: string, beside: string): Promise<void> {
  const old = `${beside}-old`;
  try {
    if (existsSync(target)) await rename(target, old);
    await rename(beside, target);
  } catch (error) {
    // Somebody else was quicker; theirs is of the same sources, or will be rebuilt.
    if (!existsSync(target)) throw error;
  }
  await rm(old, { recursive: true, force: true });
}
