import { describe, expect, it } from "vitest";
import { chosenPlant, proveApplicable } from "./plant.ts";
import { plants } from "./plants.ts";

// Where code moves, its plant moves along: seen here at once, and not only when the plant is run.
describe.skipIf(chosenPlant(plants) !== undefined)("planted bugs", () => {
  it.each(plants.map((plant) => [plant.name, plant] as const))(
    "%s fits the source that it breaks",
    (_name, plant) => {
      expect(() => proveApplicable(plant)).not.toThrow();
    },
  );
});
