import { describe, expect, it } from "vitest";
import { Evidence } from "./evidence.ts";
import { classified, callOf, ACME } from "./testing/calls.ts";
import { readTool } from "./tool.ts";
import { isDisguised, quoted, stemOf, wordsOf } from "./words.ts";

describe("the words of a name", () => {
  it.each([
    "sendEmail",
    "send_email",
    "Send-Email2",
    "SEND_EMAIL",
    "ｓｅｎｄ＿ｅｍａｉｌ",
    "s\u200bend_em\u00adail",
    "sеnd_еmаil",
  ])("are the same however it is written: %s (T18)", (name) => {
    expect(wordsOf(name)).toEqual(["send", "email"]);
  });

  it.each([
    "ｄelete_file",
    "dеlete_file",
    "de\u200dlete_file",
    "deleteFile",
    "deletefile",
    "DELETE-FILE",
  ])("say the same: %s deletes (T18)", (name) => {
    expect(classified(name).impacts).toContain("destruction");
  });

  it("have one stem in the plural and the third person", () => {
    expect(["orders", "applies", "pushes", "access", "status", "processes"].map(stemOf)).toEqual([
      "order",
      "apply",
      "push",
      "access",
      "status",
      "process",
    ]);
  });

  it("are disguised where they mix scripts or hide characters, and not where they are foreign (T18)", () => {
    expect(isDisguised("раypal")).toBe(true);
    expect(isDisguised("pay\u200bpal")).toBe(true);
    expect(isDisguised("Москва office")).toBe(false);
    expect(isDisguised("café")).toBe(false);
  });

  it("are quoted on one line of at most 80 characters", () => {
    expect(quoted("a\n  b")).toBe("a b");
    expect(quoted("x".repeat(500))).toHaveLength(80);
  });
});

describe("evidence", () => {
  const leaf = { path: "a", key: "a", role: "other", value: "x" } as const;
  const evidence = () => {
    const call = callOf("get_thing");
    return new Evidence(call, readTool(call), ACME);
  };

  it("keeps each impact of a path once, with the higher confidence", () => {
    const found = evidence();
    found.add("spend", "low", leaf, "Perhaps");
    found.add("spend", "high", leaf, "Surely");
    found.add("spend", "low", leaf, "Perhaps");
    expect(found.findings).toMatchObject([{ impact: "spend", confidence: "high" }]);
  });

  it("that is full still gains what is graver", () => {
    const found = evidence();
    for (let at = 0; at < 60; at += 1)
      found.add("spend", "low", { ...leaf, path: `a.${at}` }, "Perhaps");
    expect(found.findings).toHaveLength(40);
    found.add("spend", "high", { ...leaf, path: "b" }, "Surely");
    found.add("destruction", "low", { ...leaf, path: "c" }, "Perhaps");
    expect(found.findings.slice(40).map(({ impact }) => impact)).toEqual(["spend", "destruction"]);
  });
});
