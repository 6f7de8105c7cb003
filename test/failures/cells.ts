/** The cells of the matrix: where, and what goes wrong there. */
import type { SeededRandom } from "../simulation/seeded-random.ts";
import type { CommitFault } from "./testing/messages.ts";

/** A place in a story at which something can go wrong, found by playing it once without faults. */
export interface Step {
  /** Whose network, the store's COMMIT, or the effect itself. */
  readonly side: "agent" | "people" | "commit" | "effect";
  /** `redeem`, `reviews`; of a commit the kinds of its entries. */
  readonly verb: string;
  /** Which one of its side and verb within the story, from 1. */
  readonly nth: number;
}

const NETWORK = [
  "request_lost",
  "answer_lost",
  "answer_cut",
  "server_killed_before",
  "server_killed_after",
] as const;
const AGENT = ["agent_killed_before", "agent_killed_after"] as const;
const COMMIT: readonly CommitFault[] = ["fails", "done_but_fails", "killed_before", "killed_after"];
const EFFECT = ["answer_lost", "agent_killed_after", "server_killed_after"] as const;

export type Fault =
  (typeof NETWORK)[number] | (typeof AGENT)[number] | CommitFault | (typeof EFFECT)[number];

export interface Cell {
  readonly story: string;
  readonly step: Step;
  readonly fault: Fault;
}

/** What came of playing a story without faults. */
export interface Played {
  readonly story: string;
  readonly tookMs: number;
  readonly steps: readonly (Step & { readonly isAnswered: boolean })[];
}

export function cellsOf({ story, steps }: Played): readonly Cell[] {
  return steps.flatMap(({ isAnswered, ...step }) =>
    faultsAt(step)
      .filter((fault) => isAnswered || !fault.startsWith("answer") || step.side === "effect")
      .filter((fault) => isAnswered || !fault.endsWith("after") || step.side === "effect")
      .map((fault) => ({ story, step, fault })),
  );
}

function faultsAt({ side }: Step): readonly Fault[] {
  switch (side) {
    case "agent":
      return [...NETWORK, ...AGENT];
    case "people":
      return NETWORK;
    case "commit":
      return COMMIT;
    case "effect":
      return EFFECT;
  }
}

/** What people send is of few kinds. */
const PEOPLE_SEND: Readonly<Record<string, string>> = {
  look: "look",
  "get identities": "look",
  "post halts": "halt",
  "delete halts": "halt",
  "post policies": "policy",
  "post identities": "registry",
  "post identities keys": "registry",
  "delete identities keys": "registry",
};

const ASKS_ONLY: ReadonlySet<string> = new Set(["look", "wait", "heartbeat"]);
const REGISTRY = /^(identity|credential|key)_/;

/**
 * Every commit is a kind of its own, but those of the registry, which are written alike. A server
 * that ends while a person asks, or where nothing is written, ends around no other commits than
 * those counted anyway.
 */
function kindOf({ step: { side, verb }, fault }: Cell): string {
  const isKilled = fault.startsWith("server_killed");
  if (side === "people") {
    return `people ${isKilled ? "anything" : (PEOPLE_SEND[verb] ?? "decision")}, ${fault}`;
  }
  if (side === "agent" && isKilled && ASKS_ONLY.has(verb)) return `agent asks, ${fault}`;
  return `${side} ${REGISTRY.test(verb) ? "registry" : verb}, ${fault}`;
}

/** What is as good in a shorter story is played there. */
const LONGER = 1.5;

/** For each kind of step and each fault one of its cells, chosen by a seed, in any order. */
export function sliceOf(
  cells: readonly Cell[],
  tookMs: ReadonlyMap<string, number>,
  random: SeededRandom,
): readonly Cell[] {
  const kinds = new Map<string, Cell[]>();
  for (const cell of cells) {
    const kind = kindOf(cell);
    kinds.set(kind, [...(kinds.get(kind) ?? []), cell]);
  }
  const timeOf = ({ story }: Cell): number => tookMs.get(story) ?? 0;
  const chosen = [...kinds.values()].map((same) => {
    const shortestMs = Math.min(...same.map(timeOf));
    return random.pick(same.filter((cell) => timeOf(cell) <= shortestMs * LONGER));
  });
  return shuffled(chosen, random);
}

function shuffled(cells: readonly Cell[], random: SeededRandom): readonly Cell[] {
  const rest = [...cells];
  return cells.flatMap(() => rest.splice(random.below(rest.length), 1));
}

export function nameOf({ story, step, fault }: Cell): string {
  return `${story}: ${step.side} ${step.verb} ${step.nth}, ${fault}`;
}
