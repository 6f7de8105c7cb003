/** Idempotency keys: required where a call changes something, and bound to what it asked (I14). */
import { problem, samenessMac, type Problem } from "@haltpoint/protocol";
import type { App } from "../../app/app.ts";
import { principalName, type Principal } from "../../app/authenticate.ts";
import type { Keyed } from "../../app/execute.ts";

const HEADER = "Idempotency-Key";
const KEY = /^[\x20-\x7e]{1,128}$/;

/** The key as sent; null where none was sent and none is needed. */
export function readKey(
  header: string | readonly string[] | undefined,
  isRequired: boolean,
): { readonly key: string | null } | Problem {
  if (header === undefined || header === "") {
    if (!isRequired) return { key: null };
    return problem(
      "idempotency_key_required",
      "send the header `Idempotency-Key` with a value that is new for each thing you ask, and the same when you ask again",
      { field: HEADER },
    );
  }
  if (typeof header === "string" && KEY.test(header)) return { key: header };
  return problem(
    "invalid_request",
    "`Idempotency-Key` must be 1 to 128 printable ASCII characters",
    {
      field: HEADER,
    },
  );
}

/** What a key is compared with. `kind` names the command whatever route it came by. */
export interface Asked {
  readonly kind: string;
  readonly requestId: string | null;
  readonly body: unknown;
}

/** The key with the fingerprint of what was asked: a keyed HMAC, so that bodies stay unreadable. */
export async function keyedFor(
  app: App,
  principal: Principal,
  key: string,
  asked: Asked,
): Promise<Keyed> {
  const { kind, requestId, body } = asked;
  const secret = await app.store.secret("commands");
  const fingerprint = samenessMac(secret, { kind, request: requestId, body: body ?? null });
  return { principal: principalName(principal), key, fingerprint };
}
