/** What the classifier sees, for the card. */
import type { CardImpact } from "@haltpoint/protocol";
import { classificationOf } from "../../domain/impact/classification.ts";
import type { RequestState } from "../../domain/request/model.ts";
import type { App } from "../app.ts";
import { hiddenPlaces, placeOf } from "../hidden-findings.ts";
import type { Content } from "../known-content.ts";

/** INVARIANT: T28. A finding in a sensitive field says that there is one, and not what it read. */
export function impactOf(app: App, state: RequestState, content: Content): CardImpact {
  const { organisation } = app;
  const { assurance } = state;
  const found = classificationOf({ revision: content.plain, assurance, organisation });
  const isHidden = hiddenPlaces(content.openings);
  return {
    categories: found.impacts,
    access: found.access,
    findings: found.findings.map(({ impact, confidence, path, evidence }) => {
      const at = path === null ? null : placeOf(path);
      const shown = at !== null && isHidden(at) ? "seen in a sensitive field" : evidence;
      return { category: impact, confidence, path: at, evidence: shown };
    }),
    outside: content.openings.length === 0 ? found.outside : [],
    from_results: found.fromResults.map(placeOf),
  };
}
