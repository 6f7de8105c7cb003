import { expect, test } from "vitest";
import { filtersFrom, queryFor, searchFor } from "./filters.ts";

test("a search in the address comes back as it was", () => {
  const search =
    "?text=Acme+GmbH&outcome=refused&identity=agent-1&person=ana&from=2026-11-24&to=2026-11-24";
  expect(searchFor(filtersFrom(search))).toBe(search);
  expect(searchFor(filtersFrom(""))).toBe("");
});

test("what the address does not say well is not asked for", () => {
  const filters = filtersFrom("?outcome=constructor&from=yesterday&to=2026-1-1");
  expect(filters).toMatchObject({ outcome: "all", from: "", to: "" });
});

test("a day is asked for from its first moment to the first of the next, where the reader is", () => {
  const { since, before } = queryFor(filtersFrom("?from=2026-11-24&to=2026-11-24"));
  expect(since).toBe(new Date(2026, 10, 24).getTime());
  expect(before).toBe(new Date(2026, 10, 25).getTime());
});
