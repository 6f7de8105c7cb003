import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { At } from "../../time/times.tsx";
import { Page } from "../../ui/page.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Read } from "../../ui/states.tsx";
import { Explain } from "./explain.tsx";
import { PolicyText } from "./policy-text.tsx";
import "./policies.css";

/** `GET /v1/policies/current`. */
interface Policy {
  readonly version: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

export default function PoliciesPage(): ReactNode {
  const policy = useQuery({
    queryKey: KEYS.policy,
    queryFn: ({ signal }) => read<Policy>("/v1/policies/current", signal),
  });
  return (
    <Page title="Policies" lead="Which actions wait for a person, and for whom.">
      <div className="stack">
        <Explain />
        <Panel
          title="In force"
          about={policy.data === undefined ? undefined : <Published policy={policy.data} />}
        >
          <Read query={policy} lines={12}>
            {({ text }) => <PolicyText text={text} />}
          </Read>
        </Panel>
      </div>
    </Page>
  );
}

function Published({ policy: { version, by, at } }: { readonly policy: Policy }): ReactNode {
  return (
    <>
      version <code title={version}>{version.slice(0, 12)}</code>, published by{" "}
      {by.replace(/^person:/, "")}, <At at={at} />
    </>
  );
}
