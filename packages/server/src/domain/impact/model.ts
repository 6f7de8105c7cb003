/**
 * What a tool call could do to the world: the words of the impact classifier.
 *
 * A classification is deterministic and explained: the same call gives the same findings, and each
 * finding says what it was read from. What a requester says of its tool can raise it, never lower
 * it (I13).
 */

/** Kinds of harm a person should be asked about; the order is that of a card, gravest first. */
export const IMPACTS = [
  "destruction",
  "privilege_change",
  "secret_access",
  "spend",
  "data_release",
  "external_communication",
  "code_execution",
] as const;
export type Impact = (typeof IMPACTS)[number];

/** `low`: it may be so and cannot be told for certain; on a write that counts as impact. */
export type Confidence = "high" | "low";

/** One reason to think that a call has an impact. */
export interface Finding {
  readonly impact: Impact;
  readonly confidence: Confidence;
  /** Dotted path of the argument it was read from; null: the tool's name, description or schema. */
  readonly path: string | null;
  /** One sentence of ours for the card, quoting at most 80 characters of what was found. */
  readonly evidence: string;
}

/** What an enforcement point says of the tool; unverified. */
export interface ToolDefinition {
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema?: unknown;
  /** MCP's tool annotations, e.g. `destructiveHint`; they may raise, never lower. */
  readonly annotations?: unknown;
}

/** Where an argument's value was first seen in the session, as an enforcement point observed it. */
export const ORIGINS = ["person", "tool_result", "model"] as const;
export type Origin = (typeof ORIGINS)[number];

/** What the organisation calls its own. Compared without case. */
export interface Organisation {
  /** E-mail and host domains, subdomains included. */
  readonly domains: readonly string[];
  /** Account numbers and identifiers, compared without spaces. */
  readonly accounts: readonly string[];
  /** Known payees, by name or account. */
  readonly payees: readonly string[];
}

/** An organisation that has said nothing of itself: everybody is outside. */
export const NOTHING_OWN: Organisation = { domains: [], accounts: [], payees: [] };

/** One call, as it would be executed. */
export interface Call {
  readonly name: string;
  readonly properties: unknown;
  readonly resource: { readonly type: string; readonly id: string };
  readonly tool: ToolDefinition | null;
  /** By dotted path of the argument; empty where no enforcement point watched the session. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/** What a call does, as far as can be told. */
export interface Classification {
  /** Whether anything would be changed, sent or started; `unknown` counts as a write. */
  readonly access: "read" | "write" | "unknown";
  /** Gravest first, each once; empty: nothing worth asking a person about. */
  readonly impacts: readonly Impact[];
  /** That of the surest finding of the gravest impact; `high` where there is none and it is a read. */
  readonly confidence: Confidence;
  readonly findings: readonly Finding[];
  /** Whether it runs a program that is among its arguments, which was read for what it would do. */
  readonly program: boolean;
  /** Recipients, hosts and accounts named in the arguments that are not the organisation's own. */
  readonly outside: readonly string[];
  /** Paths of arguments that first appeared in a tool's result. */
  readonly fromResults: readonly string[];
  /** Paths of arguments that first appeared in what the person said. */
  readonly fromPerson: readonly string[];
  /** Paths of the arguments that decide whom it reaches, how much, or what is lost. */
  readonly decisive: readonly string[];
  /** The least trusted origin among `decisive`; `unknown` where one was not watched, or there is none. */
  readonly origin: Origin | "unknown";
  /** The least trusted origin among the texts that are sent; `unknown` as above. */
  readonly contentOrigin: Origin | "unknown";
}
