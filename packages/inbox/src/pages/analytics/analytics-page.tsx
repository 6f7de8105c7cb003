import { useState, type ReactNode } from "react";
import { useAnalytics } from "../../api/analytics.ts";
import { Page } from "../../ui/page.tsx";
import { Read } from "../../ui/states.tsx";
import { Report } from "./report.tsx";
import "../me/me.css";
import "./analytics.css";

const PERIODS = [
  { days: 7, name: "7 days" },
  { days: 30, name: "30 days" },
  { days: 90, name: "90 days" },
] as const;

export default function AnalyticsPage(): ReactNode {
  const [days, setDays] = useState<number>(30);
  const analytics = useAnalytics(days);
  return (
    <Page
      title="Analytics"
      lead="Whether people are asked about the right things, and have the time to look."
      actions={
        <label className="period">
          <span className="hidden">Period</span>
          <select
            className="input"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          >
            {PERIODS.map((period) => (
              <option key={period.days} value={period.days}>
                {period.name}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Read query={analytics} lines={10}>
        {(view) => <Report view={view} />}
      </Read>
    </Page>
  );
}
