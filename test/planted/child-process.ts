import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { applyPlant, checkout, chosenPlant } from "./plant.ts";
import { plants } from "./plants.ts";

/**
 * Loaded by `node --import` into the programs a test starts, such as the server: these read their
 * sources without vitest, so the plant is applied by a hook of Node's loader.
 */
const plant = chosenPlant(plants);
if (plant !== undefined) {
  const url = pathToFileURL(join(checkout, plant.file)).href;
  registerHooks({
    load(loadedUrl, context, nextLoad) {
      const loaded = nextLoad(loadedUrl, context);
      if (loadedUrl !== url) return loaded;
      if (loaded.source === undefined) throw new Error(`no source for \`${plant.file}\``);
      const source = Buffer.from(loaded.source as Uint8Array).toString("utf8");
      return { ...loaded, source: applyPlant(plant, source) };
    },
  });
}
