import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorld, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ORDER = { amount: "9000.00 USD", vendor: "Acme GmbH" };
const digestOf = async (id: string): Promise<string> =>
  (await world.as("ana", ["show", id, "--json"])).json().revision.digest;

describe("approve", () => {
  it("prints the whole action, then says what its approval did", async () => {
    const id = await world.wants("orders.submit", ORDER, "PO-7");
    const ran = await world.as("bo", ["approve", id, "--yes"]);
    expect(ran.status).toBe(0);
    const card = ran.out.slice(0, ran.out.indexOf("Approved: "));
    for (const part of [
      "Submit orders PO-7 (9,000.00 USD)",
      "medium, spend",
      "one of group:finance",
      "Finance approves orders",
      'action.properties.vendor = "Acme GmbH"',
      "until",
    ]) {
      expect(card).toContain(part);
    }
    expect(ran.out).toContain("Approved: Submit orders PO-7 (9,000.00 USD).");
    expect((await world.as("ana", ["show", id])).out).toContain("approved by bo");
  });

  it("says who else is needed", async () => {
    const id = await world.wants("keys.rotate");
    const digest = (await world.as("dee", ["show", id, "--json"])).json().revision.digest;
    const ran = await world.as("dee", [
      "approve",
      id,
      "--yes",
      "--digest",
      digest,
      "--reason",
      "due",
    ]);
    expect(ran.out).toContain("More are needed: so far 1 of 2; it takes 2 of group:security");
  });

  it("tells whoever comes second who decided, when, and that nothing was changed", async () => {
    const id = await world.wants("orders.submit", ORDER);
    await world.as("ana", ["reject", id, "--yes", "--reason", "too dear"]);
    const ran = await world.as("bo", ["approve", id, "--yes"]);
    expect(ran.status).toBe(3);
    expect(ran.err).toMatch(
      /^haltpoint: ana rejected this at \d\d:\d\d \(too dear\)\. Your command changed nothing\.$/m,
    );
    const json = await world.as("bo", ["approve", id, "--yes", "--json"]);
    expect(json.problem()).toMatchObject({ code: "already_decided", exit_status: 3 });
    expect(json.out).toBe("");
  });

  it("decides nothing where nobody can be asked and nobody said --yes", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["approve", id]);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain("Give --yes to decide without being asked.");
    expect((await world.as("bo", ["show", id, "--json"])).json().status).toBe("held");
  });

  it.each(["keys.rotate", "files.erase"])(
    "lets --yes alone not decide `%s`, and takes the digest of what was looked at",
    async (action) => {
      const id = await world.wants(action);
      const reason = ["--reason", "planned"];
      const alone = await world.as("eli", ["approve", id, "--yes", ...reason]);
      expect(alone.status).toBe(2);
      const [, digest = ""] = /--yes --digest (\S+)/.exec(alone.err) ?? [];
      const ran = await world.as("eli", ["approve", id, "--yes", "--digest", digest, ...reason]);
      expect(ran.status).toBe(0);
    },
  );

  it("does not decide something else than has the digest that was given", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const digest = await digestOf(id);
    const set = ["--set", "action.properties.amount=5000.00 USD"];
    await world.as("ana", ["edit", id, ...set, "--yes", "--reason", "less"]);
    const ran = await world.as("bo", ["approve", id, "--yes", "--digest", digest]);
    expect(ran.status).toBe(3);
    expect(ran.err).toContain("the action changed since you looked");
    expect(ran.err).toContain('"9000.00 USD" → "5000.00 USD"');
  });

  it("wants every statement confirmed, and knows which there are", async () => {
    const id = await world.wants("vendors.add");
    const missing = await world.as("bo", ["approve", id, "--yes", "--confirm", "known"]);
    expect(missing.err).toContain("Confirm it with --confirm");
    expect(missing.status).toBe(2);
    expect(missing.err).toContain("The bank account was checked by phone");
    const stranger = await world.as("bo", ["approve", id, "--yes", "--confirm", "knwon"]);
    expect(stranger.err).toContain(
      "there is no statement `knwon` to confirm; it is one of: checked, known",
    );
    const both = ["--confirm", "known", "--confirm", "checked"];
    expect((await world.as("bo", ["approve", id, "--yes", ...both])).status).toBe(0);
  });

  it("is refused to who is no reviewer, and to who may only see that there is something", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const stranger = await world.as("dee", ["approve", id, "--yes"]);
    expect(stranger.status).toBe(5);
    const operator = await world.as("operator-2", ["approve", id, "--yes"]);
    expect(operator.status).toBe(4);
  });

  it("never lets anybody approve what they were not shown", async () => {
    const policy = await readFile(join(world.folder, "policy.yaml"), "utf8");
    expect(policy).not.toContain("eve");
    const id = await world.wants("keys.rotate", { host: "db-1" });
    // operator-1 owns the agent and sees all; a resolver who is no auditor sees that it exists.
    const set = ["person", "set", "rob", "--right", "resolver"];
    expect((await world.as("operator-1", set)).status).toBe(0);
    const shown = await world.as("rob", ["show", id]);
    expect(shown.out).toContain("(!) The arguments are not shown to you");
    expect(shown.out).not.toContain("db-1");
    const ran = await world.as("rob", ["approve", id, "--yes", "--digest", "x".repeat(43)]);
    expect(ran.status).toBe(4);
    expect(ran.err).toContain("you were not shown everything");
  });

  it("answers with one JSON document that has what was displayed", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["approve", id, "--yes", "--json"]);
    const { request, displayed, replayed } = ran.json();
    expect(request).toMatchObject({ short_id: id, status: "approved" });
    expect(displayed).toMatchObject({ status: "held", revision: request.revision });
    expect(replayed).toBe(false);
    expect(ran.err).toBe("");
  });
});

