/**
 * A person's change of policy is a request like any other: the server asks for it on their behalf,
 * and it is held for a second policy admin, with what would be different and what a replay says before
 * them. Their approval puts it in force in its own commit, or nothing does (T13, T40).
 */
import type { SubmitBody } from "@haltpoint/protocol";
import { PUBLISH_ACTION, PUBLISHER, type CompiledPolicy } from "../domain/policy/policy.ts";
import type { StoredPolicy } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { systemEntry } from "./commit-once.ts";
import type { Keyed } from "./execute.ts";
import { doneBefore } from "./keyed-change.ts";
import { judgeRecord } from "./policy-replay/replay-policy.ts";
import { replaySentences } from "./policy-replay/replay-words.ts";
import { proposalOf, type Proposal } from "./propose-change.ts";
import { acceptPolicy, publishPolicy, type Published } from "./publish-policy.ts";
import { fenceRight } from "./right-fence.ts";
import { submitRequest } from "./submit-request.ts";

const RIGHT = "policy_admin";
/** A proposal is answered within seconds, however much is on record. */
const REPLAYED_LATEST = 20_000;
const SHOWN_VERSION_LENGTH = 12;

export interface Propose {
  readonly text: string;
  /** Id of the person. */
  readonly person: string;
  /** Name of the file, for messages. */
  readonly file: string;
  readonly reason?: string;
  /** Put in force at once; only a development server does. */
  readonly live: boolean;
  readonly keyed: Keyed;
  /** Whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** What the answer to a proposal says. */
export interface Proposed extends Published {
  /** The request that a second person decides; null: none is needed. */
  readonly proposal: Proposal | null;
}

/** What the request for a change of policy asks for, all of it bound by its digest. */
export interface Publication {
  /** Version of the policy in force that it was made against. */
  readonly base: string;
  readonly version: string;
  /** What would be different, a line each. */
  readonly difference: readonly string[];
  /** What it would have decided of what is on record, a sentence each. */
  readonly replay: readonly string[];
  readonly text: string;
}

/** Asks a second policy admin to put a policy in force. The first policy of all needs nobody. */
export async function proposePolicy(app: App, propose: Propose): Promise<Answer<Proposed>> {
  const { text, person, file, keyed } = propose;
  const before = await earlierAnswer(app, keyed);
  if (before !== null) return before;
  const by = `person:${person}`;
  const fence = await fenceRight(app, by, RIGHT);
  if (!fence.ok) return fence;
  const loaded = await acceptPolicy(app, { text, by, file });
  if (!loaded.ok) return loaded;
  const inForce = await app.store.policy();
  const { version } = loaded.value;
  if (inForce?.version === version) return answered({ version, changed: false, proposal: null });
  if (inForce === null || propose.live) return unasked(app, propose, inForce);
  const { membership: epoch } = await app.store.epochs();
  const admins = (await app.facts.membership(epoch)).withRight(RIGHT);
  if (admins.every((admin) => admin === person)) return refused("separation_of_duties", ALONE);
  const content = await contentOf(app, propose, { compiled: loaded.value, inForce });
  if (!content.ok) return content;
  const submitted = await submitRequest(app, {
    identityId: PUBLISHER,
    body: content.value,
    key: `${by} ${keyed.key}`,
    attemptHash: null,
    forPerson: {
      id: person,
      right: RIGHT,
      writes: (requestId, now) => [
        systemEntry("policy_proposed", now, by, {
          version,
          base: inForce.version,
          request: requestId,
        }),
        { kind: "key", record: { ...keyed, requestId, answer: version, at: now } },
      ],
    },
  });
  if (submitted.ok) return answered(proposedAs(app, version, submitted.value.state.id));
  // The same call at the same time was faster.
  return (await earlierAnswer(app, keyed)) ?? submitted;
}

const ALONE =
  "a second policy admin approves each change, and you are the only one. Register another: " +
  "`haltpoint person add ID --right policy_admin`; or put it in force on the server's machine: " +
  "`haltpoint policy publish FILE --host --reason WHY`, which is on record";

function proposedAs(app: App, version: string, id: string): Proposed {
  return { version, changed: false, proposal: proposalOf(app, id) };
}

async function earlierAnswer(app: App, keyed: Keyed): Promise<Answer<Proposed> | null> {
  const before = await doneBefore(app, keyed);
  if (!before.ok) return before;
  if (before.value === null) return null;
  const { requestId, answer } = before.value;
  return requestId === null ? null : answered(proposedAs(app, answer ?? "", requestId));
}

/** The first policy, or one on a development server. */
async function unasked(
  app: App,
  { text, file, live }: Propose,
  inForce: StoredPolicy | null,
): Promise<Answer<Proposed>> {
  if (live && !app.site.development) {
    return refused("forbidden", "only `haltpoint dev` puts a policy in force at once; propose it");
  }
  const by = inForce === null ? "setup" : "development";
  const published = await publishPolicy(app, { text, by, file });
  return published.ok ? answered({ ...published.value, proposal: null }) : published;
}

async function contentOf(
  app: App,
  { text, person, reason, signal }: Propose,
  of: { readonly compiled: CompiledPolicy; readonly inForce: StoredPolicy },
): Promise<Answer<SubmitBody>> {
  const { compiled, inForce } = of;
  const replayed = await judgeRecord(app, compiled, { text, latest: REPLAYED_LATEST, signal });
  if (!replayed.ok) return replayed;
  const publication: Publication = {
    base: inForce.version,
    version: compiled.version,
    difference: replayed.value.difference,
    replay: replaySentences(replayed.value),
    text,
  };
  return answered({
    action: { name: PUBLISH_ACTION, properties: { ...publication } },
    resource: { type: "policy", id: compiled.version.slice(0, SHOWN_VERSION_LENGTH) },
    context: {
      on_behalf_of: person,
      ...(reason === undefined ? {} : { justification: reason }),
    },
    // The server waits for the decision, however long it takes, and nothing runs that could be stopped.
    enforcement: { caller_returns: true, stoppable: "no" },
  });
}
