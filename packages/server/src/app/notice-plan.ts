/** Where an installation tells people, and when. */
import type { Channel } from "../ports/notifier.ts";

/** What an installation tells, and how long it waits before it disturbs people more. */
export interface NoticePlan {
  readonly channels: ReadonlySet<Channel>;
  /** Chat is told where nobody has looked for so long. */
  readonly chatAfterMs: number;
  /** Mail goes to whoever could decide where nobody has decided for so long. */
  readonly mailAfterMs: number;
}

export const NO_NOTICES: NoticePlan = {
  channels: new Set(),
  chatAfterMs: 20_000,
  mailAfterMs: 120_000,
};
