/** Tells when a file's content has changed, however its editor saves it. */
import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Editors write in several steps; what is read in between is half a file. */
const SETTLE_MS = 50;

/**
 * Calls `onText` with the new content after each change, one at a time. The folder is watched, since
 * most editors replace the file. Returns a function that stops it.
 */
export function watchFile(
  file: string,
  from: string,
  onText: (text: string) => Promise<void>,
): () => void {
  let last = from;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null || text === last) return;
    last = text;
    await onText(text);
  };
  const watcher = watch(dirname(file), (_kind, name) => {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(look);
    }, SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
