import type { Plant } from "./plant.ts";

/** Bugs between reading and committing: each shows only when two things happen at once, or never end. */
const app = (name: string): string => `packages/server/src/app/${name}.ts`;
const storage = (name: string): string => `packages/server/src/storage/${name}.ts`;
const simulation = ["test/simulation/simulation.test.ts"];
const races = ["test/simulation/races.test.ts"];
const contention = ["test/simulation/contention.test.ts"];

const fences: readonly Plant[] = [
  {
    name: "check-then-act",
    file: app("execute"),
    find: "  const committed = await commitOnce(app, commit, now);\n  return committed ? finish",
    replace: `  const present = (await app.store.request(state.id))?.version ?? 0;
  const late = JSON.parse(JSON.stringify(commit));
  if (late.expected.request !== undefined) late.expected.request.version = present;
  for (const write of late.writes) {
    if (write.kind === "request") write.state.version += present - state.version;
  }
  const committed = await commitOnce(app, late, now);
  return committed ? finish`,
    tests: races,
    invariant: "I6: what was decided on one version is not written over another",
  },
  {
    name: "lost-update",
    file: storage("sql/requests"),
    find: "      WHERE id = ? AND version = ?`,",
    replace: "      WHERE id = ? AND version <> ? - 1000`,",
    tests: contention,
    invariant: "I6: of two writes from one version one wins",
  },
  {
    name: "halt-read-before-commit",
    file: app("execute"),
    find: "    epochs,\n    ...(before === Infinity ? ",
    replace:
      "    epochs: { policy: epochs.policy, membership: epochs.membership },\n    ...(before === Infinity ? ",
    tests: races,
    invariant: "I10, T37: a halt acknowledged between reading and committing is not jumped",
  },
  {
    name: "halt-read-before-commit-at-submission",
    file: app("submit-request"),
    find: "      request: { id: state.id, version: 0 },\n      epochs,\n",
    replace: "      request: { id: state.id, version: 0 },\n",
    tests: races,
    invariant: "T37: policy, halts and membership are fenced at submission too",
  },
  {
    name: "epochs-read-after-the-facts",
    file: app("execute"),
    find: "    expected: expectedOf(state, standing, events, {",
    replace:
      "    expected: expectedOf(state, { ...standing, epochs: await app.store.epochs() }, events, {",
    tests: simulation,
    invariant: "T37: epochs are read before the facts that they fence",
  },
  {
    name: "lift-without-fence",
    file: app("place-halt"),
    find: "    epochs: { membership },\n",
    replace: "",
    tests: races,
    invariant: "T37: a right that was taken away meanwhile lifts nothing",
  },
  {
    name: "publication-without-fence",
    file: app("publish-policy"),
    find: "expected: { epochs: { policy: epoch } },",
    replace: "expected: {},",
    tests: races,
    invariant: "I8: a publication's entry names the policy that it replaces",
  },
  {
    name: "one-lift-counts-twice",
    file: app("place-halt"),
    find: "    halt: { id: stored.id, lifts: stored.lifts.length },\n",
    replace: "",
    tests: races,
    invariant: "lifting everything takes two persons",
  },
];

const staleFacts: readonly Plant[] = [
  {
    name: "no-recheck-of-membership",
    file: app("known-facts"),
    find: "if (this.#membership?.epoch === epoch) return this.#membership;",
    replace: "if (this.#membership !== null) return this.#membership;",
    tests: races,
    invariant: "I3: eligibility is asked again at redeem",
  },
  {
    name: "no-recheck-of-policy",
    file: app("policies"),
    find: "if (this.#cached?.epoch === epoch) return this.#cached.policy;",
    replace: "if (this.#cached !== null) return this.#cached.policy;",
    tests: races,
    invariant: "I12: policy is asked again at redeem",
  },
  {
    name: "no-recheck-of-halts",
    file: app("known-facts"),
    find: "    if (this.#haltEpoch === epoch) {",
    replace: "    if (this.#haltEpoch >= 0) {",
    tests: simulation,
    invariant: "I10: halts are looked at again at redeem",
  },
  {
    name: "halt-tells-nobody",
    file: app("place-halt"),
    find: "interrupted = await sweepHalt(app, placed.id);",
    replace: "interrupted = 0;",
    tests: simulation,
    invariant: "I10: what runs under a halt is told before the halt is acknowledged",
  },
  {
    name: "submission-sent-again-after-a-halt",
    file: "packages/server/src/edges/http/routes/requests.ts",
    find: "  if (!replayed && isMine && isHandedOver) return answered(state);",
    replace: "  if (isMine && isHandedOver) return answered(state);",
    tests: ["test/http/resent-submission.test.ts"],
    invariant: "I10: a lost answer that is asked for again is no way round a halt",
  },
  {
    name: "halt-of-former-owners-only",
    file: "packages/server/src/domain/request/scope.ts",
    find: "  if (identity === null) return keys;",
    replace: "  if (identity !== undefined) return keys;",
    tests: races,
    invariant: "I10: a halt of a person's identities is of those that are theirs today",
  },
];

