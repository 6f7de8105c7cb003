import type { Plant } from "./plant.ts";

/**
 * Bugs in the state machine. Each is caught by the tests named here, and all of them by the walk as
 * well (`test/walk`), which is not named since it takes longer than every other test together.
 */
const folder = "packages/server/src/domain/request";
const file = (name: string): string => `${folder}/${name}.ts`;
const tests = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `${folder}/${name}.test.ts`);

const edits: readonly Plant[] = [
  {
    name: "votes-kept-after-an-edit",
    file: file("quorum"),
    find: "    review.revision === state.revision.number &&\n    review.digest === state.revision.digest &&\n",
    replace: "",
    tests: tests("editing"),
    invariant: "I2: an approval is of the revision that was displayed",
  },
  {
    name: "edit-approves-itself",
    file: file("decide-review"),
    find: "  return [event];\n}\n\nfunction editedEvent(",
    replace: `  if (facts.policy.effect !== "allow") return [event];
  const grant = grantFor(after, held.obligations, facts);
  const about = { at: facts.now, actor: command.actor, basis: "quorum", counted: [] } as const;
  return [event, { ...about, kind: "approved", to: "approved", grant }];
}

function editedEvent(`,
    tests: tests("editing"),
    invariant: "T26: an edit below the threshold is no approval",
  },
  {
    name: "editor-approves",
    file: file("quorum"),
    find: "if (!obligations.editorMayApprove && state.edits.some((edit) => edit.by === person)) {",
    replace: "if (Number(state.version) < 0) {",
    tests: tests("editing"),
    invariant: "I4: whoever edited does not count unless the rule allows it",
  },
  {
    name: "edit-drops-a-reviewer",
    file: file("decide-review"),
    find: ": mergeObligations(obligations, escalatedTo(policy.obligations, state.escalatedUntilMs));",
    replace: ": policy.obligations;",
    tests: tests("editing"),
    invariant: "an edited revision needs the original and the new obligations",
  },
  {
    name: "edit-loses-the-veto-window",
    file: file("decide-review"),
    find: "Math.max(summary.vetoWindowMs, state.policy.vetoWindowMs)",
    replace: "summary.vetoWindowMs",
    tests: tests("windows"),
    invariant: "the longest notBefore survives merging",
  },
];

const people: readonly Plant[] = [
  {
    name: "one-person-in-two-slots",
    file: file("quorum"),
    find: "  const matched = match(slots, persons);\n  return matched.size === slots.length ? [...matched.values()] : null;",
    replace: `  const each = slots.flatMap((slot) => persons.find(slot) ?? []);
  return each.length === slots.length ? each : null;`,
    tests: tests("approving", "quorum"),
    invariant: "I3, T10: distinct persons fill the slots",
  },
  {
    name: "owner-approves",
    file: file("quorum"),
    find: "if (!obligations.ownerMayApprove && (person === state.scope.owner || person === ownerNow)) {",
    replace: "if (Number(state.version) < 0) {",
    tests: tests("approving"),
    invariant: "I4, T7: the identity's owner does not approve its actions",
  },
  {
    name: "person-acted-for-approves",
    file: file("quorum"),
    find: "const isForThem = !obligations.onBehalfOfMayApprove && person === state.onBehalfOf;",
    replace: "const isForThem = Number(state.version) < 0;",
    tests: tests("approving"),
    invariant: "I4: the person acted for does not approve",
  },
  {
    name: "unresolved-person-acted-for",
    file: file("quorum"),
    find: "if (state.actsForPeople && !isActive(electorate.roster, state.onBehalfOf)) {",
    replace: "if (Number(state.version) < 0) {",
    tests: tests("approving"),
    invariant: "I4, T8: nobody counts where the person acted for is not known",
  },
  {
    name: "claimed-person-confirms",
    file: file("quorum"),
    find: "return electorate.state.actsForPeople && person === electorate.state.onBehalfOf;",
    replace: "return person === electorate.state.onBehalfOf;",
    tests: tests("approving"),
    invariant: "I13: naming a person gives them no say",
  },
  {
    name: "caller-sent-approval-honoured",
    file: file("decide-hold"),
    find: 'if (command.actor.kind !== "person" || !facts.person.active) {',
    replace:
      'if (command.actor.kind === "clock" || (command.actor.kind === "person" && !facts.person.active)) {',
    tests: tests("approving"),
    invariant: "T6: an approval that the caller sends is nobody's",
  },
  {
    name: "step-up-of-now-not-asked",
    file: file("quorum"),
    find: "    STEP_UPS.indexOf(review.stepUp) >= STEP_UPS.indexOf(obligations.stepUp) &&\n",
    replace: "",
    tests: tests("redeeming"),
    invariant: "earlier reviews count only at the step-up now required",
  },
  {
    name: "uncounted-reviewer-retracts",
    file: file("decide-review"),
    find: "!state.counted.includes(actor.id)",
    replace: "!state.reviews.some((each) => each.person === actor.id)",
    tests: tests("windows"),
    invariant: "only a counted reviewer takes an approval back",
  },
  {
    name: "override-without-step-up",
    file: file("decide-review"),
    find: '  if (stepUpOf(command.actor) !== "passkey") {',
    replace: "  if (false as boolean) {",
    tests: tests("overriding"),
    invariant: "I11: an override takes a step-up",
  },
  {
    name: "overrider-follows-up",
    file: file("decide-run"),
    find: "  if (state.override?.by === actor.id) {",
    replace: "  if (false as boolean) {",
    tests: tests("overriding"),
    invariant: "I11, I4: somebody else looks at an override",
  },
];

