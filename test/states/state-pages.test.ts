import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout } from "../../scripts/check/step.ts";
import { between, stateDiagram } from "../../scripts/states/pages.ts";

describe("the pages about states", () => {
  it("say what the machine's tables say", () => {
    const script = join(checkout, "scripts/state-diagram.ts");
    const check = (): string =>
      execFileSync(process.execPath, [script, "--check"], { encoding: "utf8", stdio: "pipe" });
    expect(check).not.toThrow();
  });

  it("draw one arrow for all events between two states, and none for what is beside the state", () => {
    const row = { by: ["tick"], when: "" } as const;
    const diagram = stateDiagram(
      [
        { ...row, from: "none", event: "submitted", to: "held" },
        { ...row, from: "held", event: "approved", to: "approved" },
        { ...row, from: "held", event: "overridden", to: "approved" },
        { ...row, from: "approved", event: "followed_up", to: "approved" },
      ],
      ["denied"],
    );
    expect(diagram.split("\n").slice(2, -1)).toEqual([
      "  [*] --> held: submitted",
      "  held --> approved: approved, overridden",
      "  denied --> [*]",
    ]);
  });

  it("replace only what is between the markers, and fail without them", () => {
    const page = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter\n";
    const written = between(page, "x", "new");
    expect(written).toBe("before\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nafter\n");
    expect(between(written, "x", "new")).toBe(written);
    expect(() => between("no markers", "x", "new")).toThrow("the markers");
  });
});