const evidence: readonly Plant[] = [
  {
    name: "evidence-dropped",
    file: storage("sql/apply-commit"),
    find: '    if (write.kind === "entry") {',
    replace: `    if (write.kind === "entry" && write.draft.kind === "redeemed") continue;
    if (write.kind === "entry") {`,
    tests: simulation,
    invariant: "I8: no state change without its entry",
  },
  {
    name: "evidence-after-effect",
    file: storage("sql/apply-commit"),
    find: "  let standing = before;\n  for (const write of commit.writes) {",
    replace: `  let standing = before;
  const later = (write: Write): boolean =>
    write.kind === "entry" && write.draft.kind === "redeemed";
  const owed: Write[] = ((globalThis as { owed?: Write[] }).owed ??= []);
  const due = [...owed.splice(0), ...commit.writes.filter((write) => !later(write))];
  owed.push(...commit.writes.filter(later));
  for (const write of due) {`,
    tests: simulation,
    invariant: "I8: the redemption's entry is durable before the effect may start",
  },
  {
    name: "key-after-the-submission",
    file: app("submit-request"),
    find: "  if (!(await commitOnce(app, commit, now))) return null;",
    replace: `  const late = commit.writes.filter((write) => write.kind === "key");
  const writes = commit.writes.filter((write) => write.kind !== "key");
  if (!(await commitOnce(app, { ...commit, writes }, now))) return null;
  await commitOnce(app, { expected: {}, writes: late }, now);`,
    tests: races,
    invariant: "I14: the key is written with what it did",
  },
  {
    name: "key-after-the-decision",
    file: app("execute"),
    find: `      ...(keyed === null || refusal !== null ? [] : [keyWrite(keyed, current, now)]),
    ],
  };
  const committed = await commitOnce(app, commit, now);`,
    replace: `    ],
  };
  const committed = await commitOnce(app, commit, now);
  if (committed && keyed !== null && refusal === null) {
    await commitOnce(app, { expected: {}, writes: [keyWrite(keyed, current, now)] }, now);
  }`,
    tests: simulation,
    invariant: "I14: a person's lost answer is not `your click changed nothing`",
  },
  {
    name: "attempt-derived-from-the-request",
    file: app("redeem-grant"),
    find: 'const command = { kind: "redeem", actor, attemptHash: redeem.attemptHash } as const;',
    replace: 'const command = { kind: "redeem", actor, attemptHash: redeem.requestId } as const;',
    tests: contention,
    invariant: "I1: only the attempt that redeemed gets the same answer",
  },
  {
    name: "attempt-derived-by-the-point",
    file: "packages/sdk/src/hold.ts",
    find: "    this.#attempt = randomToken();",
    replace: "    this.#attempt = this.#key.padEnd(32, this.#key);",
    tests: ["packages/sdk/src/guard-lost-answers.test.ts"],
    invariant: "I1: a restarted process cannot present the attempt of the one before it",
  },
];

const time: readonly Plant[] = [
  {
    name: "no-deadline-at-the-commit",
    file: app("execute"),
    find: "  const ahead = [...(due !== null && due > time.now ? [due] : []), confirmedUntil ?? Infinity];",
    replace: "  const ahead = [confirmedUntil ?? Infinity];",
    tests: simulation,
    invariant: "I7: what was in time when it was decided is in time when it is committed",
  },
  {
    name: "time-goes-back",
    file: storage("sql/store-clock"),
    find: "Math.max(this.#highWaterMs, storedHighWaterMs, Math.floor(wallMs))",
    replace: "Math.max(0, Math.floor(wallMs))",
    tests: simulation,
    invariant: "I7: the store's clock never goes back",
  },
  {
    name: "jump-not-noticed",
    file: storage("sql/store-clock"),
    find: "      this.#jumpedAtMs = monotonicMs;\n",
    replace: "",
    tests: simulation,
    invariant: "I7: after a jump nothing is redeemed for a minute",
  },
];

export const concurrencyPlants: readonly Plant[] = [...fences, ...staleFacts, ...evidence, ...time];
