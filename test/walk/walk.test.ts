/**
 * The exhaustive walk: every bounded world of `scenarios`, every command that could move a request,
 * from every state that can be reached; after each step the machine's answer is compared with the
 * specification, and the invariants I1–I8, I10–I13 and I15 are checked.
 */
import { describe, expect, it } from "vitest";
import { REFUSALS } from "../../packages/server/src/domain/request/refusal.ts";
import { TRANSITIONS } from "../../packages/server/src/domain/request/transitions.ts";
import { emptyCoverage, explore } from "./explore.ts";
import { SCENARIOS, widened } from "./scenarios.ts";

const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
/** The walk itself draws nothing; the seed is for the commands that are tried beside it. */
const seed = isCampaign ? Date.now() % 2 ** 31 : 20261122;
const drawsPerNode = isCampaign ? 100 : 6;

describe("the exhaustive walk", () => {
  const coverage = emptyCoverage();

  it.each(SCENARIOS)("keeps every invariant: $name", (scenario) => {
    const from = { nodes: coverage.nodes, steps: coverage.steps };
    const startedMs = performance.now();
    explore(isCampaign ? widened(scenario) : scenario, coverage, { drawsPerNode, seed });
    const nodes = coverage.nodes - from.nodes;
    const steps = coverage.steps - from.steps;
    const ms = Math.round(performance.now() - startedMs);
    console.log(`${scenario.name}: ${nodes} states, ${steps} steps, ${ms} ms`);
    expect(nodes).toBeGreaterThan(1);
  });

  it("meets every row of the table by every command that the row names", () => {
    const rows = TRANSITIONS.flatMap(({ from, event, to, by }) =>
      by.map((command) => `${from} ${event} ${to} ${command}`),
    );
    const missed = rows.filter((row) => !coverage.moves.has(row));
    console.log(
      `walk: ${coverage.nodes} states, ${coverage.steps} steps, seed ${seed}; ` +
        `transitions ${rows.length - missed.length} of ${rows.length}`,
    );
    expect(missed).toEqual([]);
  });

  it("meets every refusal of the table, and answers with the first that applies", () => {
    const codes = Object.entries(REFUSALS).flatMap(([command, each]) =>
      each.map((code) => `${command} ${code}`),
    );
    const missed = codes.filter((code) => !coverage.refusals.has(code));
    console.log(
      `walk: refusals ${codes.length - missed.length} of ${codes.length}; ${coverage.contested} steps ` +
        `with two reasons or more, ${coverage.precedences.size} precedences`,
    );
    expect(missed).toEqual([]);
    // Were few reasons met together, nothing would be known about their order.
    expect(coverage.precedences.size).toBeGreaterThan(200);
  });
});
