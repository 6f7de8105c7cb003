/** Submissions as they were recorded, in the order of time: what a policy can be tried on again. */
import type { Revision } from "@haltpoint/protocol";
import type { RequestEvent, Submission } from "../domain/request/events.ts";
import type { Period } from "./figures.ts";

type Submitted = Extract<RequestEvent, { readonly kind: "submitted" }>;

export interface StoredOpening {
  readonly requestId: string;
  readonly revision: number;
  readonly path: string;
  readonly salt: string;
  /** Canonical JSON of the value. */
  readonly value: string;
}

/** The first entry of a request: what was asked, by whom, and what was decided then. */
export interface RecordedSubmission extends Pick<Submitted, "to" | "policy" | "hold"> {
  readonly submission: Submission;
  /** Revision 0, sensitive fields as commitments. */
  readonly committed: Revision;
  /** Of revision 0; without those that were erased. */
  readonly openings: readonly StoredOpening[];
}

export interface SubmissionPage {
  readonly items: readonly RecordedSubmission[];
  /** Null on the last page. */
  readonly cursor: string | null;
}

export interface SubmissionSpan {
  /** Submissions in the period. */
  readonly count: number;
  /** Where to read on from so that only the latest are read; null: they are all of them. */
  readonly cursor: string | null;
  /** When the first request of all was submitted; null: there is none. */
  readonly recordedSince: number | null;
}

export interface SubmissionReads {
  /** How many submissions a period has, and where its latest `most` begin. */
  submissionSpan(period: Period, most: number): Promise<SubmissionSpan>;
  /** The oldest first. */
  submissions(
    period: Period,
    page: { readonly limit: number; readonly cursor: string | null },
  ): Promise<SubmissionPage>;
}
