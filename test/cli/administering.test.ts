import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RIGHTS } from "../../packages/server/src/domain/request/commands.ts";
import { RIGHT_NAMES } from "../../packages/server/src/edges/cli/rights.ts";
import { openWorld, POLICY, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ORDER = { amount: "9000.00 USD", vendor: "Acme GmbH" };
const operator = (...args: string[]) => world.as("operator-1", args);
const SECRET = /hp[kp]_[\w-]{20,}/;

describe("identity", () => {
  it("registers, changes and lists", async () => {
    const more = ["--type", "bot", "--group", "buyers", "--label", "team=x=y", "--may", "orders.*"];
    const added = await operator("identity", "add", "buyer-1", "--owner", "chen", ...more);
    expect(added.out).toContain("Registered buyer-1 (bot, owned by chen, active).");
    const set = await operator("identity", "set", "buyer-1", "--stage", "suspended", "--json");
    expect(set.json()).toMatchObject({
      stage: "suspended",
      groups: ["buyers"],
      labels: { team: "x=y" },
      may: ["orders.*"],
    });
    const listed = await operator("identity", "list");
    expect(listed.out).toMatch(/^buyer-1 +bot +chen +suspended +enforce +cooperative +none$/m);
    const anything = await operator("identity", "set", "buyer-1", "--may", "anything", "--json");
    expect(anything.json().may).toBeNull();
  });

  it("is refused without an owner, without a right, twice, and with unknown words", async () => {
    expect((await operator("identity", "add", "b2")).err).toContain("--owner PERSON");
    const add = ["identity", "add", "b2", "--owner", "chen"];
    expect((await world.as("bo", add)).status).toBe(4);
    await operator(...add);
    expect((await operator(...add)).status).toBe(3);
    expect((await operator("identity", "set", "b2", "--stage", "asleep")).status).toBe(2);
    expect((await operator("identity", "set", "b2")).status).toBe(2);
    expect((await operator("identity", "set", "nobody", "--stage", "active")).status).toBe(5);
  });

  it("prints a key once, and the key works until it is revoked", async () => {
    await operator("identity", "add", "b3", "--owner", "chen");
    const added = await operator("identity", "key", "add", "b3", "--expires", "8h");
    expect(added.out).toMatch(/^hpk_[\w-]+\n$/);
    expect(added.err).toContain("It is shown this once");
    const listed = await operator("identity", "list", "--json");
    expect(listed.out).not.toMatch(SECRET);
    const { keys } = listed.json().find((each: { id: string }) => each.id === "b3");
    expect((await operator("identity", "list")).out).toContain(keys[0].id);
    const revoked = await operator("identity", "key", "revoke", "b3", keys[0].id);
    expect(revoked.status).toBe(0);
    expect((await operator("identity", "list")).out).toMatch(/^b3 .* none$/m);
    expect((await operator("identity", "key", "add", "b3", "--expires", "soon")).status).toBe(2);
  });
});

describe("person", () => {
  it("knows the domain's rights", () => {
    expect([...RIGHT_NAMES]).toEqual([...RIGHTS]);
  });

  it("registers, changes, disables and lists", async () => {
    const added = await operator("person", "add", "zoe", "--name", "Zoe", "--right", "auditor");
    expect(added.out).toContain("Registered zoe (Zoe; auditor).");
    const set = await operator("person", "set", "zoe", "--right", "resolver", "--json");
    expect(set.json()).toMatchObject({ name: "Zoe", rights: ["resolver"] });
    expect((await operator("person", "set", "zoe", "--disable")).out).toContain("disabled");
    expect((await operator("person", "list")).out).toMatch(/^zoe +Zoe +resolver +disabled$/m);
    const none = await operator("person", "set", "zoe", "--right", "none", "--enable", "--json");
    expect(none.json()).toMatchObject({ rights: [], disabled: false });
  });

  it("refuses unknown rights, people and contradictions", async () => {
    const wrong = await operator("person", "add", "yan", "--right", "god");
    expect(wrong.err).toContain("`god` is not a right; write one of: operator, policy_admin");
    const both = ["--right", "none", "--right", "auditor"];
    expect((await operator("person", "set", "bo", ...both)).status).toBe(2);
    expect((await operator("person", "set", "nobody", "--disable")).status).toBe(5);
    expect((await operator("person", "set", "bo", "--disable", "--enable")).status).toBe(2);
    expect((await world.as("bo", ["person", "list"])).status).toBe(4);
  });
});

describe("oncall", () => {
  it("sets a roster's shifts, and empties it", async () => {
    const shift = ["--shift", "bo=now/12h", "--shift", "ana=2030-01-01T08:00Z/2030-01-01T20:00Z"];
    const set = await operator("oncall", "set", "sre", ...shift);
    expect(set.out).toContain("On call for sre:\n  bo from");
    const json = (await operator("oncall", "set", "sre", ...shift, "--json")).json();
    expect(json.shifts[1]).toEqual({
      person: "ana",
      from: Date.UTC(2030, 0, 1, 8),
      until: Date.UTC(2030, 0, 1, 20),
    });
    expect((await operator("oncall", "set", "sre", "--nobody")).out).toContain("Nobody is on call");
    for (const wrong of ["bo", "bo=now", "bo=then/12h"]) {
      expect((await operator("oncall", "set", "sre", "--shift", wrong)).status).toBe(2);
    }
    expect((await operator("oncall", "set", "sre")).status).toBe(2);
  });
});

describe("halt", () => {
  it("halts an identity, says so, and is lifted after a yes", async () => {
    const halted = await operator("halt", "identity:dev-agent", "--reason", "what is this");
    expect(halted.out).toContain("Halted: identity dev-agent.");
    const [, id = ""] = /halt lift (\w{4})/.exec(halted.out) ?? [];
    expect((await operator("halt", "list")).out).toMatch(
      new RegExp(
        `^${id} +identity dev-agent +operator-1 +\\d\\d:\\d\\d +what is this +in force$`,
        "m",
      ),
    );
    const lift = ["halt", "lift", id, "--reason", "it was a test"];
    expect((await operator(...lift)).status).toBe(2);
    const terminal = [["Lift this halt?", "y"]] as const;
    const lifted = await world.as("operator-1", lift, { terminal });
    expect([lifted.status, lifted.out]).toEqual([0, expect.stringContaining("Lifted.")]);
    expect((await operator("halt", "list")).out).toContain("No halt is in force.");
    expect((await operator("halt", "list", "--all")).out).toContain("lifted");
    expect((await operator(...lift, "--yes")).status).toBe(3);
  });

  it("is named to whoever approves what it keeps from starting (I10)", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const halted = await operator("halt", "identity:dev-agent", "--reason", "wait");
    const [, halt = ""] = /halt lift (\w{4})/.exec(halted.out) ?? [];
    const approved = await world.as("bo", ["approve", id, "--yes"]);
    expect(approved.out).toContain("It does not start while a halt is in force");
    expect(approved.out).not.toContain("may run");
    const lifted = await operator("halt", "lift", halt, "--yes", "--reason", "over");
    expect(lifted.status).toBe(0);
    expect((await world.as("bo", ["show", id, "--json"])).json().halt).toBeNull();
  });

  it("says loudly that a halt of nobody registered stops nobody", async () => {
    const halted = await operator("halt", "identity:dev-agnet", "--reason", "runaway");
    expect(halted.status).toBe(5);
    expect(halted.err).toContain("NOBODY IS STOPPED BY THIS HALT: no identity `dev-agnet`");
    const [, id = ""] = /halt lift (\w{4})/.exec(halted.out) ?? [];
    expect((await operator("halt", "list")).out).toContain("dev-agnet");
    expect((await operator("halt", "lift", id, "--yes", "--reason", "a typo")).status).toBe(0);
  });

  it("shows a halt in the inbox, and what a lift lets go before it asks", async () => {
    const halted = await operator("halt", "identity:dev-agent", "--reason", "wait");
    const [, halt = ""] = /halt lift (\w{4})/.exec(halted.out) ?? [];
    expect((await world.as("bo", ["inbox"])).err).toMatch(/Halt of identity dev-agent .*starts/);
    const id = await world.wants("orders.submit", ORDER);
    await world.as("bo", ["approve", id, "--yes"]);
    const terminal = [["Lift this halt?", "n"]] as const;
    const asked = await world.as("operator-1", ["halt", "lift", halt, "--reason", "over"], {
      terminal,
    });
    expect(asked.out).toContain("Approved while it was in force, and runs once no halt is left");
    expect(asked.out).toContain(id);
    await operator("halt", "lift", halt, "--yes", "--reason", "over");
  });

  it("takes two people to lift a halt of everything", async () => {
    const placed = (await operator("halt", "everything", "--reason", "alarm", "--json")).json();
    expect(placed).toMatchObject({ scope: { kind: "everything" }, active: true });
    const lift = ["halt", "lift", placed.id, "--yes", "--reason", "over"];
    expect((await operator(...lift)).out).toContain("a second operator has to lift it too");
    const second = await world.as("operator-2", [...lift, "--json"]);
    expect(second.json().active).toBe(false);
  });

  it("refuses what cannot be halted, and whoever may not", async () => {
    expect((await operator("halt")).err).toContain(
      "say what to halt: `everything`, or identity:ID",
    );
    expect((await operator("halt", "planet:earth", "--reason", "x")).status).toBe(2);
    expect((await operator("halt", "everything")).err).toContain("--reason");
    expect((await world.as("bo", ["halt", "everything", "--reason", "x"])).status).toBe(4);
    expect((await operator("halt", "lift", "ZZZZ", "--yes", "--reason", "x")).status).toBe(5);
  });
});

