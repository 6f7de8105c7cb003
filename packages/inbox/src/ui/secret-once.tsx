import { useState, type ReactNode } from "react";

/** A secret that is shown this once, with a way to take it along. */
export function SecretOnce({
  secret,
  about,
}: {
  readonly secret: string;
  readonly about: string;
}): ReactNode {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setSaid("Copied.");
    } catch {
      setSaid("The browser does not let this page copy; select the text and copy it.");
    }
  };
  return (
    <div className="field">
      <p className="note" data-tone="warn">
        {about}
      </p>
      <p className="secret mono">{secret}</p>
      <div className="actions">
        <span role="status" className="hint">
          {said}
        </span>
        <button type="button" className="button" onClick={() => void copy()}>
          Copy
        </button>
      </div>
    </div>
  );
}
