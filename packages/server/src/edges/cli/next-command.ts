/** Commands in our own words: to be copied as they are. */
import { visibleText } from "@haltpoint/protocol";
import type { Call } from "./command.ts";

/** As this caller would type it: what said who they are and where is said again. */
export function nextCommand({ host, options }: Call, command: string): string {
  const again = ["as", "url"].flatMap((name) => {
    const given = options.text(name);
    return given === undefined ? [] : [`--${name} ${visibleText(given)}`];
  });
  return [host.program, command, ...again].join(" ");
}