describe("policy", () => {
  const write = (name: string, text: string) => writeFile(join(world.folder, name), text);

  it("checks, with place and caret", async () => {
    const good = await world.run(["policy", "check"]);
    expect([good.status, good.out]).toEqual([
      0,
      expect.stringContaining("policy.yaml is a policy (version "),
    ]);
    await write(
      "bad.yaml",
      POLICY.replace("decision: hold\n    risk: low", "decision: hodl\n    risk: low"),
    );
    const bad = await world.run(["policy", "check", "bad.yaml"]);
    expect(bad.status).toBe(2);
    expect(bad.out).toMatch(/bad\.yaml:\d+:\d+: .*`hodl`.*did you mean `hold`\?\n.*\|.*\n.*\^/);
    const json = (await world.run(["policy", "check", "bad.yaml", "--json"])).json();
    expect(json).toMatchObject({
      ok: false,
      version: null,
      problems: [expect.stringContaining("hodl")],
    });
    expect((await world.run(["policy", "check", "none.yaml"])).err).toContain(
      "there is no file `none.yaml`",
    );
  });

  it("tries the cases beside a policy, and explains those that fail", async () => {
    expect((await world.run(["policy", "test"])).status).toBe(2);
    const request = `request: { action: { name: files.read } }`;
    await write(
      "policy.cases.yaml",
      `cases:\n  - { name: reads, ${request}, expect: { decision: allow } }\n`,
    );
    const good = await world.run(["policy", "test"]);
    expect([good.status, good.out]).toEqual([0, "1 of 1 case passed.\n"]);
    await write(
      "other.yaml",
      `cases:\n  - { name: reads, ${request}, expect: { decision: deny } }\n`,
    );
    const bad = await world.run(["policy", "test", "--cases", "other.yaml"]);
    expect(bad.status).toBe(1);
    expect(bad.out).toContain("FAILED reads (other.yaml:2)");
    expect(bad.out).toContain("allowed: files.read");
    expect((await world.run(["policy", "test", "--json"])).json()).toMatchObject({ ok: true });
  });

  it("explains a request that exists, one in a file, and one against a file", async () => {
    const id = await world.wants("orders.pay", { amount: "9.00 USD" });
    const byId = await world.as("operator-1", ["policy", "explain", id]);
    expect([byId.status, byId.out]).toEqual([0, expect.stringContaining("held: orders.pay")]);
    const asked = {
      identity: "dev-agent",
      action: { name: "files.read" },
      resource: { type: "file", id: "a" },
    };
    await write("asked.json", JSON.stringify(asked));
    const byFile = await operator("policy", "explain", "asked.json", "--json");
    expect(byFile.json().decision.effect).toBe("allow");
    const byText = ["policy", "explain", "asked.json", "--policy", "policy.yaml"];
    const offline = await world.run(byText);
    const asData = (await world.run(["--json", ...byText])).json();
    expect(asData).toMatchObject({
      decision: { effect: expect.any(String) },
      text: offline.out.trimEnd(),
    });
    expect(Object.keys(asData.decision)).toEqual(Object.keys(byFile.json().decision));
    expect([offline.status, offline.out]).toEqual([
      0,
      expect.stringContaining("allowed: files.read"),
    ]);
    await write("half.json", '{"action": {"name": "x"}, "action": 1}');
    expect((await operator("policy", "explain", "half.json")).err).toContain(
      "is not JSON that is taken",
    );
  });

  it("tries one on what is on record, and says what would be different and what it costs", async () => {
    const id = await world.wants("orders.pay");
    const text = await readFile(join(world.folder, "policy.yaml"), "utf8");
    await write("stricter.yaml", `${text}  - ${NO_ORDERS}\n`);
    const tried = await operator("policy", "replay", "--since", "1d", "stricter.yaml");
    expect(tried.err).toBe("");
    expect(tried.out).toMatch(/ to .*: \d+ requests? on record\.$/m);
    expect(tried.out).toMatch(/^Denied that was held: \d+$\n {2}by rule: no-orders \d+$/m);
    expect(tried.out).toMatch(new RegExp(`/r/req_\\w*${id}$`, "m"));
    expect(tried.out).toContain(
      "Note: Identities, their owners and groups are those registered now.",
    );
    const one = await operator("policy", "replay", "stricter.yaml", "--latest", "1", "--json");
    expect(one.json()).toMatchObject({ judged: 1, changes: [{ from: "held", to: "denied" }] });
    await write("broken.yaml", text.replace("decision: hold", "decision: maybe"));
    const broken = await operator("policy", "replay", "broken.yaml");
    expect([broken.status, broken.err]).toEqual([2, expect.stringContaining("^")]);
    expect((await world.as("bo", ["policy", "replay", "stricter.yaml"])).status).toBe(4);
  });

  it("publishes what loads, and leaves the policy in force where it does not", async () => {
    const text = await readFile(join(world.folder, "policy.yaml"), "utf8");
    await write("next.yaml", `${text}# more\n`);
    const published = await operator("policy", "publish", "next.yaml", "--live", "--json", "--yes");
    expect([published.status, published.json().version]).toEqual([
      0,
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    await write("bad.yaml", "version: 2\n");
    const bad = await operator("policy", "publish", "bad.yaml");
    expect(bad.status).toBe(2);
    expect(bad.err).toContain("Nothing was published; the policy in force stays.");
    expect(bad.err).toMatch(/bad\.yaml:1:10[\s\S]*\n +\| +\^/);
    expect((await operator("policy", "versions", "--json")).json()[0].version).toBe(
      published.json().version,
    );
    const file = join(world.folder, ".haltpoint", "dev", "haltpoint.db");
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare("SELECT canonical FROM entries").all();
    database.close();
    const refused = rows
      .map(({ canonical }) => JSON.parse(String(canonical)) as { kind: string; actor: string })
      .filter(({ kind }) => kind === "policy_refused");
    expect(refused.map(({ actor }) => actor)).toEqual(["person:operator-1"]);
    expect((await world.as("bo", ["policy", "publish", "next.yaml", "--yes"])).status).toBe(4);
  });

  it("proposes one to a second policy admin, whose approval puts it in force", async () => {
    const text = await readFile(join(world.folder, "policy.yaml"), "utf8");
    await write("proposed.yaml", text.replace("risk: critical", "risk: high"));
    const why = ["--yes", "--reason", "erasures are rare"];
    const proposed = await operator("policy", "publish", "proposed.yaml", ...why);
    expect([proposed.status, proposed.err]).toEqual([0, ""]);
    expect(proposed.out).toMatch(/^Proposed: proposed\.yaml .* Nothing has changed yet\.$/m);
    const id = /\/r\/(req_\w+)$/m.exec(proposed.out)?.[1] ?? "";
    const shown = await world.as("operator-2", ["show", id]);
    expect(shown.out).toContain("Publish policy");
    expect(shown.out).toContain("~ rule erasures: risk critical → high");
    expect(shown.out).toContain("requests on record");
    const digest = /digest ([\w-]{43})/.exec(shown.out)?.[1] ?? "";
    const approve = ["approve", id, "--yes", "--digest", digest, "--reason", "looked at it"];
    const own = await world.as("operator-1", approve);
    expect([own.status, own.err]).toEqual([4, expect.stringContaining("somebody else")]);
    const approved = await world.as("operator-2", approve);
    expect([approved.status, approved.err]).toEqual([0, ""]);
    const again = await operator("policy", "publish", "proposed.yaml", "--yes");
    expect(again.out).toContain("In force: proposed.yaml");
    const listed = await world.as("bo", ["policy", "versions"]);
    expect(listed.out).toMatch(new RegExp(`^[\\w-]{12} .* operator-1 +proposal +${id}$`, "m"));
    expect(listed.out).toMatch(/ setup +first/);
    const versions = (await world.as("bo", ["policy", "versions", "--json"])).json();
    const first = (versions as { version: string; how: string }[]).find(
      ({ how }) => how === "first",
    )!;
    const short = first.version.slice(0, 12);
    expect((await world.as("bo", ["policy", "show", short])).out.trim()).toBe(text.trim());
    expect((await world.as("bo", ["policy", "show", "nothing"])).status).toBe(5);
    const back = await operator("policy", "revert", short, "--live", "--yes");
    expect([back.status, back.out]).toEqual([0, expect.stringContaining("In force: version")]);
  });

  it("shows what would be different, and publishes nothing that nobody was asked about", async () => {
    const text = await readFile(join(world.folder, "policy.yaml"), "utf8");
    await write("lower.yaml", text.replace("risk: critical", "risk: low"));
    const asked = await operator("policy", "publish", "lower.yaml");
    expect(asked.status).toBe(2);
    expect(asked.out).toContain("~ rule erasures: risk critical → low");
    expect(asked.err).toContain("nothing was published. Give --yes.");
    const before = (await operator("policy", "publish", "lower.yaml", "--live", "--yes")).out;
    expect(before).toContain("In force: lower.yaml");
    const again = await operator("policy", "publish", "lower.yaml", "--live", "--yes");
    expect(again.out).toContain("It says the same as the policy in force.");
    await operator("policy", "publish", "policy.yaml", "--live", "--yes");
  });
});

const NO_ORDERS =
  "{ id: no-orders, why: Nothing is paid, match: { action: orders.pay }, decision: deny }";

describe("report", () => {
  it("counts what happened since", async () => {
    const id = await world.wants("orders.pay");
    await world.as("bo", ["reject", id, "--yes", "--reason", "no"]);
    const ran = await world.as("operator-2", ["report", "--since", "1h"]);
    expect(ran.status).toBe(0);
    expect(ran.out).toMatch(/^How they stand: .*\d rejected/m);
    expect(ran.out).toMatch(/^orders +\d+ +\d+ +0 +0$/m);
    const json = (await world.as("operator-2", ["report", "--json"])).json();
    expect(json.requests).toBeGreaterThan(0);
    expect((await world.as("operator-2", ["report", "--since", "often"])).status).toBe(2);
  });
});
