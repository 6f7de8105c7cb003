import { useQuery } from "@tanstack/react-query";
import type { PolicyView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { hasRight, useSession } from "../../shell/session.tsx";
import { At } from "../../time/times.tsx";
import { Page } from "../../ui/page.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Read } from "../../ui/states.tsx";
import { Coverage } from "./coverage.tsx";
import { Explain } from "./explain.tsx";
import { PolicyText } from "./policy-text.tsx";
import { Propose, type Draft } from "./propose.tsx";
import { Versions } from "./versions.tsx";
import "./policies.css";

export default function PoliciesPage(): ReactNode {
  const me = useSession();
  const [draft, setDraft] = useState<Draft>({ text: "", reason: "" });
  const mayPropose = hasRight(me, "policy_admin");
  const policy = useQuery({
    queryKey: [...KEYS.policy, "current"],
    queryFn: ({ signal }) => read<PolicyView>("/v1/policies/current", signal),
  });
  return (
    <Page title="Policies" lead="Which actions wait for a person, and for whom.">
      <div className="stack">
        <Explain />
        {mayPropose ? (
          <Propose draft={draft} onDraft={setDraft} inForce={policy.data?.text ?? null} />
        ) : null}
        {policy.data === undefined ? null : <Coverage policyVersion={policy.data.version} />}
        <Panel
          title="In force"
          about={policy.data === undefined ? undefined : <Published policy={policy.data} />}
        >
          <Read query={policy} lines={12}>
            {({ text }) => <PolicyText text={text} />}
          </Read>
        </Panel>
        <Versions onDraft={mayPropose ? setDraft : null} />
      </div>
    </Page>
  );
}

function Published({ policy: { version, by, at } }: { readonly policy: PolicyView }): ReactNode {
  return (
    <>
      version <code title={version}>{version.slice(0, 12)}</code>, published by{" "}
      {by.replace(/^person:/, "")}, <At at={at} />
    </>
  );
}
