import type { Revision } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import { draftOfAll, editFields } from "./editable-fields.ts";

const content: Revision = {
  subject: { type: "agent", id: "a" },
  action: {
    name: "purchase.order",
    properties: {
      cost: "9000.00 USD",
      count: 3,
      big: 9_007_199_254_740_991,
      urgent: false,
      color: "red",
      to: { iban: "DE1", bank: { bic: "X" } },
      lines: [1, 2],
      token: { $commitment: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" },
      "a.b": { "c.d": 1 },
    },
  },
  resource: { type: "order", id: "PO-7" },
};
const schema = {
  properties: {
    cost: { type: "string", format: "money" },
    count: { type: "integer" },
    color: { enum: ["red", "green"] },
  },
};
const at = (name: string) => `action.properties.${name}`;
const edit = (name: string, draft: string) =>
  draftOfAll(editFields(content, schema, [at(name)]), { [at(name)]: draft });

describe("the form of an edit", () => {
  it("has policy's editable fields and no others, with the controls of the schema", () => {
    const fields = editFields(content, schema, [
      at("cost"),
      at("count"),
      at("urgent"),
      at("color"),
    ]);
    expect(fields.map(({ label, control }) => [label, control.kind])).toEqual([
      ["cost", "text"],
      ["count", "number"],
      ["urgent", "boolean"],
      ["color", "choice"],
    ]);
  });

  it("opens up what lies within an editable field", () => {
    const fields = editFields(content, schema, [at("to")]);
    expect(fields.map(({ path }) => path)).toEqual([at("to.iban"), at("to.bank.bic")]);
    expect(editFields(content, schema, [at("lines")])[0]?.control.kind).toBe("json");
  });

  it("sends only what changed, and shows it as a diff", () => {
    const fields = editFields(content, schema, [at("cost"), at("count")]);
    const draft = draftOfAll(fields, { [at("cost")]: "4000.00 USD", [at("count")]: "3.0" });
    expect(draft.set).toEqual({ [at("cost")]: "4000.00 USD" });
    expect(draft.changes).toEqual([{ path: at("cost"), from: "9000.00 USD", to: "4000.00 USD" }]);
    expect(draft.wrong).toEqual({});
  });

  it("says what to write in words, where the schema has a format", () => {
    const [cost, count] = editFields(content, schema, [at("cost"), at("count")]);
    expect([cost?.hint, count?.hint]).toEqual([
      "an amount and its currency, such as 9000.00 USD",
      null,
    ]);
  });

  it("keeps a text a text and a number a number, exactly", () => {
    expect(edit("cost", "5000").set).toEqual({ [at("cost")]: "5000" });
    expect(edit("count", "5").set).toEqual({ [at("count")]: 5 });
    expect(edit("count", "5.5").wrong).toHaveProperty([at("count")]);
    expect(edit("count", "five").wrong).toHaveProperty([at("count")]);
    expect(edit("big", "9007199254740993").wrong).toHaveProperty([at("big")]);
    expect(edit("lines", "[1,").wrong).toHaveProperty([at("lines")]);
    expect(edit("lines", "[1, 3]").set).toEqual({ [at("lines")]: [1, 3] });
  });

  it("keeps a secret unless another is typed (T28)", () => {
    expect(edit("token", "").set).toEqual({});
    expect(edit("token", "new").set).toEqual({ [at("token")]: "new" });
  });
});