describe("at a terminal", () => {
  it("asks before it approves, and takes yes", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const terminal = [["Approve exactly what is printed above?", "y"]] as const;
    const ran = await world.as("bo", ["approve", id], { terminal });
    expect(ran.status).toBe(0);
    expect(ran.out).toContain("Approved: ");
  });

  it("takes no, Enter, Ctrl-C and Ctrl-D for a no", async () => {
    const id = await world.wants("orders.submit", ORDER);
    for (const key of ["n", "\r", "\u0003", "\u0004"]) {
      const terminal = [["Approve exactly what is printed above?", key]] as const;
      const ran = await world.as("bo", ["approve", id], { terminal });
      expect(ran.status).toBe(1);
      expect(ran.err).toContain("nothing was changed");
    }
    expect((await world.as("bo", ["show", id, "--json"])).json().status).toBe("held");
  });

  it("asks for each statement, and stops at the first that is not confirmed", async () => {
    const id = await world.wants("vendors.add");
    const checked = ["Do you confirm this? The bank account was checked by phone", "y"] as const;
    const known = "Do you confirm this? The vendor is known to us";
    const no = await world.as("bo", ["approve", id], { terminal: [checked, [known, "n"]] });
    expect(no.status).toBe(1);
    expect(no.err).toContain("you did not confirm `known`");
    const sure = ["Approve exactly what is printed above?", "y"] as const;
    const yes = await world.as("bo", ["approve", id], { terminal: [checked, [known, "y"], sure] });
    expect(yes.status).toBe(0);
    const { reviews } = (await world.as("bo", ["show", id, "--json"])).json();
    expect(reviews[0].confirmed).toEqual(["checked", "known"]);
  });

  it("asks why, where a reason is needed", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const terminal = [
      ["Why do you reject it?", "not now\r"],
      ["Reject it?", "y"],
    ] as const;
    const ran = await world.as("bo", ["reject", id], { terminal });
    expect(ran.status).toBe(0);
    expect((await world.as("bo", ["show", id])).out).toContain("rejected by bo");
  });

  it("has the target of a critical action typed, --yes or not", async () => {
    const id = await world.wants("files.erase", {}, "backups/2026");
    const why = ["Why do you approve it?", "retention is over\r"] as const;
    const typed = (text: string) => ["Type `backups/2026`", `${text}\r`] as const;
    const wrong = await world.as("dee", ["approve", id], { terminal: [why, typed("yes")] });
    expect(wrong.status).toBe(1);
    const right = await world.as("dee", ["approve", id, "--yes", "--reason", "retention is over"], {
      terminal: [typed("backups/2026")],
    });
    expect(right.status).toBe(0);
  });

  it("reads again where the digest that was given is an older one's", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["approve", id, "--digest", "x".repeat(43)], { terminal: [] });
    expect(ran.status).toBe(3);
    expect(ran.err).toContain("it was changed since");
  });
});

describe("reject", () => {
  it("needs a reason, and --yes is enough at any risk", async () => {
    const id = await world.wants("files.erase");
    const without = await world.as("dee", ["reject", id, "--yes"]);
    expect(without.status).toBe(2);
    expect(without.err).toContain("--reason");
    const ran = await world.as("dee", ["reject", id, "--yes", "--reason", "wrong bucket"]);
    expect(ran.status).toBe(0);
    expect(ran.out).toContain("Rejected: Erase files R-1. Nothing ran.");
  });
});

