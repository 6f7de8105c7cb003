export { createClient } from "./client.ts";
export type { Client, ClientOptions, GetOptions, ListQuery, SubmitOptions } from "./client.ts";
export * from "./errors.ts";
export { guard } from "./guard.ts";
export type { GuardedCall, GuardOptions, Mapped, RunContext } from "./guard.ts";
export { createPeopleClient } from "./people-client.ts";
export type {
  ExplainedRequest,
  Explanation,
  IdentityBody,
  NewKey,
  PageQuery,
  PeopleClient,
  PeopleClientOptions,
  PersonBody,
  Shift,
} from "./people-client.ts";
export { createSignInClient } from "./sign-in-client.ts";
export { createSessionMemory } from "./session-memory.ts";
export type { SessionMemory, SessionMemoryOptions, ValueOrigin } from "./session-memory.ts";
export type { LostReport } from "./run.ts";
export type { CallOptions } from "./transport.ts";
