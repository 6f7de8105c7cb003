import { describe, expect, it } from "vitest";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { covered, make, openRecord } from "./testing/calls.ts";

const DAY_MS = 86_400_000;

describe("what identities may, and do not", () => {
  it("is named once it was not used for 90 days, whatever time is asked about", async () => {
    const record = await openRecord();
    const change = { by: "operator", mustBe: "known" } as const;
    const may = ["files.read", "orders.*", "notes.add", "mail.*"];
    await saveIdentity(record.app, { id: "agent-1", may }, change);
    const unusedBy = async (): Promise<readonly string[]> =>
      (await covered(record, { since: record.clock.wallMs() - DAY_MS })).not_used.items.map(
        ({ identity, may: pattern }) => `${identity} ${pattern}`,
      );
    record.clock.advance(20 * DAY_MS);
    await make(record, { action: "notes.add", agent: "agent-1", properties: {} });
    record.clock.advance(60 * DAY_MS);
    // Nobody is registered for 90 days yet.
    expect(await unusedBy()).toEqual([]);
    await make(record, { action: "orders.pay", agent: "agent-1", properties: {} });
    await make(record, { action: "mail.send", agent: "agent-2", properties: {} });
    record.clock.advance(25 * DAY_MS);
    await make(record, { action: "files.read", agent: "agent-1", properties: {} });
    expect(await unusedBy()).toEqual(["agent-1 mail.*"]);
    record.clock.advance(80 * DAY_MS);
    expect(await unusedBy()).toEqual(
      ["agent-1 notes.add", "agent-1 orders.*", "agent-1 mail.*"].sort(byKind),
    );
    await saveIdentity(record.app, { id: "agent-1", stage: "offboarded" }, change);
    expect(await unusedBy()).toEqual([]);
    await record.close();
  });
});

/** Whole names before beginnings, as they are listed. */
function byKind(a: string, b: string): number {
  return Number(a.endsWith("*")) - Number(b.endsWith("*"));
}
