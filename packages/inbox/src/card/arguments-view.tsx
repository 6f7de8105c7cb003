import type { Revision } from "@haltpoint/protocol";
import { useMemo, type ReactNode } from "react";
import type { Schema } from "../rendering/schema.ts";
import { shownValue } from "../rendering/shown-value.ts";
import { SectionTitle } from "./section-title.tsx";
import { Fields, ValueView } from "./value-view.tsx";
import { VisibleText } from "./visible-text.tsx";

/** Exactly what would run: from the canonical bytes, nothing left out. */
export function Arguments({
  content,
  schema,
  isOver,
}: {
  readonly content: Revision;
  readonly schema: Schema;
  /** It has ended: nothing of it would run any more. */
  readonly isOver: boolean;
}): ReactNode {
  const { action, resource } = content;
  const shown = useMemo(
    () => shownValue(action.properties ?? {}, schema),
    [action.properties, schema],
  );
  const resourceProperties = useMemo(
    () => (resource.properties === undefined ? null : shownValue(resource.properties)),
    [resource.properties],
  );
  return (
    <section className="card-part" aria-labelledby="card-arguments">
      <SectionTitle id="card-arguments">
        {isOver ? "What was asked" : "What would run"}
      </SectionTitle>
      <dl className="fields named">
        <div className="member">
          <dt>action</dt>
          <dd>
            <code>
              <VisibleText text={action.name} />
            </code>
          </dd>
        </div>
        <div className="member">
          <dt>on</dt>
          <dd>
            <VisibleText text={resource.type} /> <ValueView shown={shownValue(resource.id)} />
          </dd>
        </div>
        {resourceProperties === null ? null : (
          <div className="member">
            <dt>about it, as claimed</dt>
            <dd>
              <ValueView shown={resourceProperties} />
            </dd>
          </div>
        )}
      </dl>
      {shown.kind === "object" && shown.members.length === 0 ? (
        <p className="hint">It takes no arguments.</p>
      ) : null}
      <div className="arguments">
        {shown.kind === "object" ? <Fields shown={shown} /> : <ValueView shown={shown} />}
      </div>
    </section>
  );
}

/** The agent's own words, fenced: claims about the world and about why. Nobody checked them. */
export function AgentSays({ content }: { readonly content: Revision }): ReactNode {
  const { subject, context } = content;
  const claims = useMemo(
    () =>
      shownValue({
        ...context,
        ...(subject.properties === undefined ? {} : { "about itself": subject.properties }),
      }),
    [context, subject.properties],
  );
  if (claims.kind !== "object" || claims.members.length === 0) return null;
  return (
    <section className="card-part agent-says" aria-labelledby="card-says">
      <SectionTitle id="card-says">The agent says — unverified</SectionTitle>
      <Fields shown={claims} />
    </section>
  );
}
