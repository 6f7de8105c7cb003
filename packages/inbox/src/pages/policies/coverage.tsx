import type { CoverageTool, CoverageView } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { read, withQuery } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { ServerText, VisibleText } from "../../card/visible-text.tsx";
import { At } from "../../time/times.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import { Assumed } from "./assumed.tsx";

/** So many of the latest requests are looked at: it takes a second or two, and the page is opened often. */
const latest = 20_000;
/** Rows that are shown at first. */
const rowsFirst = 20;
const freshMs = 60_000;
const triesMax = 4;

/** Which tools agents call, what they are taken for, and which no rule is about. */
export function Coverage({ policyVersion }: { readonly policyVersion: string }): ReactNode {
  const coverage = useQuery({
    // Of another policy it is another answer.
    queryKey: [...KEYS.coverage, policyVersion],
    queryFn: ({ signal }) =>
      read<CoverageView>(withQuery("/v1/policy/coverage", { latest }), signal),
    staleTime: freshMs,
    // Few may look through the record at once; whoever came first is done in a few seconds.
    retry: (tries, { failure }) => failure.code === "too_many_requests" && tries < triesMax,
  });
  return (
    <Panel
      title="What agents call"
      about="And what it is taken for. Tools about which only the default decides come first."
    >
      <Read query={coverage} lines={4}>
        {(view) => <Tools view={view} />}
      </Read>
    </Panel>
  );
}

function Tools({ view }: { readonly view: CoverageView }): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const { tools, recorded, judged, since, assumed, left_out: others } = view;
  if (judged === 0) return <Empty title="Nothing was asked for in this time" />;
  const unruled = tools.filter((tool) => tool.by_default === tool.requests).length;
  return (
    <>
      <p className="coverage-words">
        {judged === recorded ? recorded : `The latest ${judged} of ${recorded}`}{" "}
        {recorded === 1 ? "request" : "requests"} since <At at={since} />.{" "}
        {unruled === 0
          ? "Some rule says something about each tool."
          : `About ${unruled} of ${tools.length} ${tools.length === 1 ? "tool" : "tools"} only the default decides.`}
        {others === null ? "" : ` ${others.requests} requests of further names are not listed.`}
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Tools that agents call">
        <table className="table coverage">
          <thead>
            <tr>
              <th scope="col">Tool</th>
              <th scope="col">Taken for</th>
              <th scope="col">Decided by</th>
              <th scope="col" className="number">
                Calls
              </th>
              <th scope="col" className="number">
                Allowed
              </th>
              <th scope="col" className="number">
                Held
              </th>
              <th scope="col" className="number">
                Denied
              </th>
              <th scope="col">Asked by</th>
            </tr>
          </thead>
          <tbody>
            {(isWhole ? tools : tools.slice(0, rowsFirst)).map((tool) => (
              <ToolRow key={tool.action} tool={tool} />
            ))}
          </tbody>
        </table>
      </div>
      <div className="panel-body">
        {isWhole || tools.length <= rowsFirst ? null : (
          <button type="button" className="button quiet" onClick={() => setWhole(true)}>
            Show all {tools.length} tools
          </button>
        )}
        <Unused view={view} />
        <Assumed assumed={assumed} />
      </div>
    </>
  );
}

function ToolRow({ tool }: { readonly tool: CoverageTool }): ReactNode {
  const { action, requests, decided, identities } = tool;
  return (
    <tr>
      <th scope="row" className="rule-name">
        <code>
          <VisibleText text={action} />
        </code>
      </th>
      <td>
        <TakenFor tool={tool} />
      </td>
      <td>
        <DecidedBy tool={tool} />
      </td>
      <td className="number">{requests}</td>
      <td className="number">{decided.allowed}</td>
      <td className="number">{decided.held}</td>
      <td className="number">{decided.denied}</td>
      <td>
        {identities.names.join(", ")}
        {identities.count > identities.names.length
          ? ` and ${identities.count - identities.names.length} more`
          : ""}
        <span className="hint coverage-line">{assuranceWords(tool)}</span>
      </td>
    </tr>
  );
}

/** How many of them a compromised agent could have gone around (T21). */
function assuranceWords({ assurance: { mediated, cooperative } }: CoverageTool): string {
  if (cooperative === 0) return "mediated";
  return mediated === 0 ? "cooperative" : `${cooperative} cooperative`;
}

function TakenFor({ tool }: { readonly tool: CoverageTool }): ReactNode {
  const { impacts, access, requests } = tool;
  if (impacts.length === 0) {
    const kinds = (["write", "unknown", "read"] as const).filter((kind) => access[kind] > 0);
    return kinds
      .map((kind) => (access[kind] === requests ? kind : `${kind} ${access[kind]}`))
      .join(", ");
  }
  return (
    <ul className="coverage-impacts">
      {impacts.map(({ category, requests: some, sure, evidence }) => (
        <li key={category}>
          {sure === 0 ? "may be " : ""}
          <code>{category}</code>
          {some === requests ? "" : ` ${some}`}
          <span className="hint coverage-line">
            <ServerText text={evidence} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function DecidedBy({ tool }: { readonly tool: CoverageTool }): ReactNode {
  const { rules, by_default: byDefault, requests } = tool;
  const saying = rules.filter(({ applies }) => applies > 0);
  return (
    <>
      {saying.map(({ rule, mode }) => (
        <span key={rule} className="coverage-line">
          <code>{rule}</code>
          {mode === "shadow" ? " (shadow)" : ""}
        </span>
      ))}
      {byDefault === 0 ? null : (
        <span className="tag" data-tone={byDefault === requests ? "warn" : undefined}>
          {byDefault === requests ? "only the default" : `the default ${byDefault}`}
        </span>
      )}
      {saying.length === 0 && byDefault === 0 ? "what is built in" : ""}
    </>
  );
}

/** What is written down and nobody needs, it seems. */
function Unused({ view }: { readonly view: CoverageView }): ReactNode {
  const { not_called: notCalled, not_used: notUsed } = view;
  return (
    <>
      {notCalled.items.length === 0 ? null : (
        <details>
          <summary>Rules name {howMany(notCalled)} that nobody called</summary>
          <ul className="assumed">
            {notCalled.items.map(({ rule, action }) => (
              <li key={`${rule} ${action}`}>
                <code>{action}</code>, rule <code>{rule}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {notUsed.items.length === 0 ? null : (
        <details>
          <summary>Identities may do {howMany(notUsed)} that they did not use for 90 days</summary>
          <ul className="assumed">
            {notUsed.items.map(({ identity, may }) => (
              <li key={`${identity} ${may}`}>
                {identity}: <code>{may}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function howMany({ items, left_out: more }: CoverageView["not_called"] | CoverageView["not_used"]) {
  const count = items.length + more;
  return `${count} ${count === 1 ? "action" : "actions"}`;
}
