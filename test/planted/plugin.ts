import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { applyPlant, checkout, chosenPlant, proveApplicable } from "./plant.ts";
import { plants } from "./plants.ts";

/**
 * Applies the plant HALTPOINT_PLANT names, both to what vitest loads and to what programs started
 * by a test load. Does nothing when the variable is unset.
 *
 * @throws Error while vitest reads its configuration, when the plant is unknown or does not fit.
 */
export function plantedBug(): Plugin {
  const plant = chosenPlant(plants);
  if (plant !== undefined) {
    proveApplicable(plant);
    const hook = new URL("./child-process.ts", import.meta.url).href;
    process.env["NODE_OPTIONS"] = `${process.env["NODE_OPTIONS"] ?? ""} --import=${hook}`.trim();
  }
  const isPlanted = (id: string): boolean =>
    plant !== undefined && id.split("?")[0] === join(checkout, plant.file);
  return {
    name: "planted-bug",
    enforce: "pre",
    // What vitest keeps between runs has no planted bug in it, and none is hidden by what it kept.
    configureVitest({ defineCacheKeyGenerator }) {
      defineCacheKeyGenerator(({ id }) => (isPlanted(id) ? false : undefined));
    },
    transform(code, id) {
      if (plant === undefined || !isPlanted(id)) return undefined;
      return { code: applyPlant(plant, code), map: null };
    },
  };
}
