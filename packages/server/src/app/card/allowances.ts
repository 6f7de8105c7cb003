/**
 * What a person could do to a request now. Each answer is the machine's own: the command is decided
 * on current facts and nothing is committed, so no rule is written down a second time.
 */
import type { Allowance, CardAction, Revision } from "@haltpoint/protocol";
import type { Command, Facts } from "../../domain/request/commands.ts";
import { decide } from "../../domain/request/decide.ts";
import type { RequestState } from "../../domain/request/model.ts";
import type { Standing } from "../../ports/store.ts";
import type { App } from "../app.ts";
import type { Principal } from "../authenticate.ts";
import { channelRefusal, sightRefusal } from "../channels.ts";
import { aboutRequest, gatherFacts } from "../facts.ts";

type Person = Extract<Principal, { readonly kind: "person" }>;
type Acting = Extract<Command["actor"], { kind: "person" }>;

export interface Allowances {
  readonly can: Readonly<Record<CardAction, Allowance>>;
  /** Who may decide it and is not conflicted, the person who asks aside; ids. */
  readonly delegates: readonly string[];
}

/** Stands for what the form will ask for: a reason, a text, a verdict's result. */
const GIVEN = "given";
const NOBODY = "";

export async function allowancesOf(
  app: App,
  state: RequestState,
  content: Revision,
  person: Person,
  standing: Standing,
): Promise<Allowances> {
  const actor = actorOf(person);
  const { facts } = await gatherFacts(app, standing, aboutRequest(state, content, actor));
  const may = (command: Command): Allowance => allowanceOf(state, command, facts);
  const mayHere = (command: Extract<Command, { kind: "review" | "override" }>): Allowance => {
    const answer = may(command);
    const refusal = answer.allowed
      ? (channelRefusal(app, person, command, state) ??
        (command.kind === "override" ? sightRefusal(person, state, facts.roster) : null))
      : null;
    return refusal === null ? answer : { allowed: false, why: refusal.detail };
  };
  const delegate = (to: string): Command => ({ kind: "delegate", actor, person: to, reason: null });
  const delegates = [...new Set([...facts.roster.values()].flat())]
    .filter((id) => id !== person.id && may(delegate(id)).allowed)
    .sort();
  const { digest } = state.revision;
  const confirmed = (state.obligations?.confirm ?? []).map((statement) => statement.id);
  const review = { kind: "review", actor, digest, reason: GIVEN, confirmed } as const;
  return {
    delegates,
    can: {
      approve: mayHere({ ...review, verdict: "approve" }),
      reject: mayHere({ ...review, verdict: "reject" }),
      edit: may(editOf(state, actor)),
      ask: may({ kind: "ask", actor, text: GIVEN }),
      answer: may({ kind: "answer", actor, text: GIVEN }),
      delegate: delegation(may(delegate(delegates[0] ?? NOBODY)), delegates),
      extend: may({ kind: "extend", actor, reason: GIVEN }),
      override: mayHere({ kind: "override", actor, digest, reason: GIVEN }),
      interrupt: may({ kind: "interrupt", actor, reason: GIVEN }),
      retract: may({ kind: "retract", actor, reason: GIVEN }),
      resolve: may({ kind: "resolve", actor, result: "succeeded", reason: GIVEN }),
      follow_up: may({ kind: "follow_up", actor, verdict: "ok", reason: GIVEN }),
    },
  };
}

/** For lists of what runs: only what stops or settles it. */
export async function runAllowancesOf(
  app: App,
  state: RequestState,
  content: Revision,
  person: Person,
  standing: Standing,
): Promise<{ readonly interrupt: Allowance; readonly resolve: Allowance }> {
  const actor = actorOf(person);
  const { facts } = await gatherFacts(app, standing, aboutRequest(state, content, actor));
  return {
    interrupt: allowanceOf(state, { kind: "interrupt", actor, reason: GIVEN }, facts),
    resolve: allowanceOf(
      state,
      { kind: "resolve", actor, result: "succeeded", reason: GIVEN },
      facts,
    ),
  };
}

/** With every proof there could be: whether they have it is asked when they decide. */
function actorOf({ id, via }: Person): Acting {
  return { kind: "person", id, stepUp: "passkey", via };
}

function allowanceOf(state: RequestState, command: Command, facts: Facts): Allowance {
  const { refusal } = decide(state, command, facts);
  return { allowed: refusal === null, why: refusal?.detail ?? null };
}

/** An edit of everything editable to something else; where nothing is, one of any field. */
function editOf(state: RequestState, actor: Acting): Command {
  const editable = state.obligations?.editableFields ?? [];
  return {
    kind: "edit",
    actor,
    digest: state.revision.digest,
    newDigest: `not ${state.revision.digest}`,
    fields: editable.length === 0 ? ["action"] : editable,
    reason: GIVEN,
  };
}

/** Of nobody in particular the machine can only say that this nobody may not decide it. */
function delegation(answer: Allowance, delegates: readonly string[]): Allowance {
  if (answer.allowed || delegates.length > 0) return answer;
  return answer.why?.startsWith("`") === true
    ? { allowed: false, why: "nobody else may decide this" }
    : answer;
}
