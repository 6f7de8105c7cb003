import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "../testing/store-contract.ts";
import { openSqliteStore } from "./store.ts";

storeContract("sqlite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "haltpoint-store-"));
  return {
    open: (options) => openSqliteStore({ file: join(folder, "haltpoint.db"), ...options }),
    remove: () => rm(folder, { recursive: true }),
  };
});
