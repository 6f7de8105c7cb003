/** The stories of one action, each of which is played without a fault and then with each. */
import type { Scene } from "./scene.ts";
import { IDENTITY } from "./testing/installation.ts";

export interface Story {
  readonly name: string;
  /** How it ends where the caller lives, whatever is lost on the way. */
  readonly ends: {
    readonly status: string;
    /** What the caller is told. */
    readonly ending: string;
    readonly effects: number;
    readonly amount?: string;
  };
  /**
   * Said once, on leaving, and not again: lost, it stays like this until its deadline, with nobody
   * who could run it.
   */
  readonly mayStay?: "held";
  /** Heartbeats come with time; only where a story waits for one does each run have it. */
  readonly hasHeartbeat?: true;
  play(scene: Scene): Promise<void>;
}

const DONE = { status: "succeeded", ending: "ran", effects: 1 } as const;
const REASON = { reason: "as the story goes" } as const;

/** Submits an order that is held, and waits until its agent waits for people. */
async function heldOrder(scene: Scene, action = "orders.submit"): Promise<string> {
  scene.call({ action });
  const id = await scene.held();
  await scene.asking("wait");
  return id;
}

const deciding: readonly Story[] = [
  {
    name: "allowed",
    ends: DONE,
    hasHeartbeat: true,
    async play(scene) {
      scene.finishesEffects = false;
      scene.call({ action: "orders.read" });
      await scene.begun();
      await scene.answered("heartbeat");
      scene.finishEffects();
    },
  },
  {
    name: "approved",
    ends: DONE,
    async play(scene) {
      await heldOrder(scene);
      await scene.review("ana", "approve");
    },
  },
  {
    name: "edited and approved",
    ends: { ...DONE, amount: "4000.00 USD" },
    async play(scene) {
      const id = await heldOrder(scene);
      const view = await scene.person("bo", (client) => client.get(id));
      const set = { "action.properties.amount": "4000.00 USD" };
      const body = { digest: view?.revision.digest ?? "", set, approve: true, ...REASON };
      await scene.person("bo", (client, options) => client.edit(id, body, options));
    },
  },
  {
    name: "approved by two",
    ends: DONE,
    async play(scene) {
      await heldOrder(scene, "orders.transfer");
      await scene.review("ana", "approve");
      await scene.asking("wait", 2);
      await scene.review("bo", "approve");
    },
  },
  {
    name: "rejected",
    ends: { status: "rejected", ending: "rejected", effects: 0 },
    async play(scene) {
      await heldOrder(scene);
      await scene.review("bo", "reject");
    },
  },
  {
    name: "retracted",
    ends: { status: "rejected", ending: "rejected", effects: 0 },
    async play(scene) {
      const id = await heldOrder(scene, "orders.post");
      await scene.review("ana", "approve");
      await scene.person("ana", (client, options) => client.retract(id, REASON, options));
      await scene.review("bo", "reject");
    },
  },
];

const stopping: readonly Story[] = [
  {
    name: "interrupted while it ran",
    ends: { status: "interrupted", ending: "interrupted", effects: 1 },
    hasHeartbeat: true,
    async play(scene) {
      scene.finishesEffects = false;
      scene.call({ action: "orders.transfer" });
      const id = await scene.held();
      await scene.asking("wait");
      await scene.review("ana", "approve");
      await scene.asking("wait", 2);
      await scene.review("bo", "approve");
      await scene.begun();
      await scene.asking("heartbeat");
      await scene.person("olga", (client, options) => client.interrupt(id, REASON, options));
    },
  },
  {
    name: "interrupted while it was held",
    ends: { status: "interrupted", ending: "interrupted", effects: 0 },
    async play(scene) {
      const id = await heldOrder(scene);
      await scene.person("olga", (client, options) => client.interrupt(id, REASON, options));
    },
  },
  {
    name: "halted, approved and lifted",
    ends: DONE,
    async play(scene) {
      await heldOrder(scene);
      const scope = { kind: "action", id: "orders.submit" } as const;
      const halt = await scene.person("olga", (client, options) =>
        client.halt({ scope, ...REASON }, options),
      );
      await scene.review("ana", "approve");
      await scene.asking("redeem", 2);
      await scene.person("olga", (client, options) => client.lift(halt?.id ?? "", REASON, options));
    },
  },
  {
    name: "withdrawn",
    ends: { status: "cancelled", ending: "cancelled", effects: 0 },
    mayStay: "held",
    async play(scene) {
      await heldOrder(scene);
      scene.abort();
    },
  },
];

const returning: readonly Story[] = [
  {
    name: "joined again after its caller was killed",
    ends: DONE,
    async play(scene) {
      await heldOrder(scene);
      await scene.loseAgent();
      await scene.review("ana", "approve");
      scene.callAgain();
    },
  },
  {
    name: "resolved after its caller was killed",
    ends: { status: "succeeded", ending: "killed", effects: 1 },
    async play(scene) {
      scene.finishesEffects = false;
      const id = await heldOrder(scene);
      await scene.review("ana", "approve");
      await scene.begun();
      await scene.loseAgent();
      await scene.standing(id, "indeterminate");
      const result = scene.hasBegun ? "succeeded" : "failed";
      const body = { result, ...REASON } as const;
      await scene.person("olga", (client, options) => client.resolve(id, body, options));
    },
  },
];

const governing: readonly Story[] = [
  {
    name: "denied by what its identity may do since",
    ends: { status: "denied", ending: "denied", effects: 0 },
    async play(scene) {
      await heldOrder(scene);
      await scene.person("olga", ({ identities }, options) =>
        identities.update(IDENTITY, { may: ["orders.read"] }, options),
      );
      await scene.review("ana", "approve");
      await scene.ended();
      await scene.person("olga", ({ identities }, options) =>
        identities.update(IDENTITY, { may: null }, options),
      );
    },
  },
  {
    name: "run by an identity registered for it",
    ends: DONE,
    async play(scene) {
      const id = `robot-${scene.key}`;
      await scene.person("olga", ({ identities }, options) =>
        identities.create({ id, type: "agent", owner: "chen" }, options),
      );
      const apiKey = await scene.newKey(id);
      scene.call({ action: "orders.read", apiKey });
      await scene.ended();
      const keys = await scene.person("olga", ({ identities }) => identities.get(id));
      for (const key of keys?.keys ?? []) {
        await scene.person("olga", ({ identities }, options) =>
          identities.revokeKey(id, key.id, options),
        );
      }
    },
  },
];

export const STORIES: readonly Story[] = [...deciding, ...stopping, ...returning, ...governing];
