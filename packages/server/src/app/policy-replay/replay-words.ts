/** A replay in sentences, for the card of a proposal. */
import {
  changeWords,
  ruleWords,
  workWords,
  type DisposedAs,
  type ReplayView,
} from "@haltpoint/protocol";

/** Times as UTC: what is bound to a digest reads the same everywhere. */
export function replaySentences(view: ReplayView): readonly string[] {
  const { since, until, recorded, judged, before, after } = view;
  const of = judged === recorded ? "" : `, of which the latest ${judged} were judged`;
  const side = (as: DisposedAs): string => `${as} ${before[as]} before, ${after[as]} with it`;
  return [
    `${utc(since)} to ${utc(until)} UTC: ${recorded} requests on record${of}`,
    ...(judged === 0 ? [] : [(["allowed", "held", "denied"] as const).map(side).join("; ")]),
    ...view.changes.map((change) => `${changeWords(change)}, ${ruleWords(change)}`),
    ...(judged === 0 ? [] : workWords(view)),
  ];
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