const redemption: readonly Plant[] = [
  {
    name: "no-recheck-at-redeem",
    file: file("decide-redeem"),
    find: "      if (filledBy(electorate) !== null) return null;\n",
    replace: "      if (required.quorum.length > 0) return null;\n",
    tests: tests("redeeming"),
    invariant: "I3, T11: the matching is made again at redeem",
  },
  {
    name: "policy-not-asked-again",
    file: file("decide-redeem"),
    find: "  if (isDenied(facts.policy)) return deniedNow(facts);\n",
    replace: "",
    tests: tests("redeeming"),
    invariant: "I12: policy is asked again at redeem",
  },
  {
    name: "override-waives-a-denial",
    file: file("decide-redeem"),
    find: "  if (isDenied(facts.policy)) return",
    replace: '  if (state.basis !== "override" && isDenied(facts.policy)) return',
    tests: tests("overriding"),
    invariant: "I11: an override waives the quorum and nothing else",
  },
  {
    name: "attempt-not-compared",
    file: file("decide-redeem"),
    find: "  if (state.run === null || state.run.attemptHash !== command.attemptHash) return false;\n",
    replace: "  if (state.run === null) return false;\n",
    tests: tests("redeeming"),
    invariant: "I1, T3: the answer is the attempt's own",
  },
  {
    name: "attempt-reused",
    file: file("decide-redeem"),
    find: "  if (state.spentAttempts.includes(command.attemptHash)) {",
    replace: "  if (false as boolean) {",
    tests: tests("redeeming"),
    invariant: "I1: a new attempt for each redemption",
  },
  {
    name: "indeterminate-retried",
    file: file("decide-redeem"),
    find: '  if (state.status !== "approved" || grant === null) return notRedeemable(state, command);',
    replace:
      '  if (!["approved", "indeterminate"].includes(state.status) || grant === null) return notRedeemable(state, command);',
    tests: tests("running", "redeeming"),
    invariant: "I1: an unknown outcome is never tried again by the machine",
  },
  {
    name: "indeterminate-given-back",
    file: file("decide-run"),
    find: 'return state.interruptedBy === null ? "failed" : "interrupted";',
    replace: 'return "approved";',
    tests: tests("running"),
    invariant: "I1: what may have happened is not free to run again",
  },
  {
    name: "halt-ignored-at-redeem",
    file: file("decide-redeem"),
    find: '  if (isOlderThanHalt(state, facts)) return killed(facts, "interrupted");\n',
    replace: "",
    tests: tests("redeeming"),
    invariant: "I10: a grant older than a matching halt is dead",
  },
  {
    name: "lifted-halt-forgotten",
    file: file("decide-redeem"),
    find: "  return facts.halts.newestMatchingEpoch > (state.grant?.haltEpoch ?? 0);",
    replace:
      "  return facts.halts.active !== null && facts.halts.newestMatchingEpoch > (state.grant?.haltEpoch ?? 0);",
    tests: tests("redeeming"),
    invariant: "I10, T22: dead also after the lift",
  },
  {
    name: "answer-repeated-after-a-halt",
    file: file("decide-redeem"),
    find: "  if (!isOlderThanHalt(state, facts)) return [];\n",
    replace: "  if (state.run !== null) return [];\n",
    tests: tests("redeeming"),
    invariant: "I10: nothing starts after a halt",
  },
  {
    name: "halt-not-heard",
    file: file("decide-run"),
    find: '  if (isOlderThanHalt(state, facts)) return [{ ...haltedEvent(facts), to: "interrupting" }];\n',
    replace: "",
    tests: tests("running"),
    invariant: "I10: a run hears of a halt with its next heartbeat",
  },
  {
    name: "jumped-clock-trusted",
    file: file("decide-redeem"),
    find: "  if (!facts.clockTrusted) {",
    replace: "  if (false as boolean) {",
    tests: tests("redeeming"),
    invariant: "I7, T33: a clock that jumped stops redemptions",
  },
];

