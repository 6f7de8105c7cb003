/** P1: the allow path over HTTP, submit and redeem in one call, against the floor of this stack. */
import { dirname, join } from "node:path";
import { startContestant } from "../measure/contestant.ts";
import { newDataFile } from "../measure/data-file.ts";
import { median, quantile, rounded } from "../measure/figures.ts";
import { ratioCase, type CaseLine } from "../measure/case-line.ts";
import { effort, inRounds, perSecond, ratios } from "../measure/rounds.ts";
import type { Done } from "../measure/contestant.ts";

const AGAINST = "the same handler with one group-committed insert of the same bytes";

export async function* p1(): AsyncGenerator<CaseLine> {
  const sampleFile = join(dirname(newDataFile("sample")), "sample.json");
  const ours = await startContestant("haltpoint", "allow-path/haltpoint.ts", [sampleFile]);
  const floor = await startContestant("floor", "allow-path/floor.ts", [sampleFile]);
  const contestants = [ours, floor];
  try {
    const many = await inRounds(contestants, 32, effort());
    const rates = (name: string) => (many.get(name) ?? []).map(perSecond);
    yield ratioCase(
      { bench: "P1", case: "32 connections, calls a second", against: AGAINST },
      ratios(rates("haltpoint"), rates("floor")),
      { at: "least", value: 0.6 },
      {
        haltpoint_per_s: rounded(median(rates("haltpoint"))),
        floor_per_s: rounded(median(rates("floor"))),
      },
    );
    const one = await inRounds(contestants, 1, effort());
    const p50s = (name: string) => (one.get(name) ?? []).map(p50);
    yield ratioCase(
      { bench: "P1", case: "1 connection, p50", against: AGAINST },
      ratios(p50s("haltpoint"), p50s("floor")),
      { at: "most", value: 1.5 },
      {
        haltpoint_p50_ms: rounded(median(p50s("haltpoint"))),
        floor_p50_ms: rounded(median(p50s("floor"))),
      },
    );
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

function p50({ latenciesMs }: Done): number {
  return quantile(latenciesMs["answer"] ?? [], 0.5);
}
