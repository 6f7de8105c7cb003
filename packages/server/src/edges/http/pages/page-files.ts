/**
 * The built inbox, read into memory once: a request names a file of this list or none, so no path
 * that arrives is ever opened.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";

export interface PageFile {
  readonly contentType: string;
  readonly etag: string;
  /** Its name changes with its content, so that it may be kept for ever. */
  readonly immutable: boolean;
  readonly bytes: Buffer;
  /** Null where it was not compressed. */
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
}

export interface PageFiles {
  /** What every page begins with; the rest is found out in the browser. */
  readonly shell: PageFile;
  /** By the path of their address: `/assets/index-B2x.js`. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

const ASSETS = "assets";
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
};

/** Null where nothing was built there. */
export async function readPageFiles(folder: string): Promise<PageFiles | null> {
  const shell = join(folder, "index.html");
  if (!existsSync(shell)) return null;
  const assets = new Map<string, PageFile>();
  const names = existsSync(join(folder, ASSETS))
    ? await readdir(join(folder, ASSETS), { recursive: true })
    : [];
  for (const name of names) {
    const contentType = contentTypeOf(name);
    if (contentType === null) continue;
    const address = `/${ASSETS}/${name.split(sep).join("/")}`;
    assets.set(address, await readPageFile(join(folder, ASSETS, name), contentType, true));
  }
  return { shell: await readPageFile(shell, CONTENT_TYPES["html"] ?? "", false), assets };
}

function contentTypeOf(name: string): string | null {
  return CONTENT_TYPES[/\.([a-z]+)$/.exec(name)?.[1] ?? ""] ?? null;
}

async function readPageFile(
  path: string,
  contentType: string,
  immutable: boolean,
): Promise<PageFile> {
  const bytes = await readFile(path);
  const compressed = async (ending: string): Promise<Buffer | null> =>
    existsSync(path + ending) ? readFile(path + ending) : null;
  const [br, gzip] = [await compressed(".br"), await compressed(".gz")];
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { contentType, etag, immutable, bytes, br, gzip };
}
