/**
 * T37: a halt, a policy, a membership or an owner that changes between the facts being read and the
 * commit. Each of them against approving, redeeming, and submitting with redemption.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { SubmitBody } from "@haltpoint/protocol";
import { checkHistory } from "./check-history.ts";
import { IDENTITIES, PERSONS } from "./cast.ts";
import type { Operation } from "./operation.ts";
import type { Variant } from "./policy-variant.ts";
import { FORBIDDEN, publishing, Race, USUAL } from "./race.ts";
import { newFolder, prepareDatabase, removeFolder } from "./simulated-server.ts";
import type { Outcome, World } from "./world.ts";

const folder = newFolder();
let prepared = "";
beforeAll(async () => {
  prepared = await prepareDatabase(folder);
});
afterAll(() => removeFolder(folder));

async function openRace(): Promise<Race> {
  const own = newFolder();
  const race = await Race.open(prepared, own);
  onTestFinished(async () => {
    await race.close();
    removeFolder(own);
  });
  await race.alone(publishing(race.world, USUAL));
  return race;
}

const PASSKEY = { passkey: false };

function bodyOf(action: string, id: string): SubmitBody {
  return {
    action: { name: action, properties: { amount: 500 } },
    resource: { type: "order", id },
    enforcement: { caller_returns: true },
  };
}

function submitting(race: Race, action: string, redeems: boolean): Operation {
  const attempt = redeems ? race.world.points.newAttempt("agent-1", race.newKey()) : null;
  const key = race.newKey();
  return { kind: "submit", identityId: "agent-1", key, body: bodyOf(action, key), attempt };
}

async function submitted(race: Race): Promise<{ id: string; digest: string }> {
  const outcome = await race.alone(submitting(race, "order.submit", false));
  if (outcome.kind !== "value" || outcome.state === null) throw new Error("it was not submitted");
  return { id: outcome.state.id, digest: outcome.state.revision.digest };
}

function approving(race: Race, request: { id: string; digest: string }): Operation {
  return {
    kind: "decide",
    person: "cy",
    ...PASSKEY,
    key: race.newKey(),
    requestId: request.id,
    decision: {
      kind: "review",
      verdict: "approve",
      digest: request.digest,
      reason: "needed",
      confirmed: [],
    },
  };
}

function redeeming(race: Race, requestId: string): Operation {
  const attempt = race.world.points.newAttempt("agent-1", race.newKey());
  return { kind: "redeem", requestId, attempt };
}

function halting(race: Race, person = "olga"): Operation {
  return { kind: "halt", person, ...PASSKEY, key: race.newKey(), scope: { kind: "everything" } };
}

function disabling(id: string): Operation {
  const person = PERSONS.find((each) => each.id === id);
  if (person === undefined) throw new Error(`${id} is not of the cast`);
  return { kind: "save_person", person: { ...person, disabled: true } };
}

function changing(more: { owner?: string; actsForPeople?: boolean }): Operation {
  const [agent] = IDENTITIES;
  if (agent === undefined) throw new Error("the cast has no identity");
  return { kind: "save_identity", identity: { ...agent, ...more } };
}

/** What a command is, before anything is in its way. */
const COMMANDS = {
  approve: async (race: Race) => approving(race, await submitted(race)),
  redeem: async (race: Race) => {
    const request = await submitted(race);
    await race.alone(approving(race, request));
    return redeeming(race, request.id);
  },
  "submit and redeem": async (race: Race) => submitting(race, "note.send", true),
} as const;

type Name = keyof typeof COMMANDS;

const RIVALS = {
  halt: { fact: "halt", rival: (race: Race) => halting(race) },
  "policy publish": { fact: "policy", rival: (race: Race) => publishing(race.world, FORBIDDEN) },
  "membership change": {
    fact: "membership",
    rival: (_race: Race, name: Name) =>
      name === "submit and redeem" ? changing({ actsForPeople: true }) : disabling("cy"),
  },
  "owner change": { fact: "membership", rival: () => changing({ owner: "cy" }) },
} as const satisfies Record<
  string,
  { fact: keyof World["stale"]; rival: (race: Race, name: Name) => Operation }
>;

/** What the command is answered when the rival was committed just before it. */
const ANSWERS: Record<keyof typeof RIVALS, Record<Name, string>> = {
  halt: { approve: "approved", redeem: "interrupted", "submit and redeem": "approved" },
  "policy publish": { approve: "approved", redeem: "denied", "submit and redeem": "denied" },
  "membership change": {
    approve: "right_required",
    redeem: "approval_void",
    "submit and redeem": "invalid_request",
  },
  "owner change": {
    approve: "separation_of_duties",
    redeem: "approval_void",
    "submit and redeem": "running",
  },
};

const pairs = Object.entries(RIVALS).flatMap(([rivalName, rival]) =>
  Object.entries(COMMANDS).map(([commandName, command]) => ({
    rivalName: rivalName as keyof typeof RIVALS,
    commandName: commandName as Name,
    ...rival,
    command,
  })),
);

function said(outcome: Outcome): string {
  if (outcome.kind === "value") return outcome.state?.status ?? "done";
  return outcome.kind === "refusal" ? outcome.problem.code : outcome.detail;
}

