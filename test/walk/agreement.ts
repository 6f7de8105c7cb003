/** Where the machine's state and what the bystander knows must say the same. */
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import type { Witness } from "./witness.ts";

/** @throws Error naming the first thing they differ in. */
export function checkAgreement(state: RequestState, witness: Witness): void {
  const same = (what: string, machine: unknown, known: unknown): void => {
    if (machine === known) return;
    throw new Error(
      `${what}: the machine says \`${String(machine)}\`, the rules say \`${String(known)}\``,
    );
  };
  const { grant, run, outcome, followUp, question } = state;
  same("status", state.status, witness.status);
  same("basis", state.basis, witness.basis);
  same("digest", state.revision.digest, witness.digest);
  same("revision", state.revision.number, witness.revision);
  same("nobody eligible", state.nobodyEligible, witness.nobody);
  same("who decided", state.decided?.by ?? null, witness.decidedBy);
  same("what was decided", state.decided?.status ?? null, witness.decidedStatus);
  same(
    "question",
    question === null ? "none" : question.answer === null ? "open" : "answered",
    witness.question,
  );
  same("follow-up", followUp.status, witness.followUp);
  same("contradicted", state.contradicted, witness.contradicted);
  same("spent attempts", state.spentAttempts.join(), witness.spent.join());
  same("attempt", run?.attemptHash ?? null, witness.attempt);
  same("outcome", outcome?.result ?? null, witness.outcome?.result ?? null);
  same("editors", state.edits.map((edit) => edit.by).join(), witness.editors.join());
  if (state.status === "held") same("hold deadline", state.holdDeadline, witness.holdUntil);
  if (followUp.status === "due") same("follow-up due", followUp.dueAt, witness.followUpAt);
  if (state.status === "approved") {
    same("not before", grant?.notBefore, witness.notBefore);
    same("grant deadline", grant?.deadline, witness.grantUntil);
    same("window", grant?.windowMs, witness.windowMs);
    same("epoch of the grant", grant?.haltEpoch, witness.grantEpoch);
  }
  if (state.status === "running" || state.status === "interrupting") {
    same("lease", run?.leaseUntil, witness.leaseUntil);
    same("run maximum", run?.maxUntil, witness.runUntil);
  }
}
