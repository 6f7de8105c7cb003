import type { AnalyticsView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { durationWords } from "../../time/words.ts";
import { Numbers, percent } from "../../ui/numbers.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty } from "../../ui/states.tsx";
import { IdentityTable } from "./identity-table.tsx";
import { LoadPanel } from "./load-panel.tsx";
import { RuleTable } from "./rule-table.tsx";
import { VolumePlot } from "./volume-plot.tsx";

const DAY_MS = 86_400_000;

/** The server names days on which something was asked; the others were there, too. */
function everyDay({ since, until, volume }: AnalyticsView): AnalyticsView["volume"]["days"] {
  const known = new Map(volume.days.map((each) => [each.day, each]));
  const first = Math.floor(since / DAY_MS);
  const count = Math.ceil(until / DAY_MS) - first;
  return Array.from({ length: count }, (_, index) => {
    const day = (first + index) * DAY_MS;
    return known.get(day) ?? { day, requests: 0, held: 0 };
  });
}

function duration(ms: number | null): string {
  return ms === null ? "–" : durationWords(ms);
}

export function Report({ view }: { readonly view: AnalyticsView }): ReactNode {
  const { volume, deciding, waiting } = view;
  if (volume.requests === 0) {
    return (
      <div className="stack">
        <LoadPanel load={view.load} />
        <div className="panel">
          <Empty title="Nothing was asked for in this time">
            <p>Choose a longer period, or come back when agents have been at work.</p>
          </Empty>
        </div>
      </div>
    );
  }
  return (
    <div className="stack">
      <LoadPanel load={view.load} />
      <Panel title="Volume per day" about={`${volume.requests} requests, ${volume.held} held.`}>
        <VolumePlot days={everyDay(view)} />
      </Panel>
      <Panel title="Deciding" about="From being held to a person’s decision.">
        <Numbers
          of={[
            { name: "half within", value: duration(deciding.p50_ms) },
            { name: "nine of ten within", value: duration(deciding.p90_ms) },
            { name: "approved", value: deciding.approved },
            { name: "rejected", value: deciding.rejected },
            { name: "edited first", value: deciding.edited },
            { name: "expired undecided", value: view.expired },
            { name: "agents waited in all", value: duration(waiting.total_ms) },
            { name: "human minutes a week", value: Math.round(view.human_minutes_per_week) },
          ]}
        />
      </Panel>
      <Unattended view={view} />
      <Panel title="Rules" about="A rule that is nearly always approved teaches people to click.">
        <RuleTable rules={view.rules} />
      </Panel>
      <Care view={view} />
      <Panel title="Identities" about="Who asks most, and who waits longest.">
        <IdentityTable identities={view.identities} />
      </Panel>
    </div>
  );
}

function Unattended({ view: { unattended } }: { readonly view: AnalyticsView }): ReactNode {
  return (
    <Panel title="Ran without a person" about="What has an impact and ran on policy alone.">
      <Numbers
        of={[
          { name: "actions", value: unattended.count },
          ...unattended.impacts.map(({ impact, count }) => ({ name: impact, value: count })),
          ...unattended.values.map(({ currency, amount }) => ({
            name: `in ${currency}`,
            value: amount,
          })),
        ]}
      />
    </Panel>
  );
}

function Care({ view }: { readonly view: AnalyticsView }): ReactNode {
  const { concentration, reading } = view;
  return (
    <Panel title="Care" about="Sums over everybody; nobody is named.">
      <Numbers
        of={[
          { name: "people who approved", value: concentration.people },
          { name: "by the busiest one", value: percent(concentration.largest_share) },
          { name: "by the busiest three", value: percent(concentration.three_largest_share) },
          {
            name: "faster than reading",
            value:
              reading === null
                ? "too few people"
                : `${reading.faster_than_reading} of ${reading.measured}`,
          },
          { name: "overrides", value: view.overrides },
          { name: "interrupts", value: view.interrupts },
        ]}
      />
    </Panel>
  );
}