describe.each(pairs)(
  "$rivalName against $commandName",
  ({ rivalName, commandName, fact, rival, command }) => {
    it("is seen when it lands between the facts and the commit", async () => {
      const race = await openRace();
      const operation = await command(race);
      const raced = await race.within(
        operation,
        rival(race, commandName),
        (point) => point === "commit",
      );
      expect(raced.rival.kind).toBe("value");
      expect(raced.met).toBe(true);
      expect(race.world.stale[fact]).toBeGreaterThan(0);
      expect(said(raced.outcome)).toBe(ANSWERS[rivalName][commandName]);
      await race.letEverythingEnd();
      await checkHistory(race.store, race.world);
    });

    it("keeps the invariants wherever else it lands", async () => {
      let steps = 0;
      for (let met = true; met; steps += 1) {
        const race = await openRace();
        const operation = await command(race);
        const raced = await race.within(
          operation,
          rival(race, commandName),
          (_point, step) => step === steps,
        );
        ({ met } = raced);
        expect(raced.outcome.kind).not.toBe("fault");
        await race.letEverythingEnd();
        await checkHistory(race.store, race.world);
      }
      expect(steps).toBeGreaterThan(4);
    });
  },
);

describe("after a race with a halt", () => {
  it("an approval that came later waits for the lift", async () => {
    const race = await openRace();
    const request = await submitted(race);
    await race.within(approving(race, request), halting(race), (point) => point === "commit");
    expect(said(await race.alone(redeeming(race, request.id)))).toBe("halted");
    expect(race.world.points.effects).toHaveLength(0);
  });
});

describe("two policies published at once", () => {
  it("each name the one they replace", async () => {
    const race = await openRace();
    const other: Variant = { ...USUAL, groups: { finance: ["bo", "di"], security: ["ed"] } };
    await race.within(
      publishing(race.world, other),
      publishing(race.world, FORBIDDEN),
      (point) => point === "commit",
    );
    const published = (await race.store.entries("system")).filter(
      ({ kind }) => kind === "policy_published",
    );
    const [usual, forbidden, last] = published.map(({ data }) => data["version"]);
    expect(published.map(({ data }) => data["previous"])).toEqual([null, usual, forbidden]);
    expect((await race.store.policy())?.version).toBe(last);
  });
});

describe("rights in a race", () => {
  it("nobody lifts a halt with a right that was taken away meanwhile", async () => {
    const race = await openRace();
    await race.alone({ ...halting(race), scope: { kind: "action", id: "note.send" } } as Operation);
    const haltId = (await race.store.halts(1))[0]?.id ?? "";
    const lift: Operation = {
      kind: "lift",
      person: "otto",
      ...PASSKEY,
      key: race.newKey(),
      haltId,
    };
    const raced = await race.within(lift, disabling("otto"), (point) => point === "commit");
    expect(said(raced.outcome)).toBe("right_required");
    expect((await race.store.halt(haltId))?.liftedAt).toBeNull();
  });

  it("two operators who lift everything at once are two, and one of them is one", async () => {
    const race = await openRace();
    await race.alone(halting(race));
    const haltId = (await race.store.halts(1))[0]?.id ?? "";
    const lift = (person: string): Operation => {
      return { kind: "lift", person, ...PASSKEY, key: race.newKey(), haltId };
    };
    const raced = await race.within(lift("otto"), lift("otto"), (point) => point === "commit");
    expect(said(raced.outcome)).toBe("lift_needs_second_person");
    expect((await race.store.halt(haltId))?.liftedAt).toBeNull();
    await race.within(lift("otto"), lift("olga"), (point) => point === "commit");
    const { lifts = [], liftedAt = null } = (await race.store.halt(haltId)) ?? {};
    expect(lifts.map(({ by }) => by)).toEqual(["person:otto", "person:olga"]);
    expect(liftedAt).not.toBeNull();
  });

  it("who sends a halt again after losing the right is told what the first call did", async () => {
    const race = await openRace();
    const halt = halting(race);
    await race.alone(halt);
    await race.alone(disabling("olga"));
    expect(await race.alone(halt)).toMatchObject({ kind: "value", replayed: true });
    expect(await race.store.halts(10)).toHaveLength(1);
  });
});

describe("a halt of a person's identities", () => {
  it("stops what was submitted before the identity became theirs", async () => {
    const race = await openRace();
    const request = await submitted(race);
    await race.alone(approving(race, request));
    await race.alone(changing({ owner: "bo" }));
    await race.alone({ ...halting(race, "bo"), scope: { kind: "owner", id: "bo" } } as Operation);
    expect((await race.store.request(request.id))?.status).toBe("interrupted");
  });

  it("still covers what was submitted before the identity was given away", async () => {
    const race = await openRace();
    const request = await submitted(race);
    await race.alone(approving(race, request));
    await race.alone(changing({ owner: "bo" }));
    await race.alone({ ...halting(race, "ana"), scope: { kind: "owner", id: "ana" } } as Operation);
    expect((await race.store.request(request.id))?.status).toBe("interrupted");
  });
});
