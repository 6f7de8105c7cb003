/** What the command line is given: the process around it, and a server to start. */
import type { Readable, Writable } from "node:stream";
import type { Logger } from "pino";
import type { App } from "../../app/app.ts";
import type { Config } from "../../config/config.ts";

/** A stream that may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Host {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory: where `haltpoint.yaml` and `.haltpoint` are looked for. */
  readonly cwd: string;
  /** How a person calls this program here: `haltpoint` or `npx haltpoint`. */
  readonly program: string;
  readonly version: string;
  /** `compose.ts`; loaded when it is first needed, since it brings the whole server with it. */
  compose(): Promise<Composition>;
  /** Calls back each time the process is asked to stop, until the returned function is called. */
  onStop(listener: () => void): () => void;
}

/** The part of `compose.ts` that commands on the host use. */
export interface Composition {
  /** Listens once it resolves. */
  startServer(config: Config, options?: { readonly log?: Logger }): Promise<RunningServer>;
  /** The same store without HTTP. Rejects with a `StoreFault` `locked` while a server runs. */
  openApp(config: Config): Promise<OpenedApp>;
  /** A consistent copy of the store, also while a server runs. */
  backUpStore(config: Config, target: string): Promise<void>;
  /** Reads the store without opening it for work; changes nothing. */
  inspectStore(config: Config): StoreInspection;
  /** Makes development people and an identity, with new credentials. Only for `dev`. */
  seedDevelopment(app: App, policyText: string): Promise<Development>;
}

export interface Development {
  readonly people: readonly { readonly id: string; readonly token: string }[];
  readonly identity: { readonly id: string; readonly key: string };
}

export interface StoreInspection {
  /** What is wrong with the file; null: nothing. */
  readonly damage: string | null;
  /** Which process has it open; null: none. */
  readonly holder: string | null;
  /** Milliseconds since the epoch; null: nothing was ever recorded. */
  readonly lastEntryAt: number | null;
}

export interface RunningServer {
  readonly url: string;
  readonly app: App;
  close(): Promise<void>;
}

export interface OpenedApp {
  readonly app: App;
  close(): Promise<void>;
}
