/** The server's log as lines for the person who just saved a policy; requests are not shown. */
import pino, { type Logger } from "pino";

interface LogLine {
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

/** Warnings and worse, and news about the policy. */
export function createDevelopmentLog(write: (text: string) => void): Logger {
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level: "info", base: null, formatters }, { write: (line) => tell(line, write) });
}

function tell(line: string, write: (text: string) => void): void {
  const { level, msg = "", err } = JSON.parse(line) as LogLine;
  const isNews = level === "info" && msg.includes("policy file");
  if (level === "info" && !isNews) return;
  const cause = err?.message === undefined ? "" : `: ${err.message}`;
  write(`${isNews ? "" : `${level}: `}${msg}${cause}`);
}