const time: readonly Plant[] = [
  {
    name: "time-approves",
    file: file("due"),
    find: 'return { ...about, kind: "expired", to: "expired", was: "held" };',
    replace: `{
        const { number: revision, digest } = state.revision;
        const grant = { revision, digest, approvedAt: now, notBefore: now, deadline: now + 1e7 };
        const whole = { ...grant, haltEpoch: 0, windowMs: 0 };
        return { ...about, kind: "approved", to: "approved", basis: "quorum", grant: whole, counted: [] };
      }`,
    tests: tests("approving", "holding"),
    invariant: "I5, T14: no timer authorises",
  },
  {
    name: "no-grant-deadline",
    file: file("due"),
    find: "if (state.grant === null || now < state.grant.deadline) return null;",
    replace: "if (state.grant === null || now > 0) return null;",
    tests: tests("redeeming", "windows"),
    invariant: "I7: a grant has a deadline",
  },
  {
    name: "deadline-not-in-the-guard",
    file: file("decide"),
    find: "  const elapsed = lapse(state, facts);\n",
    replace: '  const elapsed = command.kind === "tick" ? lapse(state, facts) : [];\n',
    tests: tests("redeeming", "running", "approving"),
    invariant: "I7, T15: deadlines hold whether or not a sweeper ran",
  },
  {
    name: "grant-used-up-by-its-window",
    file: file("decide-submit"),
    find: "    deadline: instant(notBefore + span.grantMs),",
    replace: "    deadline: instant(facts.now + span.grantMs),",
    tests: tests("windows"),
    invariant: "the grant's deadline counts from notBefore",
  },
  {
    name: "veto-window-lost-at-approval",
    file: file("decide-review"),
    find: "Math.max(obligations.undoMs, state.policy.vetoWindowMs)",
    replace: "obligations.undoMs",
    tests: tests("windows"),
    invariant: "the longest notBefore survives approval",
  },
  {
    name: "veto-window-lost-on-return",
    file: file("decide-redeem"),
    find: "Math.max(policy.vetoWindowMs, state.policy.vetoWindowMs)",
    replace: "policy.vetoWindowMs",
    tests: tests("windows"),
    invariant: "the longest notBefore survives a return to held",
  },
  {
    name: "lease-renewed-while-interrupting",
    file: file("decide-run"),
    find: '  if (state.status === "interrupting") return []; // renews nothing: the lease runs out under it\n  if (state.status !== "running" || run === null) {',
    replace: '  if (!["running", "interrupting"].includes(state.status) || run === null) {',
    tests: tests("running"),
    invariant: "heartbeats while interrupting renew nothing",
  },
  {
    name: "lease-past-the-run-maximum",
    file: file("decide-run"),
    find: "Math.min(facts.now + run.leaseMs, run.maxUntil)",
    replace: "facts.now + run.leaseMs",
    tests: tests("running"),
    invariant: "I15: a run ends at its maximum",
  },
  {
    name: "terminal-overwritten",
    file: file("decide-run"),
    find: '["held", "approved", "running"].includes(state.status)',
    replace: '["held", "approved", "running", "rejected", "interrupted"].includes(state.status)',
    tests: tests("running"),
    invariant: "I6: a terminal state absorbs",
  },
];

export const machinePlants: readonly Plant[] = [...edits, ...people, ...redemption, ...time];
