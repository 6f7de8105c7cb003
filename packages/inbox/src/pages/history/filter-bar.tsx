import type { ReactNode } from "react";
import { isOutcome, OUTCOMES, searchFor, type Filters, type Outcome } from "./filters.ts";

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
      <OutcomeFilter outcome={filters.outcome} onOutcome={(outcome) => set({ outcome })} />
      <TextFilter
        name="Identity"
        value={filters.identity}
        onValue={(identity) => set({ identity })}
      />
      <TextFilter name="Decided by" value={filters.person} onValue={(person) => set({ person })} />
      <TextFilter
        name="From"
        type="date"
        max={filters.to}
        value={filters.from}
        onValue={(from) => set({ from })}
      />
      <TextFilter
        name="To"
        type="date"
        min={filters.from}
        value={filters.to}
        onValue={(to) => set({ to })}
      />
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

function OutcomeFilter({
  outcome,
  onOutcome,
}: {
  readonly outcome: Outcome;
  readonly onOutcome: (outcome: Outcome) => void;
}): ReactNode {
  return (
    <label className="filter">
      <span>Outcome</span>
      <select
        className="input"
        value={outcome}
        onChange={({ target: { value } }) => isOutcome(value) && onOutcome(value)}
      >
        {Object.entries(OUTCOMES).map(([each, { name }]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function TextFilter({
  name,
  onValue,
  ...input
}: {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "date";
  readonly min?: string;
  readonly max?: string;
}): ReactNode {
  return (
    <label className="filter">
      <span>{name}</span>
      <input
        {...input}
        className="input"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onValue(event.target.value)}
      />
    </label>
  );
}
