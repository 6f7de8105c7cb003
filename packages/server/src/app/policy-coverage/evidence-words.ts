/** Why a request was taken for some kind of harm, for everybody: without anything of its arguments. */
import type { JsonPath } from "@haltpoint/protocol";
import type { Classification, Finding, Impact } from "../../domain/impact/model.ts";
import { hiddenPlaces, placeOf } from "../hidden-findings.ts";

/** From the first quotation mark to the last, so that a mark inside what is quoted ends nothing. */
const QUOTED = /“[^]*”|“[^]*$/;
const NAMED = "The tool is called ";
const WORD = /[a-z]{3}/i;

/**
 * INVARIANT: T28. Everybody may read coverage, so no sentence quotes a request; of a sensitive field it
 * says only that something was seen there.
 * @param openings the sensitive fields of the request
 */
export function evidenceWords(
  { findings }: Classification,
  impact: Impact,
  openings: readonly { readonly path: JsonPath }[],
): string {
  const own = findings.filter((finding) => finding.impact === impact);
  const best = own.find(({ confidence }) => confidence === "high") ?? own[0];
  if (best === undefined) return "";
  // The tool is what the request's context says of it.
  const place = best.path === null ? "context.tool" : placeOf(best.path);
  return hiddenPlaces(openings)(place) ? "seen in a sensitive field" : withoutQuotes(best);
}

function withoutQuotes({ path, evidence }: Finding): string {
  // The tool's name is shown anyway; its description is what the request's context says.
  if (path === null && evidence.startsWith(NAMED)) return evidence;
  const said = evidence.replace(QUOTED, "…").replace(/: ….?$/, "");
  const shown = WORD.test(said) ? said : "Something that was seen";
  return path === null ? shown : `${shown} (in its arguments)`;
}
