/**
 * P4: one policy decision at 20, 500 and 5,000 rules over 200 actions. Before anything is timed, all
 * contestants decide every request and must agree on the effect and on the rules it comes from.
 */
import { cedarWasm } from "../policy-decision/cedar.ts";
import type { Decider } from "../policy-decision/decider.ts";
import { nativeClosures } from "../policy-decision/native.ts";
import { haltpoint } from "../policy-decision/ours.ts";
import { requests, rulesOf } from "../policy-decision/rules.ts";
import { ratioCase, type CaseLine } from "../measure/case-line.ts";
import { median, rounded } from "../measure/figures.ts";
import { effort, ratios } from "../measure/rounds.ts";

const SIZES = [
  { size: 20, spread: "teams", name: "20 rules" },
  { size: 500, spread: "teams", name: "500 rules" },
  { size: 5_000, spread: "teams", name: "5000 rules" },
  { size: 5_000, spread: "everybody", name: "5000 rules, each asking everybody" },
] as const;
/** Enough decisions for the clock, few enough for the slowest of them. */
const TIMED_US = 150_000;

export async function* p4(): AsyncGenerator<CaseLine> {
  const asked = requests();
  const contestants = SIZES.map(({ size, spread, name }) => {
    const rules = rulesOf(size, spread);
    const deciders = [
      haltpoint(rules, asked),
      cedarWasm(rules, asked),
      nativeClosures(rules, asked),
    ];
    return { name, deciders, applying: agreedRules(deciders, asked.length) };
  });
  const { rounds } = effort();
  const times = new Map<string, number[]>();
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, deciders } of contestants) {
      for (let place = 0; place < deciders.length; place += 1) {
        const decider = deciders[(place + round + 1) % deciders.length];
        if (decider === undefined) continue;
        const us = microsecondsEach(decider, asked.length);
        if (round < 0) continue;
        const key = `${decider.name}, ${name}`;
        times.set(key, [...(times.get(key) ?? []), us]);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const of = (decider: string, name: string): readonly number[] =>
    times.get(`${decider}, ${name}`) ?? [];
  for (const { name, applying } of contestants) {
    const us = (decider: string): number => rounded(median(of(decider, name)));
    const figures = {
      haltpoint_us: us("haltpoint"),
      cedar_us: us("cedar"),
      native_us: us("native closures"),
      requests: asked.length,
      rules_deciding_each: rounded(applying),
    };
    const about = { bench: "P4", case: name };
    yield ratioCase(
      { ...about, against: "Cedar WASM, preparsed: times faster" },
      ratios(of("cedar", name), of("haltpoint", name)),
      name === "500 rules" ? { at: "least", value: 20 } : null,
      figures,
    );
    yield ratioCase(
      { ...about, against: "native closures: share of the ceiling" },
      ratios(of("native closures", name), of("haltpoint", name)),
      null,
      figures,
    );
  }
  for (const name of ["5000 rules", "5000 rules, each asking everybody"]) {
    yield ratioCase(
      { bench: "P4", case: name, against: "itself at 20 rules: time" },
      ratios(of("haltpoint", name), of("haltpoint", "20 rules")),
      { at: "most", value: 2 },
      { haltpoint_us: rounded(median(of("haltpoint", name))) },
    );
  }
}

/** All must say the same of every request. @returns how many rules a decision comes from. */
function agreedRules(deciders: readonly Decider[], count: number): number {
  let rules = 0;
  for (let number = 0; number < count; number += 1) {
    const verdicts = deciders.map((decider) => decider.verdict(number));
    const texts = verdicts.map((verdict) => JSON.stringify(verdict));
    if (new Set(texts).size > 1) {
      const said = deciders.map(({ name }, index) => `${name}: ${texts[index] ?? ""}`).join("\n");
      throw new Error(`the contestants disagree about request ${number}:\n${said}`);
    }
    rules += verdicts[0]?.rules.length ?? 0;
  }
  return rules / count;
}

/** Processor time, which does not count when others have the processor. */
function microsecondsEach(decider: Decider, count: number): number {
  const before = process.cpuUsage();
  let decided = 0;
  let usedUs = 0;
  while (usedUs < TIMED_US) {
    for (let number = 0; number < count; number += 1) decider.decide(number);
    decided += count;
    const { user, system } = process.cpuUsage(before);
    usedUs = user + system;
  }
  return usedUs / decided;
}
