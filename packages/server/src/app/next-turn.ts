/**
 * Lets other callers have their turn. The embedded store answers without leaving the turn of the
 * event loop, so a long walk through it would hold up everybody else until it is done (T20).
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
