import { describe, expect, it } from "vitest";
import { sealEntry } from "../ledger/entry.ts";
import { entryOf, refusalEntry } from "./record.ts";
import { HOUR, NOON, Story, holding, person, policy } from "./testing/story.ts";

const whole = (): Story => {
  const story = new Story({ policy: holding({ editableFields: ["action.properties.amount"] }) });
  return story.edit("bo").approve("ana").redeem().later(5_000).beat().report("succeeded");
};

describe("the record of what happened (I8)", () => {
  it("has an entry for every event but a renewed lease, in order and without gaps", () => {
    const { events } = whole();
    const entries = events.flatMap((event) => entryOf("req_1", event) ?? []);
    expect(entries.map((entry) => entry.kind)).toEqual([
      "submitted",
      "edited",
      "reviewed",
      "approved",
      "redeemed",
      "reported",
    ]);
    expect(events.filter((event) => entryOf("req_1", event) === null)).toHaveLength(1);
    const sealed = entries.map((entry, index) => sealEntry(entry, index + 1));
    expect(new Set(sealed.map(({ hash }) => hash)).size).toBe(entries.length);
  });

  it("says who, when, and what the state became", () => {
    const entry = entryOf("req_1", whole().events[2]!);
    expect(entry).toMatchObject({
      stream: "req_1",
      kind: "reviewed",
      at: NOON,
      actor: "person:ana",
      data: { to: "held", review: { verdict: "approve", digest: "digest-1" } },
    });
  });

  it("says how a person had signed in, and of nobody else", () => {
    const { events } = whole();
    expect(entryOf("req_1", events[2]!)?.data["authenticated"]).toEqual({
      via: "passkey",
      step_up: "none",
    });
    expect(entryOf("req_1", events[0]!)?.data).not.toHaveProperty("authenticated");
  });

  it("carries the committed content where a revision begins, and only there", () => {
    const { events } = whole();
    const content = { action: { name: "submit" } };
    expect(entryOf("req_1", events[0]!, content)?.data["content"]).toEqual(content);
    expect(entryOf("req_1", events[2]!)?.data).not.toHaveProperty("content");
  });

  it("is canonical JSON for every kind of event a story can have", () => {
    const stories = [
      whole(),
      new Story()
        .override()
        .later(100 * HOUR)
        .tick(),
      new Story().approve("ana").redeem().later(HOUR).tick().resolve("failed").report("succeeded"),
      new Story({ policy: policy() }).placeHalt().redeem(),
      new Story({ groups: { finance: [] } }).later(8 * HOUR).reject("ana"),
    ];
    const entries = stories.flatMap(({ events }) =>
      events.flatMap((event) => entryOf("req_1", event) ?? []),
    );
    const kinds = entries.map((entry) => {
      const parsed = JSON.parse(sealEntry(entry, 1).canonical) as { readonly kind: string };
      return parsed.kind;
    });
    expect(kinds).toEqual(entries.map((entry) => entry.kind));
    expect(new Set(kinds).size).toBeGreaterThan(13);
  });

  it("keeps a refusal to a person", () => {
    const entry = refusalEntry("req_1", {
      at: NOON,
      actor: person("ana"),
      command: "review",
      code: "separation_of_duties",
    });
    expect(entry).toEqual({
      stream: "req_1",
      kind: "refused",
      at: NOON,
      actor: "person:ana",
      data: { command: "review", code: "separation_of_duties" },
    });
  });
});
