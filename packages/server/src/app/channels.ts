/**
 * The channels a person may decide through, and the one place through which all their decisions go.
 *
 * INVARIANT: of every channel, those that come later included:
 * 1. A decision carries the digest that was displayed; another one is refused with the difference.
 * 2. What a channel may be unable to show whole, it may not approve; it may always say no and stop.
 * 3. Looking never decides: this is reached by commands only, never by GET or HEAD.
 * 4. The first valid decision wins; whoever comes later is told who, when and what.
 * 5. Channels hold nothing: each is a projection of the one state that the commit is made on.
 * 6. What ended by time, withdrawal or interruption says so, and never looks like a person's no.
 * (7, that new arrivals move nothing under the reader's hand, is for the page to keep.)
 */
import type { Channel } from "@haltpoint/protocol";
import { RISKS, type Risk, type Roster } from "../domain/policy/model.ts";
import type { Command } from "../domain/request/commands.ts";
import type { Actor, RequestState } from "../domain/request/model.ts";
import { refuse, type Refusal } from "../domain/request/refusal.ts";
import type { Standing, Write } from "../ports/store.ts";
import { answered, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { displayNow } from "./display-now.ts";
import { editSteps, type Edit } from "./edit-request.ts";
import { lookWrite } from "./note-look.ts";
import { rosterOf } from "./facts.ts";
import { executeSteps, type Executed, type Keyed, type Step } from "./execute.ts";
import { isServersOwn, serverSteps } from "./server-acts.ts";
import { checkSignature, UNSIGNED, type SentSignature, type Signed } from "./signed-decision.ts";
import { visibilityOf } from "./view-request.ts";

interface ChannelRules {
  /** The highest risk that may be approved here. */
  readonly approveUpTo: Risk;
  readonly override: boolean;
}

/** What each channel may do in favour of an action. A new channel is a row here. */
const CHANNELS: Readonly<Record<Channel, ChannelRules>> = {
  web: { approveUpTo: "critical", override: true },
  // Whoever runs as the reviewer's user can type, too (T36).
  cli: { approveUpTo: "medium", override: false },
};

type Person = Extract<Principal, { readonly kind: "person" }>;
type WithoutActor<C> = C extends Command ? Omit<C, "actor"> : never;
type PersonKind = "ask" | "extend" | "delegate" | "interrupt" | "follow_up" | "retract" | "resolve";

/** What a person does to a request, whatever channel it came by. */
export type Act =
  | WithoutActor<Extract<Command, { kind: PersonKind | "review" | "override" }>>
  | ({ readonly kind: "edit" } & Omit<Edit, "actor">);

export interface Made {
  readonly requestId: string;
  readonly person: Person;
  readonly act: Act;
  /** As sent; absent where the channel computes none. */
  readonly displayDigest?: string | undefined;
  readonly readMs?: number | undefined;
  readonly signature?: SentSignature | undefined;
  /** A further condition of this decision, e.g. of a batch. */
  readonly barred?: (state: RequestState) => Refusal | null;
}

/** Decides. The only way from an edge to the machine for what people do to a request. */
export function decideOn(app: App, made: Made, keyed: Keyed): Promise<Answer<Executed>> {
  return executeSteps(
    app,
    made.requestId,
    (state, standing) => stepsOf(app, made, state, standing),
    keyed,
  );
}

async function stepsOf(
  app: App,
  made: Made,
  state: RequestState,
  standing: Standing,
): Promise<Answer<readonly Step[]>> {
  const { act, person } = made;
  const actor = (stepUp: "none" | "passkey"): Extract<Actor, { kind: "person" }> => {
    return { kind: "person", id: person.id, stepUp, via: person.via };
  };
  switch (act.kind) {
    case "review":
    case "override": {
      const signed = await signatureOf(app, made, state, standing);
      const display = await displayRefusal(app, made, state, standing);
      const roster = act.kind === "override" ? await rosterOf(app, state, standing) : null;
      const command = { ...act, actor: actor(signed.stepUp) };
      const barred = (current: RequestState): Refusal | null =>
        channelRefusal(app, person, act, current) ??
        (roster === null ? null : sightRefusal(person, current, roster)) ??
        made.barred?.(current) ??
        display ??
        signed.refusal;
      const evidence = { ...evidenceOf(made), ...signed.evidence };
      const writes = [...signed.writes, ...readingWrites(made, standing)];
      const approves = act.kind === "review" && act.verdict === "approve";
      const after = approves ? await serverSteps(app, state, standing) : answered([]);
      if (!after.ok) return after;
      return answered([{ command, barred, evidence, writes }, ...after.value]);
    }
    case "edit": {
      const steps = await editSteps(app, { ...act, actor: actor("none") }, state, standing);
      if (!steps.ok) return steps;
      const evidence = evidenceOf(made);
      const [first, ...approval] = steps.value;
      const barred = (current: RequestState): Refusal | null =>
        channelRefusal(app, person, { kind: "review", verdict: "approve" }, current);
      return answered([
        { ...first, evidence },
        ...approval.map((step) => ({ ...step, barred, evidence })),
      ]);
    }
    default:
      return answered([{ command: { ...act, actor: actor("none") } }]);
  }
}

/** How long the person read before they decided, where the channel measured it. */
function readingWrites({ requestId, person, readMs }: Made, { time }: Standing): readonly Write[] {
  if (readMs === undefined) return [];
  return [lookWrite({ requestId, person: person.id, readMs }, time.now)];
}

const NO_OVERRIDE =
  "a change of policy or of the registry is approved and not overridden; on the server's machine " +
  "`haltpoint policy publish --host` and `haltpoint identity set --host` recover an installation";

/** What is refused because of where it was decided; a no is taken from everywhere. */
export function channelRefusal(
  app: App,
  person: Person,
  act: { readonly kind: "override" } | { readonly kind: "review"; readonly verdict: string },
  state: RequestState,
): Refusal | null {
  if (act.kind === "review" && act.verdict === "reject") return null;
  // INVARIANT: T13. Break-glass for these is on the host: here it would be nobody's second look.
  if (act.kind === "override" && isServersOwn(state)) {
    return refuse("separation_of_duties", NO_OVERRIDE);
  }
  // Who signs in for development proves nothing anyway, on loopback, and the record says so (T36).
  if (person.via === "development" && app.site.development) return null;
  const rules = CHANNELS[person.channel];
  const where = `in the web inbox: ${app.site.publicUrl}/r/${state.id}`;
  if (act.kind === "override") {
    return rules.override ? null : refuse("channel_not_allowed", `override ${where}`);
  }
  const risk = state.obligations?.risk ?? state.policy.risk;
  if (RISKS.indexOf(risk) <= RISKS.indexOf(rules.approveUpTo)) return null;
  return refuse("channel_not_allowed", `approve ${risk} risk ${where}`);
}

/** Nobody lets run what they may not see: an override waives the quorum, and not that (I2). */
export function sightRefusal(person: Person, state: RequestState, roster: Roster): Refusal | null {
  if (visibilityOf(state, person, roster) === "full") return null;
  const detail =
    "overriding takes sight of the arguments: reviewers, the owner and auditors have it";
  return refuse("right_required", detail);
}

/** INVARIANT: I2. What is decided is what was displayed, and all of it (T18, T19). */
async function displayRefusal(
  app: App,
  { person, displayDigest }: Made,
  state: RequestState,
  standing: Standing,
): Promise<Refusal | null> {
  if (displayDigest === undefined) return null;
  const display = await displayNow(app, person, state, standing);
  if (display === null || display === displayDigest) return null;
  return refuse(
    "stale_revision",
    "what is shown or asked changed since you looked; look again before you decide",
    { field: "display_digest" },
  );
}

/** The signature, where one was sent and there is something it could be about. */
function signatureOf(
  app: App,
  { act, person, signature }: Made,
  state: RequestState,
  standing: Standing,
): Promise<Signed> | Signed {
  if (signature === undefined || (act.kind !== "review" && act.kind !== "override")) {
    return UNSIGNED;
  }
  // Refused by the machine for what it is, whatever was signed.
  if (state.status !== "held" || act.digest !== state.revision.digest) return UNSIGNED;
  const words =
    act.kind === "override"
      ? { verdict: "override" as const, reason: act.reason, confirmed: [] }
      : { verdict: act.verdict, reason: act.reason, confirmed: act.confirmed };
  return checkSignature(app, { person, state, standing, words, signature });
}

function evidenceOf({ person, readMs }: Made): Readonly<Record<string, unknown>> {
  return { channel: person.channel, ...(readMs === undefined ? {} : { read_ms: readMs }) };
}
