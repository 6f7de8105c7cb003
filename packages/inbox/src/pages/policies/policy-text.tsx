import type { ReactNode } from "react";

/** The text with numbered lines; the numbers are not part of what is selected and copied. */
export function PolicyText({
  text,
  label = "Text of the policy",
}: {
  readonly text: string;
  readonly label?: string;
}): ReactNode {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    // Focusable, so that a keyboard can scroll it.
    <div className="policy-text" tabIndex={0} role="region" aria-label={label}>
      <ol dir="ltr">
        {lines.map((line, index) => (
          <li key={index}>
            <code>{line === "" ? " " : line}</code>
          </li>
        ))}
      </ol>
    </div>
  );
}
