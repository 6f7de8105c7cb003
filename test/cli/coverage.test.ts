/** `policy coverage`, as somebody in a hurry reads it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorld, type World } from "./testing/world.ts";

const COLUMNS = 100;
const HOSTILE = "files.\u202ewipe\u001b[2J\nTOOL  0  safe";
const LONG = `warehouse.${"inventory_".repeat(12)}purge`;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.wants("files.erase", { path: "/srv/shared" });
  await world.wants("customers.export", { to: "pat@evil.example" });
  await world.wants("customers.export", { to: "kim@evil.example" });
  await world.wants(LONG);
  await world.wants(HOSTILE);
  await world.wants("orders.submit", { amount: "12000.00 USD" });
  await world.wants("orders.submit", { amount: "13000.00 USD" });
  await world.wants("directory.get_user", { id: "7" });
});
afterAll(() => world.close());

describe("policy coverage", () => {
  it("lists the tools that no rule is about first, the gravest of them at the top (T21)", async () => {
    const ran = await world.as("rob", ["policy", "coverage", "--since", "1h"]);
    expect(ran.status).toBe(0);
    const lines = ran.out.split("\n");
    expect(lines[0]).toMatch(/^\d\d:\d\d to \d\d:\d\d: 8 requests on record\.$/);
    const head = lines.findIndex((line) => line.startsWith("TOOL"));
    expect(lines[head]).toMatch(/^TOOL +CALLS +BY +TAKEN FOR +A\/H\/D +M\/C +DECIDED BY$/);
    const rows = lines.slice(head + 1, lines.indexOf("", head));
    expect(rows.map((row) => row.trim().split(/ {2,}/).at(-1))).toEqual([
      "default only",
      "default only",
      "default only",
      "default only",
      "erasures",
      "orders",
    ]);
    expect(rows.find((row) => row.startsWith("orders.submit"))).toMatch(
      /^orders\.submit +2 +dev-agent +spend +0\/2\/0 +0\/2 +orders$/,
    );
    expect(ran.out).toContain("Only the default decides about 4 of 6 tools");
    expect(ran.out).toMatch(
      /^ {2}customers\.export\n {4}data_release, 2 calls: The tool is called/m,
    );
    expect(ran.out).toContain("  vendors.add (rule vendors)");
    expect(ran.out).toContain("Note: Only what asks Haltpoint is on record");
  });

  it("fits 100 columns, and gives long names in full below", async () => {
    for (const columns of [COLUMNS, 80]) {
      const ran = await world.as("rob", ["policy", "coverage"], { terminal: [], columns });
      const table = ran.out.slice(ran.out.indexOf("TOOL"), ran.out.indexOf("A/H/D:"));
      expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(
        columns,
      );
      expect(ran.out).toContain(`\n  ${LONG}\n`);
    }
    const piped = await world.as("rob", ["policy", "coverage"]);
    const [table = ""] = piped.out.split("A/H/D:");
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
  });

  it("prints what hides in a name, and lets it start no line (T18)", async () => {
    const ran = await world.as("rob", ["policy", "coverage"]);
    expect(ran.out).not.toMatch(/[\p{Cf}\u001b]/u);
    expect(ran.out).toContain("files.«U+202E»wipe«U+001B»[2J");
    expect(ran.out).not.toMatch(/^TOOL +0/m);
    const { out } = await world.as("rob", ["policy", "coverage", "--json"]);
    expect(out).toContain("files.\\u202ewipe\\u001b[2J");
    const view = JSON.parse(out) as { readonly tools: readonly { readonly action: string }[] };
    expect(view.tools.map(({ action }) => action)).toContain(HOSTILE);
  });

  it("takes a number and a time, and says what is not one", async () => {
    const one = (await world.as("rob", ["policy", "coverage", "--latest", "1", "--json"])).json();
    expect([one.recorded, one.judged, one.tools[0].action]).toEqual([8, 1, "directory.get_user"]);
    expect((await world.as("rob", ["policy", "coverage", "--latest", "0"])).status).toBe(2);
    expect((await world.as("rob", ["policy", "coverage", "--since", "yesterday"])).status).toBe(2);
  });
});
