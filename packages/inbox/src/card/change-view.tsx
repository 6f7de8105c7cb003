import type { FieldChange } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import type { Schema } from "../rendering/schema.ts";
import { shownChange, type TextParts } from "../rendering/shown-change.ts";
import type { Shown } from "../rendering/shown-value.ts";
import { ValueView } from "./value-view.tsx";
import { Pieces, Suspicions } from "./visible-text.tsx";

/** What changed, field by field: both values whole, and what differs marked in each. */
export function Changes({
  changes,
  schema,
}: {
  readonly changes: readonly FieldChange[];
  readonly schema: Schema;
}): ReactNode {
  return (
    <dl className="changes">
      {changes.map((change) => {
        const { path, from, to, parts } = shownChange(change, schema);
        return (
          <div key={change.path} className="change">
            <dt>
              <Pieces pieces={path} />
            </dt>
            <dd className="was">
              <span className="side">was</span>
              <Side shown={from} parts={parts?.from ?? null} mark="del" />
            </dd>
            <dd className="is">
              <span className="side">is</span>
              <Side shown={to} parts={parts?.to ?? null} mark="ins" />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Side({
  shown,
  parts,
  mark: Mark,
}: {
  readonly shown: Shown | null;
  readonly parts: TextParts | null;
  readonly mark: "ins" | "del";
}): ReactNode {
  if (shown === null) return <span className="literal">(not there)</span>;
  if (parts === null) return <ValueView shown={shown} />;
  const reading = shown.kind === "text" ? shown.reading : null;
  return (
    <span className="value">
      {reading === null ? null : (
        <>
          <span className="reading">{reading.text}</span>{" "}
          <span className="as-sent">as sent:</span>{" "}
        </>
      )}
      <span className="marked">
        <Pieces pieces={parts.before} />
        {parts.middle.length === 0 ? null : (
          <Mark>
            <Pieces pieces={parts.middle} />
          </Mark>
        )}
        <Pieces pieces={parts.after} />
      </span>
      {shown.kind === "text" ? <Suspicions found={shown.suspicions} /> : null}
    </span>
  );
}
