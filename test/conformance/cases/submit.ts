/** Point 1: submit before the effect, with the complete arguments. */
import assert from "node:assert/strict";
import { type ConformanceCase, nothingRan, ranOnce } from "./conformance-case.ts";

export const submitCases: readonly ConformanceCase[] = [
  {
    point: 1,
    name: "what is held is on record with the complete arguments, and nothing runs (I2, T2)",
    run: async (world) => {
      const args = world.args();
      await world.attempt({ args });
      const request = await world.request("held");
      assert.equal(request.revision.content.action.name, world.point.actions.held);
      assert.deepEqual(request.revision.content.action.properties, args);
      await nothingRan(world);
    },
  },
  {
    point: 1,
    name: "what policy allows is on record, complete, before the effect begins (I8, T21)",
    run: async (world) => {
      const args = world.args();
      await world.told(await world.attempt({ action: "allowed", args }));
      ranOnce(world);
      const [effect] = world.effects;
      const onRecord = effect!.standing.map((request) => request.revision.content.action);
      assert.deepEqual(onRecord, [{ name: world.point.actions.allowed, properties: args }]);
    },
  },
  {
    point: 1,
    name: "two attempts that differ in one argument are two requests (T1)",
    run: async (world) => {
      const args = world.args();
      const other = { ...args, lines: [{ item: "laptop", count: 4 }] };
      await world.attempt({ args });
      await world.attempt({ args: other, key: `${String(args["reference"])}-2` });
      const requests = await world.eventually(
        () => world.requests(),
        (all) => all.length === 2,
        "there are two requests",
      );
      const lines = requests.map((each) => each.revision.content.action.properties?.["lines"]);
      const expected = [args["lines"], other.lines];
      assert.deepEqual(new Set(lines.map((each) => JSON.stringify(each))), asTexts(expected));
      await nothingRan(world);
    },
  },
];

function asTexts(values: readonly unknown[]): ReadonlySet<string> {
  return new Set(values.map((value) => JSON.stringify(value)));
}
