import type { ReactNode } from "react";

/** A few figures with their names. */
export function Numbers({
  of,
}: {
  readonly of: readonly { readonly name: string; readonly value: ReactNode }[];
}): ReactNode {
  return (
    <dl className="numbers">
      {of.map(({ name, value }) => (
        <div key={name} className="number-tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}
