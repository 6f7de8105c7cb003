import type { AnalyticsView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { useAnalytics } from "../../api/analytics.ts";
import { durationWords } from "../../time/words.ts";
import { Numbers, percent } from "../../ui/numbers.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Read } from "../../ui/states.tsx";

const days = 30;

/** One's own figures, shown to nobody else. */
export function Figures(): ReactNode {
  const analytics = useAnalytics(days);
  return (
    <Panel title="Your figures" about="Of the last 30 days. Only you see them; others see sums.">
      <Read query={analytics} lines={2}>
        {({ own, load }) => (
          <>
            <OwnLoad you={load.you} />
            <Own own={own} />
          </>
        )}
      </Read>
    </Panel>
  );
}

/** What waits for oneself now, and what one did of late. */
function OwnLoad({ you }: { readonly you: AnalyticsView["load"]["you"] }): ReactNode {
  return (
    <Numbers
      of={[
        { name: "wait for you now", value: you.waiting },
        { name: "only you can decide", value: you.only_you },
        { name: "decided in 24 h", value: you.decided_24h },
        { name: "decided in 7 days", value: you.decided_7d },
      ]}
    />
  );
}

function Own({ own }: { readonly own: AnalyticsView["own"] }): ReactNode {
  const fast = own.measured === 0 ? "–" : `${own.faster_than_reading} of ${own.measured}`;
  return (
    <Numbers
      of={[
        { name: "reviews", value: own.reviews },
        { name: "approved", value: own.approved },
        { name: "rejected", value: own.rejected },
        { name: "of all approvals", value: percent(own.share_of_approvals) },
        {
          name: "median reading time",
          value: own.median_reading_ms === null ? "–" : durationWords(own.median_reading_ms),
        },
        { name: "faster than reading", value: fast },
        { name: "minutes a week", value: Math.round(own.minutes_per_week) },
      ]}
    />
  );
}
