import type { ReactNode } from "react";

/** What a walk over the record could not know and took for granted, a sentence each. */
export function Assumed({ assumed }: { readonly assumed: readonly string[] }): ReactNode {
  return (
    <details>
      <summary>What was taken for granted</summary>
      <ul className="assumed">
        {assumed.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </details>
  );
}
