import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useAction } from "../../api/use-action.ts";
import { forgetData } from "../../shell/kept-data.ts";
import { useSession } from "../../shell/session.tsx";
import { useNow } from "../../time/use-now.ts";
import { durationWords } from "../../time/words.ts";
import { FailureNote } from "../../ui/form.tsx";
import { Page } from "../../ui/page.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Appearance } from "./appearance.tsx";
import { Contact } from "./contact.tsx";
import { Delegations } from "./delegations.tsx";
import { Devices } from "./devices.tsx";
import { Figures } from "./figures.tsx";
import { Passkeys } from "./passkeys.tsx";
import "./me.css";

export default function MePage(): ReactNode {
  const me = useSession();
  const client = useQueryClient();
  const signOut = useAction<null, unknown>(() => ({ method: "POST", path: "/v1/sign-out" }));
  const leave = async (): Promise<void> => {
    if ((await signOut.run(null))?.ok !== true) return;
    forgetData(client);
  };
  return (
    <Page
      title={me.person.name}
      lead={me.person.name === me.person.id ? undefined : `You are ${me.person.id}.`}
      actions={
        <button
          type="button"
          className="button"
          disabled={signOut.isBusy}
          onClick={() => void leave()}
        >
          Sign out
        </button>
      }
    >
      <FailureNote failure={signOut.failure} />
      <div className="stack">
        <About />
        <Contact />
        <Passkeys />
        <Devices />
        <Delegations />
        <Figures />
        <Appearance />
      </div>
    </Page>
  );
}

const WAYS: Readonly<Record<string, string>> = {
  oidc: "your organisation’s sign-in",
  passkey: "a passkey",
  development: "nothing: this is a development server",
  token: "a token",
};

function About(): ReactNode {
  const me = useSession();
  const now = useNow(60_000);
  return (
    <Panel title="What you may do">
      <div className="panel-body">
        <dl className="facts">
          <dt>Rights</dt>
          <dd>
            {me.person.rights.length === 0
              ? "none beside reviewing"
              : me.person.rights.map((right) => right.replaceAll("_", " ")).join(", ")}
          </dd>
          <dt>Groups</dt>
          <dd>{me.groups.length === 0 ? "none" : me.groups.join(", ")}</dd>
          <dt>Signed in by</dt>
          <dd>{WAYS[me.via] ?? me.via}</dd>
          {me.expires_at === null ? null : (
            <>
              <dt>Sign in again</dt>
              <dd className="figures">in {durationWords(me.expires_at - now)} at the latest</dd>
            </>
          )}
        </dl>
      </div>
    </Panel>
  );
}
