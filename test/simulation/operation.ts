/** What somebody in a simulation asks of the server. Asked again as it is, it is the same thing. */
import type { HaltScope, OutcomeResult, SubmitBody } from "@haltpoint/protocol";
import type { Command } from "../../packages/server/src/domain/request/commands.ts";
import type { Identity, Person } from "./cast.ts";
import type { Attempt } from "./enforcement-point.ts";

/** A person's command on one request, before it is known who and with what proof. */
export type Decision = WithoutActor<
  Extract<
    Command,
    {
      kind:
        | "review"
        | "ask"
        | "extend"
        | "delegate"
        | "interrupt"
        | "override"
        | "follow_up"
        | "retract"
        | "resolve";
    }
  >
>;
type WithoutActor<C> = C extends unknown ? Omit<C, "actor"> : never;

interface ByPerson {
  readonly person: string;
  /** Whether the person proves it with a passkey. */
  readonly passkey: boolean;
  readonly key: string;
}

export type Operation =
  | {
      readonly kind: "submit";
      readonly identityId: string;
      readonly key: string;
      readonly body: SubmitBody;
      readonly attempt: Attempt | null;
    }
  | { readonly kind: "redeem"; readonly requestId: string; readonly attempt: Attempt }
  | { readonly kind: "heartbeat"; readonly attempt: Attempt }
  | { readonly kind: "report"; readonly attempt: Attempt; readonly result: OutcomeResult }
  | {
      readonly kind: "withdraw" | "answer";
      readonly requestId: string;
      readonly identityId: string;
    }
  | (ByPerson & {
      readonly kind: "decide";
      readonly requestId: string;
      readonly decision: Decision;
    })
  | (ByPerson & {
      readonly kind: "edit";
      readonly requestId: string;
      readonly digest: string;
      readonly set: Readonly<Record<string, unknown>>;
      readonly approve: boolean;
    })
  | (ByPerson & { readonly kind: "halt"; readonly scope: HaltScope })
  | (ByPerson & { readonly kind: "lift"; readonly haltId: string })
  | { readonly kind: "publish"; readonly text: string }
  | { readonly kind: "save_person"; readonly person: Person }
  | { readonly kind: "save_identity"; readonly identity: Identity }
  | { readonly kind: "expire_due" }
  | { readonly kind: "sweep_halts" }
  | { readonly kind: "recheck"; readonly requestId: string };

/** One line for the trace. */
export function describe(operation: Operation): string {
  switch (operation.kind) {
    case "submit": {
      const { identityId, key, body, attempt } = operation;
      const { amount } = body.action.properties ?? {};
      const tail = attempt === null ? "" : `, redeem with attempt ${attempt.number}`;
      return `${identityId} submits ${body.action.name} ${String(amount)} (key ${key})${tail}`;
    }
    case "redeem": {
      const { attempt, requestId } = operation;
      return `${attempt.identityId} redeems ${short(requestId)} with attempt ${attempt.number}`;
    }
    case "heartbeat":
      return `attempt ${operation.attempt.number} sends a heartbeat`;
    case "report":
      return `attempt ${operation.attempt.number} reports ${operation.result}`;
    case "withdraw":
    case "answer":
    case "recheck":
      return `${operation.kind} ${short(operation.requestId)}`;
    case "decide": {
      const { person, decision, requestId, key, passkey } = operation;
      const what = "verdict" in decision ? `${decision.verdict} (${decision.kind})` : decision.kind;
      return `${person}${passkey ? " with a passkey" : ""}: ${what} ${short(requestId)} (key ${key})`;
    }
    case "edit": {
      const { person, requestId, set, approve, key } = operation;
      const what = JSON.stringify(set);
      const tail = approve ? " and approve" : "";
      return `${person}: edit ${short(requestId)} ${what}${tail} (key ${key})`;
    }
    case "halt": {
      const { person, scope, key } = operation;
      return `${person}: halt ${JSON.stringify(scope)} (key ${key})`;
    }
    case "lift":
      return `${operation.person}: lift ${short(operation.haltId)} (key ${operation.key})`;
    case "publish":
      return `publish ${operation.text.replaceAll(/\s+/g, "")}`;
    case "save_person":
      return `save ${JSON.stringify(operation.person)}`;
    case "save_identity":
      return `save ${JSON.stringify(operation.identity)}`;
    case "expire_due":
    case "sweep_halts":
      return operation.kind;
  }
}

function short(id: string): string {
  return `…${id.slice(-5)}`;
}
