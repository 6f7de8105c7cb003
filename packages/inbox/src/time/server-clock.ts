/**
 * The server's clock, as far as this page can know it: deadlines are on the server's, and the clock
 * of a phone may be minutes off.
 */
let offsetMs = 0;

export function setServerTime(serverMs: number): void {
  offsetMs = serverMs - Date.now();
}

/** Milliseconds since the epoch, on the server's clock. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}
