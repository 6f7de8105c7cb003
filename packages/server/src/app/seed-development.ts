/**
 * People and an identity to try things with. Only `haltpoint dev` calls this, on loopback: whoever
 * reaches this machine holds their tokens, so what they sign says `development` for ever (T36).
 */
import { formatLoadProblem, groupsOf, loadPolicy, sourcesOf } from "../domain/policy/policy.ts";
import type { CompiledPolicy } from "../domain/policy/policy.ts";
import type { Right } from "../domain/request/commands.ts";
import type { StoredCredential } from "../ports/store.ts";
import type { Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { saveIdentity } from "./identities.ts";
import { issueCredential, revokeCredential, savePerson } from "./registry.ts";

export interface Development {
  readonly people: readonly { readonly id: string; readonly token: string }[];
  readonly identity: { readonly id: string; readonly key: string };
}

const BY = "development";
const VALID_MS = 7 * 86_400_000;
const IDENTITY = "dev-agent";

/** Two, since lifting a halt of everything and a change of policy take two; nobody has every right. */
const OPERATORS: ReadonlyMap<string, readonly Right[]> = new Map([
  ["operator-1", ["operator", "resolver", "policy_admin"]],
  ["operator-2", ["operator", "override", "auditor", "policy_admin"]],
]);

/**
 * Registers everybody the policy names, two operators and one identity, and gives each a new
 * credential; those of an earlier start are revoked.
 *
 * @throws Error where the policy does not load.
 */
export async function seedDevelopment(app: App, policyText: string): Promise<Development> {
  await seedPeople(app, policyText);
  const known = await app.store.identity(IDENTITY);
  if (known === null) {
    const [owner = ""] = OPERATORS.keys();
    must(
      await saveIdentity(
        app,
        {
          id: IDENTITY,
          type: "agent",
          owner,
          stage: "active",
          groups: [],
          labels: {},
          actsForPeople: false,
          assurance: "cooperative",
          mode: "enforce",
          may: null,
        },
        { by: BY, mustBe: "new" },
      ),
    );
  }
  const people: { readonly id: string; readonly token: string }[] = [];
  for (const id of peopleOf(policyText)) {
    people.push({ id, token: await freshSecret(app, { kind: "person", id }) });
  }
  const key = await freshSecret(app, { kind: "identity", id: IDENTITY });
  return { people, identity: { id: IDENTITY, key } };
}

/** Registers who is not yet; returns the ids of those. They get a token with the next start. */
export async function seedPeople(app: App, policyText: string): Promise<readonly string[]> {
  const added: string[] = [];
  for (const id of peopleOf(policyText)) {
    if ((await app.store.person(id)) !== null) continue;
    const person = { id, name: id, rights: OPERATORS.get(id) ?? [], disabled: false };
    must(await savePerson(app, person, { by: BY, mustBe: "new" }));
    added.push(id);
  }
  return added;
}

/** Members of groups, persons named as reviewers, and whoever is accountable for a rule. */
function peopleOf(policyText: string): readonly string[] {
  const loaded = loadPolicy(policyText, { file: "policy" });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatLoadProblem).join("\n\n"));
  const { policy } = loaded;
  const members = [...groupsOf(policy).values()].flat();
  const named = sourcesOf(policy)
    .filter((source) => source.startsWith("person:"))
    .map((source) => source.slice("person:".length));
  return [...new Set([...members, ...named, ...ownersIn(policy), ...OPERATORS.keys()])];
}

function ownersIn(policy: CompiledPolicy): readonly string[] {
  const outcomes = [policy.fallback, ...policy.rules];
  return outcomes.flatMap(({ demand }) => demand.obligations?.ruleOwners ?? []);
}

async function freshSecret(app: App, holder: StoredCredential["holder"]): Promise<string> {
  for (const { id, via, revokedAt } of await app.store.credentials(holder.kind, holder.id)) {
    if (via === BY && revokedAt === null) must(await revokeCredential(app, { holder, id, by: BY }));
  }
  const expiresInMs = Math.min(VALID_MS, app.limits.keyLifetimeMaxMs);
  return must(await issueCredential(app, { holder, expiresInMs, via: BY, by: BY })).secret;
}

function must<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`development people could not be made: ${answer.problem.detail}`);
}
