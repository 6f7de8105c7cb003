/**
 * Pages with a planted bug in them, bundled into a folder of their own: the built pages are shared by
 * all runs. The server under test serves the sound ones, and the browser is given these in their place.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../scripts/inbox/build.ts";
import { checkout, chosenPlant } from "../../planted/plant.ts";
import { plants } from "../../planted/plants.ts";
import { plantedBug } from "../../planted/plugin.ts";

export interface PlantedPages {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Null where this run's plant, if any, is in no page. */
export async function buildPlantedPages(): Promise<PlantedPages | null> {
  const plant = chosenPlant(plants);
  if (plant === undefined || !plant.file.startsWith("packages/inbox/")) return null;
  const folder = await mkdtemp(join(tmpdir(), "haltpoint-planted-pages-"));
  await bundle(join(checkout, "packages/inbox"), folder, [plantedBug()]);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
