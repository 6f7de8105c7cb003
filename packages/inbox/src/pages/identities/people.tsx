import type { PageView, PersonView } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { useSession } from "../../shell/session.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import { ChangeRights, EnrolmentLink, SignOutPerson } from "./person-dialogs.tsx";

type What = "link" | "rights" | "sign-out";

export function People(): ReactNode {
  const [chosen, setChosen] = useState<{ readonly what: What; readonly person: PersonView } | null>(
    null,
  );
  const list = useQuery({
    queryKey: KEYS.people,
    queryFn: ({ signal }) => read<PageView<PersonView>>("/v1/people?limit=200", signal),
  });
  const close = (): void => setChosen(null);
  return (
    <>
      <div className="panel">
        <Read query={list} lines={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nobody is registered" />
            ) : (
              <ul className="rows">
                {items.map((person) => (
                  <PersonRow
                    key={person.id}
                    person={person}
                    onChoose={(what) => setChosen({ what, person })}
                  />
                ))}
              </ul>
            )
          }
        </Read>
      </div>
      {chosen?.what === "link" ? <EnrolmentLink person={chosen.person} onClose={close} /> : null}
      {chosen?.what === "rights" ? <ChangeRights person={chosen.person} onClose={close} /> : null}
      {chosen?.what === "sign-out" ? (
        <SignOutPerson person={chosen.person} onClose={close} />
      ) : null}
    </>
  );
}

function PersonRow({
  person,
  onChoose,
}: {
  readonly person: PersonView;
  readonly onChoose: (what: What) => void;
}): ReactNode {
  const isMe = useSession().person.id === person.id;
  const about = `person-${person.id}`;
  const buttonFor = (what: What, name: string): ReactNode => (
    <button
      type="button"
      className="button"
      aria-describedby={about}
      onClick={() => onChoose(what)}
    >
      {name}
    </button>
  );
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={about}>
          {person.name}
          {isMe ? <span className="hint"> you</span> : null}
        </p>
        <p className="row-about">
          <span className="mono">{person.id}</span>
          {person.rights.map((right) => (
            <span key={right} className="tag">
              {right.replaceAll("_", " ")}
            </span>
          ))}
          {person.disabled ? (
            <span className="tag" data-tone="warn">
              disabled
            </span>
          ) : null}
        </p>
      </div>
      <div className="row-actions">
        {buttonFor("link", "Enrolment link")}
        {isMe ? null : buttonFor("rights", "Rights")}
        {buttonFor("sign-out", "Sign out")}
      </div>
    </li>
  );
}
