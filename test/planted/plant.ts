import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A bug on purpose: `find` becomes `replace` in `file` while `tests` run, and one of their
 * assertions has to fail. It shows that the tests hold the invariant, not merely mention it.
 */
export type Plant = {
  /** Kebab-case, unique; the value of HALTPOINT_PLANT. */
  readonly name: string;
  /** The source to break, relative to the checkout. */
  readonly file: string;
  /** Text that occurs exactly once in `file`. */
  readonly find: string;
  readonly replace: string;
  /** Test files, relative to the checkout, that must notice. */
  readonly tests: readonly string[];
  /** The stories of the failure matrix in which it shows; the others are not played. */
  readonly stories?: readonly string[];
  /** A regular expression: the cells of the failure matrix in which it shows; the others are not played. */
  readonly cells?: string;
  /** What is lost with this bug: I1–I16, T1–T40 or a few words. */
  readonly invariant: string;
};

/** The variable that names the plant to be applied in a run. */
export const plantVariable = "HALTPOINT_PLANT";

export const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** @throws Error when `find` does not occur exactly once: the plant no longer fits the source. */
export function applyPlant(plant: Plant, source: string): string {
  const occurrences = source.split(plant.find).length - 1;
  if (occurrences !== 1) {
    throw new Error(
      `plant \`${plant.name}\`: its \`find\` occurs ${occurrences} times in \`${plant.file}\`, not once`,
    );
  }
  if (plant.find === plant.replace) throw new Error(`plant \`${plant.name}\` changes nothing`);
  // A function, since `$&` in a replacement text has a meaning of its own.
  return source.replace(plant.find, () => plant.replace);
}

/** @throws Error when the source is absent or the plant does not fit it. */
export function proveApplicable(plant: Plant): void {
  applyPlant(plant, readFileSync(join(checkout, plant.file), "utf8"));
}

/** The plant HALTPOINT_PLANT names, or undefined when it is unset. @throws Error for a wrong name. */
export function chosenPlant(plants: readonly Plant[]): Plant | undefined {
  const name = process.env[plantVariable];
  if (name === undefined || name === "") return undefined;
  const plant = plants.find((candidate) => candidate.name === name);
  if (plant === undefined) throw new Error(`${plantVariable} names no plant: \`${name}\``);
  return plant;
}
