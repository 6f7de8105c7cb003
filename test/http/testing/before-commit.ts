import type { UnderTest } from "./server-under-test.ts";

/** Does `meanwhile` when the next change is decided and not yet committed. */
export function beforeNextCommit(server: UnderTest, meanwhile: () => Promise<unknown>): void {
  const { store } = server.app;
  const commit = store.commit.bind(store);
  store.commit = async (asked) => {
    store.commit = commit;
    await meanwhile();
    return commit(asked);
  };
}
