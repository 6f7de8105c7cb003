/** Opens the page in the browser of whoever started this at a terminal; where there is none, nothing. */
import { spawn } from "node:child_process";
import type { Call } from "../command.ts";

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

export function openBrowser({ host, screen }: Call, url: string): void {
  const { env } = host;
  const isWatched = screen.isTerminal && (env["CI"] ?? "") === "" && (env["SSH_TTY"] ?? "") === "";
  const isHeadless = process.platform === "linux" && !hasDisplay(env);
  if (!isWatched || isHeadless) return;
  const [program = "xdg-open", ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  // The link stands on the terminal as well.
  opener.on("error", () => undefined);
  opener.unref();
}

function hasDisplay(env: Call["host"]["env"]): boolean {
  return ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => (env[name] ?? "") !== "");
}
