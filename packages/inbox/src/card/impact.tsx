import type { Card } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { SectionTitle } from "./section-title.tsx";
import { ServerText, VisibleText } from "./visible-text.tsx";

const KINDS: Readonly<Record<string, string>> = {
  destruction: "destroys something",
  privilege_change: "changes who may do what",
  secret_access: "reads or changes a secret",
  spend: "spends money",
  data_release: "lets data out",
  external_communication: "writes to somebody outside",
  code_execution: "runs code",
};

/** What the classifier takes the call for, and what that rests on. Nothing where it sees no harm. */
export function Impact({ card }: { readonly card: Card }): ReactNode {
  const { impact } = card;
  if (impact === null || impact.findings.length + impact.from_results.length === 0) return null;
  return (
    <section className="card-part" aria-labelledby="card-impact">
      <SectionTitle id="card-impact">What it could do</SectionTitle>
      <ul className="effects">
        {impact.categories.map((category) => (
          <li key={category} data-tone="warn">
            {sureWords(card, category)} {KINDS[category] ?? <ServerText text={category} />}
            <ul className="matched">
              {impact.findings
                .filter((finding) => finding.category === category)
                .map(({ path, evidence }) => (
                  <li key={`${path} ${evidence}`}>
                    <ServerText text={evidence} />
                    {path === null ? null : (
                      <>
                        {" "}
                        (
                        <code>
                          <VisibleText text={path} />
                        </code>
                        )
                      </>
                    )}
                  </li>
                ))}
            </ul>
          </li>
        ))}
        {impact.from_results.map((path) => (
          <li key={path} data-tone="warn">
            <code>
              <VisibleText text={path} />
            </code>{" "}
            first appeared in what a tool returned, not in what the person asked.
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `It`, or `It may be that it` where nothing that was seen is certain. */
function sureWords({ impact }: Card, category: string): string {
  const isSure = impact?.findings.some(
    (finding) => finding.category === category && finding.confidence === "high",
  );
  return isSure === true ? "It" : "It may be that it";
}
