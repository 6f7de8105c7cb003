import { describe, expect, it } from "vitest";
import { createSeal } from "./seal.ts";
import { systemRandom } from "./system-random.ts";

const stored = systemRandom.bytes(32);
const seal = createSeal(systemRandom, { stored, configured: "client secret" });

describe("the seal of an installation", () => {
  it("opens what it sealed, for what it was sealed, and shows nothing of it", () => {
    const sealed = seal.seal("refresh token", "ana");
    expect(sealed).not.toContain("refresh");
    expect(seal.open(sealed, "ana")).toBe("refresh token");
    expect(seal.open(sealed, "bo")).toBeNull();
    expect(seal.seal("refresh token", "ana")).not.toBe(sealed);
  });

  it("opens nothing that was changed, cut off or made elsewhere", () => {
    const sealed = seal.seal("refresh token", "ana");
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === "A" ? "B" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character may hold bits that no byte has.
      if (Buffer.from(changed, "base64url").equals(Buffer.from(sealed, "base64url"))) continue;
      expect(seal.open(changed, "ana")).toBeNull();
    }
    expect(seal.open(sealed.slice(0, 20), "ana")).toBeNull();
    expect(seal.open("", "ana")).toBeNull();
  });

  it("needs both secrets: a copy of the store alone opens nothing", () => {
    const sealed = seal.seal("refresh token", "ana");
    const thief = createSeal(systemRandom, { stored, configured: "a guess" });
    const other = createSeal(systemRandom, {
      stored: systemRandom.bytes(32),
      configured: "client secret",
    });
    expect(thief.open(sealed, "ana")).toBeNull();
    expect(other.open(sealed, "ana")).toBeNull();
  });
});
