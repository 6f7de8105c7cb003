/** Logs as JSON lines: what was asked and how it ended, never what it said (T28). */
import pino, { type DestinationStream, type Logger } from "pino";

/** Secrets as they begin, and an attempt wherever a message names one. */
const SECRETS = /\bhp[a-z]_[A-Za-z0-9_-]{4,}/g;
const AUTHORIZATION = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+/gi;

/** A text without what would open a door. */
export function scrubbed(text: string): string {
  return text
    .replaceAll(SECRETS, (secret) => `${secret.slice(0, 4)}…`)
    .replaceAll(AUTHORIZATION, (_all, scheme: string) => `${scheme} …`);
}

/** What may be said of a fault: kind, code, message and stack, scrubbed, with its causes. */
export function faultForLog(fault: unknown, depth = 0): Record<string, unknown> {
  if (!(fault instanceof Error)) return { message: scrubbed(String(fault)) };
  const { name, message, stack } = fault;
  const code = "code" in fault && typeof fault.code === "string" ? { code: fault.code } : {};
  const cause =
    fault.cause === undefined || depth >= 3 ? {} : { cause: faultForLog(fault.cause, depth + 1) };
  return { name, ...code, message: scrubbed(message), stack: scrubbed(stack ?? ""), ...cause };
}

/** A logger to `destination`; default: standard error, so that standard output stays for results. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ["authorization", "*.authorization", "*.*.authorization"], censor: "…" },
      serializers: { err: (fault: unknown) => faultForLog(fault) },
    },
    destination ?? pino.destination({ fd: 2, sync: false }),
  );
}
