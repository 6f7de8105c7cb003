import type { Plant } from "./plant.ts";

/** Bugs in who decides about an identity, what its end ends, and what holds a burst. */
const server = (name: string): string => `packages/server/src/${name}.ts`;
const lifecycle = ["test/lifecycle/lifecycle.test.ts"];
const bursts = ["test/http/bursts.test.ts"];

export const lifecyclePlants: readonly Plant[] = [
  {
    name: "change-under-an-older-policy",
    file: server("app/identities"),
    find: "{ ...fence.value, policy: epochs.policy }",
    replace: "{ ...fence.value }",
    tests: lifecycle,
    invariant: "T37: a change is made under the policy that let it pass",
  },
  {
    name: "suspender-approves-the-return",
    file: server("app/about-resource"),
    find: "return about.suspender === null ? [] : [about.suspender];",
    replace: "return [];",
    tests: lifecycle,
    invariant: "T7: whoever suspended an identity does not let it act again",
  },
  {
    name: "stale-change-made",
    file: server("app/make-change"),
    find: "if (stale !== null) {",
    replace: 'if (stale === "") {',
    tests: lifecycle,
    invariant: "I2: what was shown is what is made",
  },
  {
    name: "late-key-of-an-offboarded-identity",
    file: server("app/authenticate"),
    find: " || identity.stage === LAST_STAGE",
    replace: "",
    tests: lifecycle,
    invariant: "T37: a key that was issued at the same moment lets nobody in",
  },
  {
    name: "out-of-suspension-by-way-of-dormancy",
    file: server("domain/registry/lifecycle"),
    find: '    dormant: "identity.resume",',
    replace: '    dormant: "none",',
    tests: lifecycle,
    invariant: "T13: a rule about the return is not gone round by another stage",
  },
  {
    name: "burst-not-fenced",
    file: server("app/held-queue"),
    find: "return { expected: { heldFewer }, writes: [] };",
    replace: "return { expected: {}, writes: [] };",
    tests: bursts,
    invariant: "T20, T37: of many at once the one that crosses the line places the halt",
  },
];
