import type { ReactNode } from "react";
import { isOutcome, OUTCOMES, searchFor, type Filters } from "./filters.ts";

const NO_FILTERS: Filters = {
  text: "",
  outcome: "all",
  identity: "",
  person: "",
  from: "",
  to: "",
};

export function FilterBar({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}): ReactNode {
  const set = (change: Partial<Filters>): void => onChange({ ...filters, ...change });
  return (
    <form role="search" className="filters" onSubmit={(event) => event.preventDefault()}>
      <label className="filter filter-text">
        <span>Search</span>
        <input
          type="search"
          className="input"
          placeholder="supplier, amount, id, agent…"
          value={filters.text}
          onChange={(event) => set({ text: event.target.value })}
        />
      </label>
      <label className="filter">
        <span>Outcome</span>
        <select
          className="input"
          value={filters.outcome}
          onChange={({ target: { value } }) => isOutcome(value) && set({ outcome: value })}
        >
          {Object.entries(OUTCOMES).map(([outcome, { name }]) => (
            <option key={outcome} value={outcome}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <TextFilter
        name="Identity"
        value={filters.identity}
        onValue={(identity) => set({ identity })}
      />
      <TextFilter name="Decided by" value={filters.person} onValue={(person) => set({ person })} />
      <label className="filter">
        <span>From</span>
        <input
          type="date"
          className="input"
          value={filters.from}
          max={filters.to === "" ? undefined : filters.to}
          onChange={(event) => set({ from: event.target.value })}
        />
      </label>
      <label className="filter">
        <span>To</span>
        <input
          type="date"
          className="input"
          value={filters.to}
          min={filters.from === "" ? undefined : filters.from}
          onChange={(event) => set({ to: event.target.value })}
        />
      </label>
      <button
        type="button"
        className="button quiet"
        disabled={searchFor(filters) === ""}
        onClick={() => onChange(NO_FILTERS)}
      >
        Clear
      </button>
    </form>
  );
}

function TextFilter({
  name,
  value,
  onValue,
}: {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}): ReactNode {
  return (
    <label className="filter">
      <span>{name}</span>
      <input
        className="input"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </label>
  );
}
