/**
 * As much of the peers' types as the benches use, so that the checkout is checked without installing
 * them: they are dependencies of this folder alone.
 */
declare module "@langchain/langgraph" {
  export const START: "__start__";
  export const END: "__end__";
  export function interrupt(value: unknown): unknown;
  export class Command {
    constructor(options: { readonly resume: unknown });
  }
  interface Channel<T> {
    readonly value: T;
  }
  interface Annotations {
    <T>(): Channel<T>;
    Root<D extends Readonly<Record<string, Channel<unknown>>>>(
      channels: D,
    ): { readonly State: { readonly [K in keyof D]: D[K]["value"] } };
  }
  export const Annotation: Annotations;
  interface Config {
    readonly configurable?: Readonly<Record<string, unknown>>;
  }
  interface Graph<S> {
    invoke(input: S | Command, config: Config): Promise<S & Readonly<Record<string, unknown>>>;
  }
  export class StateGraph<S> {
    constructor(annotation: { readonly State: S });
    addNode(name: string, run: (state: S, config: Config) => Partial<S>): this;
    addEdge(from: string, to: string): this;
    compile(options: { readonly checkpointer: unknown }): Graph<S>;
  }
}

declare module "@langchain/langgraph-checkpoint-sqlite" {
  export class SqliteSaver {
    constructor(database: unknown);
  }
}

declare module "better-sqlite3" {
  export default class Database {
    constructor(file: string);
    pragma(pragma: string): unknown;
    close(): void;
  }
}

declare module "@cedar-policy/cedar-wasm/nodejs" {
  interface Uid {
    readonly type: string;
    readonly id: string;
  }
  interface Failure {
    readonly type: "failure";
    readonly errors: readonly unknown[];
  }
  export interface StatefulAuthorizationCall {
    readonly principal: Uid;
    readonly action: Uid;
    readonly resource: Uid;
    readonly context: Readonly<Record<string, unknown>>;
    readonly entities: readonly {
      readonly uid: Uid;
      readonly attrs: Readonly<Record<string, unknown>>;
      readonly parents: readonly Uid[];
    }[];
    readonly preparsedPolicySetId: string;
    readonly validateRequest: boolean;
  }
  export function preparsePolicySet(
    id: string,
    policies: { readonly staticPolicies: Readonly<Record<string, string>> },
  ): { readonly type: "success" } | Failure;
  export function statefulIsAuthorized(call: StatefulAuthorizationCall):
    | {
        readonly type: "success";
        readonly response: {
          readonly decision: "allow" | "deny";
          readonly diagnostics: {
            readonly reason: readonly string[];
            readonly errors: readonly unknown[];
          };
        };
      }
    | Failure;
}

declare module "undici" {
  export class Pool {
    constructor(
      origin: string,
      options: { readonly connections: number; readonly pipelining: number },
    );
    request(options: {
      readonly method: string;
      readonly path: string;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }): Promise<{ readonly statusCode: number; readonly body: { text(): Promise<string> } }>;
    close(): Promise<void>;
  }
}