describe("edit", () => {
  const set = (value: string) => ["--set", `action.properties.amount=${value}`, "--reason", "less"];

  it("shows the change, makes it, and approves it where policy lets the editor", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["edit", id, ...set("4000.00 USD"), "--approve", "--yes"]);
    expect(ran.status).toBe(0);
    expect(ran.out).toContain('action.properties.amount: "9000.00 USD" → "4000.00 USD"');
    expect(ran.out).toContain("Approved as edited");
    expect((await world.as("ana", ["show", id])).out).toMatch(
      /Changed since it was submitted:\n.*"9000.00 USD" → "4000.00 USD"\n\s+by bo at \d\d:\d\d: less/,
    );
  });

  it("takes JSON where it parses, and text otherwise", async () => {
    const id = await world.wants("orders.pay", { amount: 1 });
    await world.as("bo", ["edit", id, ...set("2"), "--yes"]);
    const { content } = (await world.as("bo", ["show", id, "--json"])).json().revision;
    expect(content.action.properties.amount).toBe(2);
  });

  it("is refused for fields that policy does not name, and for none", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const vendor = ["--set", "action.properties.vendor=Evil", "--reason", "x", "--yes"];
    const ran = await world.as("bo", ["edit", id, ...vendor]);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain("policy does not let this field be edited");
    expect((await world.as("bo", ["edit", id, "--yes"])).err).toContain("--set action.properties");
    expect((await world.as("bo", ["edit", id, "--set", "amount", "--yes"])).status).toBe(2);
  });

  it("ends with the status of a denial where policy denies the result", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["edit", id, ...set("0.00 USD"), "--yes"]);
    expect(ran.status).toBe(10);
    expect(ran.out).toContain("Edited, and policy denies the result");
    // That is said to the agent, who would send it again.
    expect(ran.out).not.toContain("Do not retry");
  });
});

describe("retract, ask, extend, delegate, override, follow-up", () => {
  it("takes an approval back within its undo window", async () => {
    const id = await world.wants("chat.post");
    const approved = await world.as("bo", ["approve", id, "--yes"]);
    expect(approved.out).toContain(`Until then you can take it back: haltpoint retract ${id}`);
    const ran = await world.as("bo", ["retract", id]);
    expect([ran.status, ran.out]).toEqual([
      0,
      expect.stringContaining("Taken back: it is held again."),
    ]);
    const late = await world.wants("orders.submit", ORDER);
    await world.as("bo", ["approve", late, "--yes"]);
    expect((await world.as("bo", ["retract", late])).status).toBe(3);
  });

  it("asks the agent once", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["ask", id, "Is this vendor new?"]);
    expect([ran.status, ran.out]).toEqual([0, expect.stringContaining("Asked dev-agent.")]);
    expect((await world.as("ana", ["ask", id, "And?"])).status).toBe(3);
    const { id: full } = (await world.as("bo", ["show", id, "--json"])).json();
    await world.agent().answer(full, { text: "No\u202e, since 2019" });
    const shown = (await world.as("bo", ["show", id])).out;
    expect(shown).toContain("bo asks: Is this vendor new?");
    expect(shown).toContain('answer = "No«U+202E», since 2019"');
    expect(shown).toContain("unverified");
  });

  it("extends where policy allows", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["extend", id, "--reason", "waiting for the vendor"]);
    expect([ran.status, ran.out]).toEqual([0, expect.stringContaining("It waits until")]);
    expect((await world.as("dee", ["extend", await world.wants("keys.rotate")])).status).toBe(3);
  });

  it("delegates to who may decide it too", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("bo", ["delegate", id, "--to", "ana", "--json"]);
    expect([ran.status, ran.json().request.short_id]).toEqual([0, id]);
    expect((await world.as("bo", ["delegate", id, "--to", "dee"])).status).toBe(3);
    expect((await world.as("bo", ["delegate", id])).err).toContain("--to PERSON");
  });

  it("overrides only with the right and a step-up, which no token has", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const args = ["override", id, "--yes", "--reason", "production is down", "--json"];
    expect((await world.as("bo", args)).problem().code).toBe("right_required");
    const ran = await world.as("operator-2", args);
    expect(ran.status).toBe(4);
    expect(ran.problem().code).toBe("step_up_required");
  });

  it("follows up only where something was overridden", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const ran = await world.as("ana", ["follow-up", id, "ok", "--reason", "it was"]);
    expect(ran.status).toBeGreaterThan(2);
    expect((await world.as("ana", ["follow-up", id, "fine", "--reason", "x"])).status).toBe(2);
  });
});

describe("interrupt and resolve", () => {
  it("stops what was approved, and tells a running agent", async () => {
    const approved = await world.wants("orders.submit", ORDER);
    await world.as("bo", ["approve", approved, "--yes"]);
    const ran = await world.as("bo", ["interrupt", approved, "--yes", "--reason", "wrong vendor"]);
    expect([ran.status, ran.out]).toEqual([0, expect.stringContaining("It will not run.")]);

    const running = await world.wants("orders.submit", ORDER);
    await world.as("bo", ["approve", running, "--yes"]);
    await world.runs(running);
    const stop = await world.as("bo", ["interrupt", running, "--reason", "wrong vendor"], {
      terminal: [["Stop it now?", "y"]],
    });
    expect([stop.status, stop.out]).toEqual([0, expect.stringContaining("is told to stop")]);
    expect((await world.as("bo", ["interrupt", running, "--yes"])).status).toBe(2);
  });

  it("resolves only what nobody knows", async () => {
    const id = await world.wants("orders.submit", ORDER);
    const args = ["resolve", id, "succeeded", "--reason", "the shop has it"];
    expect((await world.as("operator-1", args)).status).toBe(3);
    expect((await world.as("operator-1", ["resolve", id, "done", "--reason", "x"])).err).toContain(
      "write one of: succeeded, failed, interrupted",
    );
  });
});
