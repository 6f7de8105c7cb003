/**
 * Opens the registry: through a server, or straight on the store of this host.
 *
 * On the host no credential is needed: whoever can write the database could do anything anyway. It
 * is how the first person comes to be, and the entries say `operator`.
 */
import type { Call } from "./command.ts";
import { connect } from "./connection.ts";
import { hostRegistry } from "./host-registry.ts";
import { openOnHost } from "./host-store.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** Runs a piece of work on the registry: with `--host` on the store, else through the server. */
export async function withRegistry<T>(
  call: Call,
  work: (registry: RegistryAccess) => Promise<T>,
): Promise<T> {
  if (!call.options.flag("host")) return work(serverRegistry(call));
  const opened = await openOnHost(call);
  try {
    return await work(hostRegistry(opened.app));
  } finally {
    await opened.close();
  }
}

function serverRegistry(call: Call): RegistryAccess {
  const { client } = connect(call);
  const { identities, people } = client;
  return {
    identities: () => allPages(identities.list),
    addIdentity: (body) => identities.create(body),
    changeIdentity: (id, body) => identities.update(id, body),
    addKey: (id, expiresInMs) => identities.createKey(id, expiresInMs),
    revokeKey: (id, keyId) => identities.revokeKey(id, keyId),
    people: () => allPages(people.list),
    addPerson: (body) => people.create(body),
    changePerson: (id, body) => people.update(id, body),
    enrol: (id, reason) => people.enrol(id, reason),
    setOnCall: (roster, shifts) => client.onCall(roster, shifts),
  };
}

async function allPages<T>(
  list: (query: { cursor?: string }) => Promise<{
    readonly items: readonly T[];
    readonly cursor: string | null;
  }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly T[]; readonly cursor: string | null } = await list(
      cursor === null ? {} : { cursor },
    );
    items.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== null);
  return items;
}
