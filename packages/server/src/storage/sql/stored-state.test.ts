import { expect, it } from "vitest";
import { submission } from "../testing/samples.ts";
import { storedState } from "./requests.ts";

function requestOf(status: "approved" | "running") {
  const write = submission("req_1").writes.find(({ kind }) => kind === "request");
  if (write?.kind !== "request") throw new Error("a submission writes a request");
  return { ...write.state, status };
}

const run = { attemptHash: "a", startedAt: 7, leaseMs: 1, leaseUntil: 8, maxUntil: 9 };

it("a run of before budgets counts from when it started (I9)", () => {
  const before: Record<string, unknown> = { ...requestOf("running") };
  delete before["spent"];
  expect(storedState(JSON.stringify({ ...before, run })).spent).toEqual({ revision: 0, at: 7 });
  expect(storedState(JSON.stringify(before)).spent).toBeNull();
});

it("what a state says of itself stands", () => {
  const given = { ...requestOf("approved"), run, spent: null };
  expect(storedState(JSON.stringify(given)).spent).toBeNull();
});
