import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHaltpoint } from "./testing/command-line.ts";
import { openWorld, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("inbox", () => {
  it("lists what waits for this person, and nothing else", async () => {
    const id = await world.wants("orders.submit", { amount: "12000.00 USD" });
    const ran = await world.as("bo", ["inbox"]);
    expect(ran.status).toBe(0);
    expect(ran.out).toMatch(/^ID +RISK +STATUS +WHAT +BY +LEFT$/m);
    expect(ran.out).toMatch(
      new RegExp(
        `^${id} +medium +held +Submit orders R-1 \\(12,000.00 USD\\) +dev-agent +7 h 59 min$`,
        "m",
      ),
    );
    expect((await world.as("dee", ["inbox"])).out).toContain("Nothing waits for you.");
    const { items, cursor } = (await world.as("bo", ["inbox", "--json"])).json();
    expect(items.map((item: { short_id: string }) => item.short_id)).toContain(id);
    expect(cursor).toBeNull();
  });

  it("puts what would do the same into one row, unless each is wanted (T20)", async () => {
    const wants = () => world.wants("orders.submit", { amount: "808.00 USD" }, "PO-alike");
    const ids = [await wants(), await wants(), await wants()];
    const { out, err } = await world.as("bo", ["inbox"]);
    expect(out).toMatch(new RegExp(`^${ids[0]} .*3 alike: Submit orders PO-alike`, "m"));
    expect(out).not.toMatch(new RegExp(`^(${ids[1]}|${ids[2]}) `, "m"));
    expect(err).toContain("--each lists every one");
    const each = (await world.as("bo", ["inbox", "--each"])).out;
    for (const id of ids) expect(each).toMatch(new RegExp(`^${id} .*Submit orders PO-alike`, "m"));
    expect(each).not.toContain("alike:");
    const shown = await world.as("bo", ["show", ids[1] ?? ""]);
    expect(`${shown.out}${shown.err}`).toMatch(/2 more like this wait.*inbox --each/);
    await world.as("bo", ["reject", ids[1] ?? "", "--yes", "--reason", "twice is enough"]);
    const left = (await world.as("bo", ["inbox"])).out;
    expect(left).toMatch(new RegExp(`^${ids[0]} .*2 alike: Submit orders PO-alike`, "m"));
  });

  it("fits the terminal, and offers no decision where it shortens", async () => {
    await world.wants(
      "orders.submit",
      { amount: "1.00 USD" },
      "a-very-long-resource-name".repeat(5),
    );
    const ran = await world.as("bo", ["inbox"], { terminal: [], columns: 72 });
    const lines = ran.out.trimEnd().split("\n");
    expect(lines.some((line) => line.includes("…"))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(ran.out).not.toContain("approve");
    expect((await world.as("bo", ["inbox"])).out).not.toContain("…");
  });

  it("lists anything one may see, by status, identity, action, text and time", async () => {
    const id = await world.wants("orders.submit", { amount: "77.00 USD" }, "PO-find-me");
    await world.as("bo", ["approve", id, "--yes"]);
    const listed = async (...args: string[]): Promise<string> =>
      (await world.as("ana", ["inbox", ...args])).out;
    expect(await listed("--status", "approved", "--text", "po-find-me")).toContain(id);
    expect(await listed("--identity", "dev-agent", "--since", "1h")).toContain(id);
    expect(await listed("--action", "orders.pay")).toContain("There is nothing like that.");
    expect((await world.as("ana", ["inbox", "--since", "yesterday"])).status).toBe(2);
    expect((await world.as("ana", ["inbox", "--limit", "0"])).status).toBe(2);
    expect((await world.as("ana", ["inbox", "--status", "approvd"])).status).toBe(2);
  });

  it("watches: tells what comes and what goes, until it is stopped", async () => {
    const watching = startHaltpoint(["inbox", "--watch", "--as", "eli"], { cwd: world.folder });
    await watching.shows(/Nothing waits for you yet/);
    const id = await world.wants("keys.rotate");
    await watching.shows(new RegExp(`\\+ ${id} {2}high: Rotate keys R-1 · by dev-agent · until`));
    await world.as("eli", ["reject", id, "--yes", "--reason", "no"]);
    await watching.shows(new RegExp(`- ${id} {2}no longer waits for you`));
    expect((await watching.stop()).status).toBe(0);
  });

  it("watches as JSON, a document a line", async () => {
    const args = ["inbox", "--watch", "--json", "--as", "dee"];
    const watching = startHaltpoint(args, { cwd: world.folder });
    const id = await world.wants("keys.rotate");
    await watching.shows(/arrived/);
    const { out } = await watching.stop();
    const [first] = out.split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({ kind: "arrived", request: { short_id: id } });
  });
});

describe("show", () => {
  it("prints every character that an agent may have hidden, and all of a long text (T18)", async () => {
    const long = `${"x".repeat(20_000)}the end`;
    const id = await world.wants(
      "orders.pay",
      {
        vendor: "Acme\u202eHbmG",
        "\u200bamount": "1.00 USD",
        note: 'harmless\n  action.properties.amount = "1.00 USD"\r\u001b[2J',
        "a.b": { deep: ["\u2066x", 1, null] },
        "p\u0430yee": "P\u0430ypal",
        long,
      },
      "PO\u00ad-1",
    );
    const { out, status } = await world.as("bo", ["show", id]);
    expect(status).toBe(0);
    expect(out).not.toMatch(/[\p{Cf}\u001b\r]/u);
    expect(out).toContain('action.properties.vendor = "Acme«U+202E»HbmG"');
    expect(out).toContain('action.properties["«U+200B»amount"] = "1.00 USD"');
    expect(out).toContain('action.properties["a.b"].deep = ["«U+2066»x", 1, null]');
    expect(out).toContain('resource.id = "PO«U+00AD»-1"');
    // What the agent wrote cannot look like a line of the card.
    expect(out).toContain('\n    |   action.properties.amount = "1.00 USD"«U+000D»«U+001B»[2J');
    expect(out).not.toMatch(/^ {2}action\.properties\.amount/m);
    expect(out).toContain("(!) one word mixes Latin and Cyrillic letters");
    expect(out).toContain(long);
  });

  it("escapes what is invisible in JSON, and keeps its value", async () => {
    const id = await world.wants("orders.pay", { vendor: "A\u202e\u{e0041}" });
    const ran = await world.as("bo", ["show", id, "--json"]);
    expect(ran.out).toContain('"A\\u202e\\udb40\\udc41"');
    expect(ran.json().revision.content.action.properties.vendor).toBe("A\u202e\u{e0041}");
  });

  it("shows a sensitive field as its commitment only", async () => {
    const id = await world.wants("orders.pay", { iban: "DE89370400440532013000" });
    const ran = await world.as("bo", ["show", id]);
    expect(ran.out).toMatch(/action\.properties\.iban = \(hidden; commitment [\w-]{43}\)/);
    expect(ran.out).not.toContain("DE8937");
    expect((await world.as("bo", ["approve", id, "--yes"])).status).toBe(0);
  });

  it("takes ids in any spelling, and prints what was recorded", async () => {
    const id = await world.wants("orders.pay");
    const { id: full } = (await world.as("bo", ["show", id.toLowerCase(), "--json"])).json();
    const ran = await world.as("bo", ["show", full, "--history"]);
    expect(ran.out).toMatch(/History:\n {2}1\. \d\d:\d\d \(\d+ s ago\) {2}submitted by dev-agent/);
    const { entries } = (await world.as("bo", ["show", full, "--history", "--json"])).json();
    expect(entries[0]).toMatchObject({ kind: "submitted", sequence: 1 });
  });

  it("says when there is no such request, or none for this person", async () => {
    const id = await world.wants("keys.rotate");
    for (const typed of [id, "ZZZZ", "req_nonsense"]) {
      const ran = await world.as("bo", ["show", typed, "--json"]);
      expect([ran.status, ran.problem().code]).toEqual([5, "not_found"]);
    }
  });
});

describe("a short id that fits several requests", () => {
  it("lists which there are, with what each is about", async () => {
    // Request ids take ten random bytes; their last two and a half are the short id.
    const random = {
      bytes: (count: number) => {
        const bytes = new Uint8Array(randomBytes(count));
        return count === 10 ? bytes.fill(0, 7) : bytes;
      },
    };
    const other = await openWorld({ random });
    try {
      const id = await other.wants("orders.pay", {}, "PO-1");
      await other.wants("orders.pay", {}, "PO-2");
      // One that Bo may not see is neither counted nor named (T28).
      await other.wants("keys.rotate");
      for (const args of [
        ["show", id],
        ["approve", id, "--yes"],
        ["ask", id, "why?"],
      ]) {
        const ran = await other.as("bo", args);
        expect(ran.status).toBe(2);
        expect(ran.err).toMatch(/ {4}req_\w{22}0000 {2}held {2}Pay orders PO-1\n/);
        expect(ran.err).toMatch(/ {4}req_\w{22}0000 {2}held {2}Pay orders PO-2\n/);
      }
      const problem = (await other.as("bo", ["show", id, "--json"])).problem();
      expect(problem.code).toBe("ambiguous_id");
      expect(problem.candidates).toHaveLength(2);
      expect((await other.as("bo", ["show", problem.candidates[0]])).status).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe("inbox --watch", () => {
  it("goes on when the server was away and comes back", async () => {
    const other = await openWorld();
    const watching = startHaltpoint(["inbox", "--watch", "--as", "bo"], { cwd: other.folder });
    try {
      await watching.shows(/Nothing waits/);
      await other.restart(() => watching.shows(/The server is away/));
      const id = await other.wants("orders.pay");
      await watching.shows(new RegExp(`\\+ ${id} {2}medium`));
      expect(watching.text()).toContain("The server is back.");
    } finally {
      await watching.stop();
      await other.close();
    }
  });
});
