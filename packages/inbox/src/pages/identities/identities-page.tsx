import { useState, type ReactNode } from "react";
import { hasRight, useSession } from "../../shell/session.tsx";
import { Page } from "../../ui/page.tsx";
import { Identities } from "./identities.tsx";
import { People } from "./people.tsx";
import { RegisterIdentity } from "./register-identity.tsx";
import { AddPerson } from "./add-person.tsx";
import "./identities.css";

type Tab = "agents" | "people";

export default function IdentitiesPage(): ReactNode {
  const isOperator = hasRight(useSession(), "operator");
  const [tab, setTab] = useState<Tab>("agents");
  const [isAdding, setAdding] = useState(false);
  const close = (): void => setAdding(false);
  return (
    <Page
      title="Identities"
      lead="Who may ask for actions, and who answers for them."
      actions={
        isOperator ? (
          <button type="button" className="button primary" onClick={() => setAdding(true)}>
            {tab === "agents" ? "Register an identity" : "Add a person"}
          </button>
        ) : undefined
      }
    >
      {isOperator ? (
        <div className="tabs" role="group" aria-label="Show">
          <TabButton name="Agents" isChosen={tab === "agents"} onChoose={() => setTab("agents")} />
          <TabButton name="People" isChosen={tab === "people"} onChoose={() => setTab("people")} />
        </div>
      ) : null}
      {tab === "agents" ? <Identities /> : <People />}
      {isAdding && tab === "agents" ? <RegisterIdentity onClose={close} /> : null}
      {isAdding && tab === "people" ? <AddPerson onClose={close} /> : null}
    </Page>
  );
}

function TabButton({
  name,
  isChosen,
  onChoose,
}: {
  readonly name: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  return (
    <button type="button" className="tab" aria-pressed={isChosen} onClick={onChoose}>
      {name}
    </button>
  );
}
