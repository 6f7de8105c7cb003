import { describe, expect, it } from "vitest";
import { timeLeft } from "./deadline.ts";
import { decidedWords, nameOf } from "./outcome-words.ts";

const clock = () => "14:20";

describe("who decided what (I6)", () => {
  it("names the person, the verdict and the time", () => {
    const decided = { status: "rejected", by: "person:tom", at: 0, reason: "wrong account" };
    const names = new Map([["tom", "Tom"]]);
    expect(decidedWords(decided, clock, names)).toBe("Tom rejected this at 14:20. “wrong account”");
  });

  it("never tells the end of time as a person's no", () => {
    const decided = { status: "expired", by: "clock", at: 0 };
    expect(decidedWords(decided, clock, new Map())).toBe("Nobody decided; nothing ran.");
  });

  it("falls back to the id", () => {
    expect(nameOf("person:ana", new Map())).toBe("ana");
  });
});

describe("time left", () => {
  const request = { created_at: 0, deadline: 1_000_000 };
  it.each([
    [0, "calm"],
    [799_999, "calm"],
    [800_000, "soon"],
    [939_999, "soon"],
    [940_000, "last_minute"],
    [999_999, "last_minute"],
  ])("at %d ms it is %s", (now, urgency) => {
    expect(timeLeft(request, now)).toMatchObject({ kind: "left", urgency });
  });

  it("is over at the deadline, and nothing where no timer runs", () => {
    expect(timeLeft(request, 1_000_000)).toEqual({ kind: "over" });
    expect(timeLeft({ created_at: 0, deadline: null }, 5)).toEqual({ kind: "none" });
  });
});
