import type { RuleAnalytics } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Empty } from "../../ui/states.tsx";

/** How noisy each rule is. */
export function RuleTable({ rules }: { readonly rules: readonly RuleAnalytics[] }): ReactNode {
  if (rules.length === 0) return <Empty title="No rule matched anything" />;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Figures of each rule">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" className="number">
              Held
            </th>
            <th scope="col" className="number">
              Approved
            </th>
            <th scope="col" className="number">
              Edited
            </th>
            <th scope="col" className="number">
              Expired
            </th>
            <th scope="col" className="number">
              Minutes a week
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.rule} rule={rule} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RuleRow({ rule }: { readonly rule: RuleAnalytics }): ReactNode {
  return (
    <tr>
      <th scope="row" className="rule-name">
        <code>{rule.rule}</code>
        {rule.suggest_relaxing ? (
          <p>
            <span className="tag" data-tone="warn">
              nearly always approved, never edited: relax it
            </span>
          </p>
        ) : null}
      </th>
      <td className="number">{rule.held}</td>
      <td className="number">
        {rule.approved} of {rule.decided}
      </td>
      <td className="number">{rule.edited}</td>
      <td className="number">{rule.expired}</td>
      <td className="number">{Math.round(rule.human_minutes_per_week)}</td>
    </tr>
  );
}
