import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { StoreClock } from "./store-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function started() {
  const clock = new ManualClock();
  const start = clock.wallMs();
  const store = new StoreClock(clock);
  /** The time since the start and whether it is trusted. */
  const read = (highWaterMs = 0) => {
    const { now, trusted } = store.read(highWaterMs);
    return { since: now - start, trusted };
  };
  return { clock, start, read };
}

describe("I7: now = max(stored high-water, wall clock)", () => {
  it("goes on with the wall clock", () => {
    const { clock, read } = started();
    expect(read()).toEqual({ since: 0, trusted: true });
    clock.advance(250);
    expect(read()).toEqual({ since: 250, trusted: true });
  });

  it("is not before the high-water, nor before what was read", () => {
    const { clock, start, read } = started();
    expect(read(start + 3_000)).toEqual({ since: 3_000, trusted: true });
    expect(read()).toEqual({ since: 3_000, trusted: true });
    clock.jump(-1_000);
    expect(read()).toEqual({ since: 3_000, trusted: true });
    clock.advance(4_500);
    expect(read()).toEqual({ since: 3_500, trusted: true });
  });

  it("is a whole number of milliseconds", () => {
    const { clock, read } = started();
    clock.advance(0.75);
    expect(read()).toEqual({ since: 0, trusted: true });
  });
});

describe("T33: trust", () => {
  it.each([5_000, -5_000])("bears a step of %i ms", (ms) => {
    const { clock, read } = started();
    read();
    clock.jump(ms);
    expect(read()).toMatchObject({ trusted: true });
  });

  it.each([5_001, -5_001, 8 * HOUR_MS, -8 * HOUR_MS])("ends with a step of %i ms", (ms) => {
    const { clock, read } = started();
    read();
    clock.jump(ms);
    expect(read()).toEqual({ since: Math.max(0, ms), trusted: false });
  });

  it("ends with many small steps: they are not compared with the last reading alone", () => {
    const { clock, read } = started();
    for (const _ of [1, 2, 3]) {
      clock.jump(1_500);
      clock.advance(1_000);
      expect(read()).toMatchObject({ trusted: true });
    }
    clock.jump(1_500);
    expect(read()).toMatchObject({ trusted: false });
  });

  it("bears a clock that is corrected slowly, for days, and then no step either", () => {
    const { clock, read } = started();
    for (let hours = 0; hours < 72; hours += 1) {
      clock.advance(HOUR_MS + 1);
      clock.jump(1_500);
      expect(read()).toMatchObject({ trusted: true });
    }
    clock.jump(5_001);
    expect(read()).toMatchObject({ trusted: false });
  });

  it("comes back a minute after a step forward", () => {
    const { clock, read } = started();
    read();
    clock.jump(HOUR_MS);
    expect(read()).toMatchObject({ trusted: false });
    clock.advance(MINUTE_MS - 1);
    expect(read()).toMatchObject({ trusted: false });
    clock.advance(1);
    expect(read()).toEqual({ since: HOUR_MS + MINUTE_MS, trusted: true });
  });

  it("does not come back while the clock keeps stepping", () => {
    const { clock, read } = started();
    for (let steps = 0; steps < 10; steps += 1) {
      clock.jump(6_000);
      expect(read()).toMatchObject({ trusted: false });
      clock.advance(MINUTE_MS - 1);
      expect(read()).toMatchObject({ trusted: false });
    }
  });

  it("comes back after a step back only when real time has caught up", () => {
    const { clock, read } = started();
    read();
    clock.jump(-HOUR_MS);
    expect(read()).toEqual({ since: 0, trusted: false });
    clock.advance(HOUR_MS - 5_001);
    expect(read()).toEqual({ since: 0, trusted: false });
    clock.advance(1);
    expect(read()).toEqual({ since: 0, trusted: true });
    clock.advance(6_000);
    expect(read()).toEqual({ since: 1_000, trusted: true });
  });

  it("is not there at a start that is before the high-water", () => {
    const { start, read } = started();
    expect(read(start + HOUR_MS)).toEqual({ since: HOUR_MS, trusted: false });
  });
});
