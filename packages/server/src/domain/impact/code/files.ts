import type { Confidence } from "../model.ts";
import { CARRIES } from "./carried.ts";
import { UNKNOWN } from "./characters.ts";
import { quote } from "./inspection.ts";
import type { Inspection } from "./inspection.ts";
import type { Place } from "./places.ts";

/** What is said of files alike, whichever language touches them. */

/** @returns what the content may carry. */
export function readsFile(inspection: Inspection, place: Place): number {
  if (/^\/dev\/(?:zero|urandom)$/u.test(place.path)) return CARRIES.nothing;
  if (place.area === "temp") return CARRIES.data;
  if (place.area === "device") {
    inspection.find(
      "secret_access",
      "high",
      `Would read the device ${quote(place.path)} directly.`,
    );
    return CARRIES.secret | CARRIES.data;
  }
  if (place.secret === null) {
    if (place.detour && place.area === "system") {
      inspection.find(
        "secret_access",
        "low",
        `Would read ${quote(place.path)} by a detour through another folder.`,
      );
    }
    return CARRIES.data;
  }
  const what =
    place.secret === "high" ? "that holds secrets" : "that may hold secrets or tell of the system";
  inspection.find(
    "secret_access",
    place.secret,
    `Would read ${quote(place.path)}, a file ${what}.`,
  );
  return CARRIES.data | (place.secret === "high" ? CARRIES.secret : CARRIES.nothing);
}

export function changesFile(
  inspection: Inspection,
  place: Place,
  how: "overwrite" | "append to" | "change",
): void {
  if (place.path.startsWith("/dev/") && place.area === "temp") return;
  inspection.writes();
  if (place.area === "temp") return;
  if (place.area === "device") {
    inspection.find(
      "destruction",
      "high",
      `Would write to the device ${quote(place.path)} directly.`,
    );
  } else if (place.decides !== null) {
    inspection.find(
      "privilege_change",
      "high",
      `Would ${how} ${quote(place.path)}, which decides ${place.decides}.`,
    );
  } else if (place.area === "system") {
    const confidence: Confidence =
      how === "overwrite" && place.path.startsWith("/etc") ? "high" : "low";
    inspection.find(
      "destruction",
      confidence,
      `Would ${how} ${quote(place.path)}, a place of the system.`,
    );
  } else if (how === "overwrite" && /_?history$/u.test(place.path)) {
    inspection.find(
      "destruction",
      "low",
      `Would overwrite ${quote(place.path)}, which tells what was done.`,
    );
  } else if (place.secret === "high" && how === "overwrite" && place.area === "home") {
    inspection.find(
      "destruction",
      "low",
      `Would overwrite ${quote(place.path)}, which holds secrets.`,
    );
  }
}

/** One file, or an empty folder. */
export function deletesFile(inspection: Inspection, place: Place): void {
  inspection.writes();
  if (place.area === "temp" || place.rebuilt) return;
  const grave =
    place.area === "system" ||
    place.area === "device" ||
    place.decides !== null ||
    (place.secret === "high" && place.area !== "work") ||
    (place.whole && place.path !== ".git");
  if (grave) {
    inspection.find("destruction", "high", `Would delete ${quote(place.path)}.`);
  } else if (isOthers(place)) {
    inspection.find(
      "destruction",
      "low",
      `Would delete ${quote(place.path)}, outside the work folder.`,
    );
  } else if (place.secret === "high") {
    inspection.find(
      "destruction",
      "low",
      `Would delete ${quote(place.path)}, which holds secrets.`,
    );
  }
}

/** A folder with all that is in it. */
export function deletesFolder(inspection: Inspection, place: Place): void {
  inspection.writes();
  if (place.rebuilt) return;
  if (place.area === "temp") {
    if (!/^\/(?:var\/|private\/)?tmp(?:\/\.?\*)?$/u.test(place.path)) return;
    inspection.find(
      "destruction",
      "low",
      `Would delete all of ${quote(place.path)}, also what others keep there.`,
    );
    return;
  }
  const sure =
    place.whole ||
    place.area === "system" ||
    place.area === "device" ||
    place.area === "home" ||
    place.secret === "high" ||
    (place.area === "unknown" && /[/*]/u.test(place.path.replaceAll(UNKNOWN, ""))) ||
    /(?:^|\/)\.git$/u.test(place.path);
  const what = place.area === "unknown" ? "a folder that is not known" : quote(place.path);
  inspection.find(
    "destruction",
    sure ? "high" : "low",
    `Would delete ${what} with all that is in it.`,
  );
}

/** Not the agent's own to change: right inside a home, or in a system's place. */
export function isOthers(place: Place): boolean {
  if (place.area === "system" || place.area === "device") return true;
  return place.area === "home" && place.path.split("/").length <= 2;
}
