import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { Me } from "@haltpoint/protocol";
import { call, type Answer } from "./call.ts";
import type { Failure } from "./failure.ts";

/** What the server asks of an authenticator; read by the library alone. */
type SignInOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];
type NewPasskeyOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];

interface Ceremony<O> {
  readonly ceremony: string;
  readonly options: O;
}

/** Posts once; a ceremony is good for one try, so its key is never used again. */
export function post<T>(path: string, body: unknown): Promise<Answer<T>> {
  return call<T>({ method: "POST", path, body, key: crypto.randomUUID() });
}

export async function signInWithPasskey(): Promise<Answer<Me>> {
  const asked = await post<Ceremony<SignInOptions>>("/v1/sign-in/passkey/options", {});
  if (!asked.ok) return asked;
  const { ceremony, options } = asked.value;
  try {
    const response = await startAuthentication({ optionsJSON: options });
    return await post<Me>("/v1/sign-in/passkey", { ceremony, response });
  } catch (error) {
    return { ok: false, failure: authenticatorFailure(error) };
  }
}

/**
 * Makes a passkey on this device.
 *
 * @param ask where its options come from, and where what the device made is sent.
 */
export async function makePasskey<T>(ask: {
  readonly optionsPath: string;
  readonly optionsBody: object;
  readonly path: string;
  readonly body: object;
}): Promise<Answer<T>> {
  const asked = await post<Ceremony<NewPasskeyOptions>>(ask.optionsPath, ask.optionsBody);
  if (!asked.ok) return asked;
  const { ceremony, options } = asked.value;
  try {
    const response = await startRegistration({ optionsJSON: options });
    return await post<T>(ask.path, { ...ask.body, ceremony, response });
  } catch (error) {
    return { ok: false, failure: authenticatorFailure(error) };
  }
}

/** Why the device gave nothing, as far as browsers tell; they do not say much, on purpose. */
function authenticatorFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "";
  const detail =
    DETAILS[name] ?? "the passkey could not be used here; try again, or another device";
  return { code: "not_understood", detail };
}

const DETAILS: Readonly<Record<string, string>> = {
  NotAllowedError:
    "nothing was signed: it was cancelled, took too long, or this device has no passkey for this place",
  AbortError: "nothing was signed: it was cancelled",
  InvalidStateError: "this device already has a passkey for you; sign in with it",
  SecurityError:
    "passkeys belong to a name, not to a number: open this page at its own address (in development `http://localhost`)",
  NotSupportedError: "this device cannot make a passkey that this server accepts",
};

/** A passkey named after the device, so that a lost one can be found in the list. */
export function deviceName(agent: string): string {
  const system =
    /\((?:[^;)]*; )?(iPhone|iPad|Android|Macintosh|Windows|X11; CrOS|X11; Linux|Linux)/.exec(agent);
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? "";
  const place = SYSTEMS[system?.[1] ?? ""] ?? "";
  const program = browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser;
  return [program, place].filter((word) => word !== "").join(" on ") || "This device";
}

const SYSTEMS: Readonly<Record<string, string>> = {
  iPhone: "iPhone",
  iPad: "iPad",
  Android: "Android",
  Linux: "Linux",
  "X11; Linux": "Linux",
  "X11; CrOS": "ChromeOS",
  Macintosh: "Mac",
  Windows: "Windows",
};
