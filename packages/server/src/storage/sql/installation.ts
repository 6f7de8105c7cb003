/** What there is one of: epochs, the clock's high-water, the log's end, secrets, command ids. */
import type { Epochs } from "../../ports/store.ts";
import { bytesOf, integerOf, type Session, type Statement } from "./session.ts";

/** How long a commit can be looked up after its answer was lost. */
const COMMAND_KEPT_MS = 3_600_000;
/** How much of the past one commit deletes at most, so that none takes long. */
const COMMANDS_SLICE_MS = 1_000;

export interface Installation {
  readonly epochs: Epochs;
  readonly highWaterMs: number;
}

export async function readInstallation(session: Session): Promise<Installation> {
  const [row] = await session.query(
    `SELECT policy_epoch, halt_epoch, membership_epoch, clock_high_water
      FROM installation WHERE id = 1`,
  );
  if (row === undefined) throw new Error("the table `installation` has lost its row");
  return {
    epochs: {
      policy: integerOf(row, "policy_epoch"),
      halt: integerOf(row, "halt_epoch"),
      membership: integerOf(row, "membership_epoch"),
    },
    highWaterMs: integerOf(row, "clock_high_water"),
  };
}

export function updateInstallation(epochs: Epochs, highWaterMs: number): Statement {
  return {
    sql: `UPDATE installation SET policy_epoch = ?, halt_epoch = ?, membership_epoch = ?,
        clock_high_water = ? WHERE id = 1`,
    params: [epochs.policy, epochs.halt, epochs.membership, highWaterMs],
  };
}

/** Fails where the command was committed before. */
export function insertCommand(id: string, now: number): Statement {
  return { sql: "INSERT INTO commands (id, committed_at) VALUES (?, ?)", params: [id, now] };
}

/** The oldest ones first, and only some: the next commits delete the rest. */
export function deleteOldCommands(now: number): Statement {
  return {
    sql: `DELETE FROM commands WHERE committed_at < ?
      AND committed_at < (SELECT MIN(committed_at) FROM commands) + ?`,
    params: [now - COMMAND_KEPT_MS, COMMANDS_SLICE_MS],
  };
}

export async function hasCommand(session: Session, id: string): Promise<boolean> {
  return (await session.query("SELECT 1 AS found FROM commands WHERE id = ?", [id])).length > 0;
}

export async function readSecret(session: Session, name: string): Promise<Uint8Array | null> {
  const [row] = await session.query("SELECT value FROM secrets WHERE name = ?", [name]);
  return row === undefined ? null : bytesOf(row, "value");
}

/** Keeps the one that was first. */
export function insertSecret(name: string, value: Uint8Array): Statement {
  return {
    sql: "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
    params: [name, value],
  };
}
