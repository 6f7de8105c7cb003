/**
 * The first person: made on the host without a credential, since nobody could have one.
 *
 * INVARIANT: only while the store knows no person at all. After that it takes a person's right, or
 * `--host`, which takes being able to write the database.
 */
import type { Call } from "./command.ts";
import { CommandFailure } from "./command-failure.ts";
import { isNamed } from "./connection.ts";
import { hostRegistry } from "./host-registry.ts";
import { openOnHost, requireConfig } from "./host-store.ts";
import { withRegistry } from "./open-registry.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** As `withRegistry`, and on the host where there is no credential and no person yet. */
export async function withBootstrap<T>(
  call: Call,
  work: (registry: RegistryAccess) => Promise<T>,
): Promise<T> {
  if (call.options.flag("host") || isNamed(call)) return withRegistry(call, work);
  const { store } = requireConfig(call);
  const opened = await openOnHost(call);
  try {
    if ((await opened.app.store.persons()).length > 0)
      throw new CommandFailure("unauthenticated", TAKEN);
    call.screen.note(
      `Nobody is registered in ${store.file} yet, so this is recorded as its operator's doing.`,
    );
    return await work(hostRegistry(opened.app));
  } finally {
    await opened.close();
  }
}

const TAKEN =
  "people are registered already, so somebody with the right `operator` has to add you.\n" +
  "If that is you, sign in with `haltpoint login`; or, on the server's machine, use --host.";
