import type { RequestStatus } from "@haltpoint/protocol";
import type { ReactNode } from "react";

type Tone = "ok" | "warn" | "danger" | "accent" | "plain";

/** What ended without anybody saying no is never shown as a no. */
const WORDS: Readonly<Record<RequestStatus, { readonly word: string; readonly tone: Tone }>> = {
  held: { word: "waits for a person", tone: "accent" },
  approved: { word: "approved, not started", tone: "ok" },
  running: { word: "running", tone: "accent" },
  interrupting: { word: "being stopped", tone: "warn" },
  indeterminate: { word: "outcome unknown", tone: "danger" },
  denied: { word: "denied by policy", tone: "warn" },
  rejected: { word: "rejected", tone: "danger" },
  expired: { word: "expired, nothing ran", tone: "plain" },
  cancelled: { word: "withdrawn", tone: "plain" },
  interrupted: { word: "interrupted", tone: "warn" },
  released: { word: "handed over", tone: "ok" },
  succeeded: { word: "succeeded", tone: "ok" },
  failed: { word: "failed", tone: "danger" },
};

export function StatusTag({ status }: { readonly status: RequestStatus }): ReactNode {
  const { word, tone } = WORDS[status];
  return (
    <span className="tag" data-tone={tone}>
      {word}
    </span>
  );
}
