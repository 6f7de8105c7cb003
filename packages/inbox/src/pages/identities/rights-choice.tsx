import type { ReactNode } from "react";

/** Rights beside reviewing, which comes from groups, and owning, which comes from the registry. */
const RIGHTS = [
  { right: "operator", about: "halts, interrupts, keeps the registry" },
  { right: "policy_admin", about: "publishes policy" },
  { right: "override", about: "waives a quorum, with passkey and follow-up" },
  { right: "resolver", about: "says what happened when nobody knows" },
  { right: "auditor", about: "reads everything, changes nothing" },
] as const;

export function RightsChoice({
  rights,
  onRights,
}: {
  readonly rights: readonly string[];
  readonly onRights: (rights: readonly string[]) => void;
}): ReactNode {
  return (
    <fieldset className="choices rights">
      <legend>Rights</legend>
      {RIGHTS.map(({ right, about }) => (
        <label key={right} className="choice">
          <input
            type="checkbox"
            checked={rights.includes(right)}
            onChange={({ target }) =>
              onRights(
                target.checked ? [...rights, right] : rights.filter((each) => each !== right),
              )
            }
          />
          <span>
            {right.replaceAll("_", " ")} <span className="hint">{about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
