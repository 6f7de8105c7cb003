/** The whole log, in order: well-formed, without gaps, and every step one that may be. */
import { sha256Base64url } from "@haltpoint/protocol";
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import type { Variant } from "../policy-variant.ts";
import { applyToHold } from "./hold-rules.ts";
import { KnownRequest, type KnownRun } from "./known-request.ts";
import { isEnded, isLegalMove } from "./legal-moves.ts";
import { textIn } from "./recorded.ts";
import { applyToRun } from "./run-rules.ts";
import { Standing } from "./standing.ts";
import { must } from "./violation.ts";

export interface Walked {
  readonly requests: ReadonlyMap<string, KnownRequest>;
  /** By attempt hash. */
  readonly runs: ReadonlyMap<string, KnownRun>;
  readonly standing: Standing;
}

/** @throws Violation for the first entry that must not be there. */
export function walkLedger(
  entries: readonly SealedEntry[],
  variants: ReadonlyMap<string, Variant>,
): Walked {
  const standing = new Standing(variants);
  const requests = new Map<string, KnownRequest>();
  const sequences = new Map<string, number>();
  for (const [at, entry] of entries.entries()) {
    wellFormed(entry, at, sequences);
    if (entry.stream === "system") {
      standing.apply(entry);
      for (const request of requests.values()) request.noteHalts(entry.logIndex);
      continue;
    }
    const request = requests.get(entry.stream) ?? new KnownRequest(entry.stream, standing);
    requests.set(entry.stream, request);
    if (entry.kind !== "refused") step(request, entry);
  }
  const runs = [...requests.values()].flatMap((request) => request.runs);
  return { requests, standing, runs: new Map(runs.map((run) => [run.attemptHash, run])) };
}

/** INVARIANT: I8. No gaps, and what is hashed is what is read. */
function wellFormed(entry: SealedEntry, at: number, sequences: Map<string, number>): void {
  const { stream, sequence, logIndex, canonical, hash } = entry;
  must(logIndex === at + 1, "I8", `the log has a gap before ${logIndex}`);
  const last = sequences.get(stream) ?? 0;
  must(sequence === last + 1, "I8", `${stream} goes from ${last} to ${sequence}`);
  sequences.set(stream, sequence);
  must(sha256Base64url(canonical) === hash, "I8", `entry ${logIndex} does not have its hash`);
}

function step(request: KnownRequest, entry: SealedEntry): void {
  const { kind, at, actor, logIndex } = entry;
  const to = textIn(entry.data, "to");
  const from = request.status;
  const move = `${from} ${kind} ${to}`;
  request.must(isLegalMove(from, kind, to), isEnded(from) ? "I6" : "I8", entry, move);
  request.must(at >= request.changedAt, "I7", entry, "time goes back");
  // INVARIANT: I5. No timer moves anything into approved or running.
  const authorises = to !== from && ["approved", "running", "released"].includes(to);
  request.must(!(authorises && actor === "clock"), "I5", entry, "silence authorised it");
  if (from === "none" || from === "held") applyToHold(request, entry, to);
  applyToRun(request, entry, to);
  request.changedAt = at;
  request.status = to;
  if (to !== from) request.history.push({ status: to, by: decidedBy(entry), at, logIndex });
}

/** Who is answerable for a step: whom anybody that comes later is told of. */
function decidedBy({ kind, actor, data }: SealedEntry): string {
  if (kind === "submitted" || kind === "denied") return "policy";
  const { halt } = data;
  return actor === "clock" && typeof halt === "string" ? `halt:${halt}` : actor;
}
