/**
 * The failure matrix: every commit and every network step of every story × (lost, done but its
 * answer lost, process killed) × restart, on a real server with a real store and the real guard.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { type Cell, nameOf, sliceOf } from "./cells.ts";
import { Matrix } from "./matrix.ts";
import { STORIES, type Story } from "./stories.ts";
import { Bench } from "./testing/bench.ts";
import { endChildren } from "./testing/child.ts";
import { type Installation, makeInstallation } from "./testing/installation.ts";

const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const seed = Number(
  process.env["HALTPOINT_SEED"] ?? (isCampaign ? Math.floor(Math.random() * 1e9) : 1),
);
const BENCHES = 3;
/** So many cells, each of another kind, outside the campaign. */
const SLICE = 30;
const TIMEOUT_MS = 60 * 60_000;

let installation: Installation;
beforeAll(async () => {
  installation = await makeInstallation();
  await (await Bench.open(installation)).close("stop");
});
afterAll(async () => {
  endChildren();
  await installation.remove();
});

describe("the failure matrix", () => {
  it(
    "does nothing twice, loses nothing approved, and leaves no caller without an answer (T24)",
    async () => {
      const startedAt = performance.now();
      const matrix = new Matrix(installation, BENCHES);
      const all = await matrix.enumerate(wantedStories());
      expect(matrix.broken.join("\n"), `seed ${seed}`).toBe("");
      const kinds = sliceOf(all, matrix.tookMs, new SeededRandom(seed));
      const cells = isCampaign ? all : kinds.slice(0, SLICE);
      await matrix.play(only(all, cells));
      await matrix.close();
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      const { totals } = matrix;
      console.log(
        `failure matrix: ${totals.cells} of ${all.length} cells, ${totals.serverKills} servers and ` +
          `${totals.agentKills} agents killed, ${totals.restarts} restarts, ${totals.effects} effects, ` +
          `${totals.indeterminate} indeterminate, ${seconds} s, seed ${seed}`,
      );
      expect(matrix.broken.join("\n"), `seed ${seed}`).toBe("");
      expect(matrix.missed.join("\n"), `seed ${seed}`).toBe("");
    },
    TIMEOUT_MS,
  );
});

/** HALTPOINT_STORIES, names between commas, leaves out the others. */
function wantedStories(): readonly Story[] {
  const wanted = process.env["HALTPOINT_STORIES"] ?? "";
  if (wanted === "") return STORIES;
  return wanted.split(",").map((name) => {
    const story = STORIES.find((each) => each.name === name);
    if (story === undefined) throw new Error(`HALTPOINT_STORIES names no story: \`${name}\``);
    return story;
  });
}

/** HALTPOINT_CELL, a regular expression, chooses cells by their names, to play some again. */
function only(all: readonly Cell[], slice: readonly Cell[]): readonly Cell[] {
  const wanted = process.env["HALTPOINT_CELL"] ?? "";
  if (wanted === "") return slice;
  const cells = all.filter((cell) => new RegExp(wanted).test(nameOf(cell)));
  if (cells.length === 0) throw new Error(`HALTPOINT_CELL names no cell: \`${wanted}\``);
  return cells;
}
