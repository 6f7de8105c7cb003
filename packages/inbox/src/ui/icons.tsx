import type { ReactNode } from "react";

/** Drawn on a grid of 16, in the colour of the text beside them. Always next to a word. */
const PATHS = {
  inbox: "M2 9.5 3.8 3h8.4L14 9.5V13H2zm0 0h3.4a2.6 2.6 0 0 0 5.2 0H14",
  running: "M4.5 3v10l8-5z",
  history: "M8 4.6V8l2.4 1.6M2.4 8a5.6 5.6 0 1 0 1.7-4L2.4 5.6m0-3v3h3",
  identities:
    "M8 7.4a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6M3.2 13.2c.3-2.4 2.2-3.8 4.8-3.8s4.5 1.4 4.8 3.8",
  policies: "M4 2h5.6L12.5 5v9H4zM9.4 2v3.2h3.1M6 8h4.4M6 10.8h4.4",
  analytics: "M2.5 13.5h11M4 11V8M8 11V3M12 11V6",
  you: "M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12M8 8.6a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8M4.4 12.6c.5-1.4 1.9-2.2 3.6-2.2s3.1.8 3.6 2.2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark-shape" d="M10.2 2h11.6L30 10.2v11.6L21.8 30H10.2L2 21.8V10.2z" />
      <path className="mark-bars" d="M12 10v12M20 10v12" />
    </svg>
  );
}
