/**
 * P2: hold → decide → the waiting caller resumes → redeem → outcome, every step durable, at 1 and 32
 * at once, in process and over HTTP, beside LangGraph's interrupt as shipped and with a durable
 * database. The bars are against the durable one: the other may lose what it has answered.
 */
import { startContestant, type Contestant, type Done } from "../measure/contestant.ts";
import { median, quantile, rounded } from "../measure/figures.ts";
import { ratioCase, valueCase, type Bar, type CaseLine } from "../measure/case-line.ts";
import { effort, inRounds, perSecond, ratios } from "../measure/rounds.ts";

const FULL = "LangGraph, SQLite saver, synchronous=FULL";
const SHIPPED = "LangGraph, SQLite saver, as shipped (NORMAL)";

const BARS: Readonly<Record<string, Readonly<Record<number, Bar>>>> = {
  "in process": { 1: { at: "least", value: 3 }, 32: { at: "least", value: 8 } },
  "over HTTP": { 1: { at: "least", value: 1 }, 32: { at: "least", value: 3 } },
};

export async function* p2(): AsyncGenerator<CaseLine> {
  const contestants: Contestant[] = [];
  const enter = async (name: string, file: string, args: readonly string[]) => {
    contestants.push(await startContestant(name, file, args));
  };
  try {
    await enter("in process", "haltpoint/in-process.ts", []);
    await enter("over HTTP", "haltpoint/over-http.ts", []);
    await enter(FULL, "peers/langgraph.ts", ["full"]);
    await enter(SHIPPED, "peers/langgraph.ts", ["as-shipped"]);
    for (const concurrency of [1, 32]) {
      const done = await inRounds(contestants, concurrency, effort());
      for (const ours of ["in process", "over HTTP"]) yield* rates(done, ours, concurrency);
      if (concurrency === 1)
        for (const ours of ["in process", "over HTTP"]) yield* wakes(done, ours);
    }
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

function* rates(
  done: ReadonlyMap<string, readonly Done[]>,
  ours: string,
  concurrency: number,
): Generator<CaseLine> {
  const of = (name: string) => (done.get(name) ?? []).map(perSecond);
  for (const peer of [FULL, SHIPPED]) {
    yield ratioCase(
      { bench: "P2", case: `${ours}, ${concurrency} at once`, against: peer },
      ratios(of(ours), of(peer)),
      peer === FULL ? (BARS[ours]?.[concurrency] ?? null) : null,
      { haltpoint_per_s: rounded(median(of(ours))), peer_per_s: rounded(median(of(peer))) },
    );
  }
}

/** From sending the approval until the waiting caller has the arguments in hand. */
function* wakes(done: ReadonlyMap<string, readonly Done[]>, ours: string): Generator<CaseLine> {
  const of = (name: string, share: number) =>
    (done.get(name) ?? []).map(({ latenciesMs }) => quantile(latenciesMs["wake"] ?? [], share));
  for (const [name, share, value] of [
    ["p50", 0.5, 3],
    ["p99", 0.99, 25],
  ] as const) {
    yield valueCase(
      { bench: "P2", case: `${ours}, wake ${name} in ms, 1 at once`, against: "the bar" },
      of(ours, share),
      { at: "most", value, unit: "ms" },
      { langgraph_full_ms: rounded(median(of(FULL, share))) },
    );
  }
}
