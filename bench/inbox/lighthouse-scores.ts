/** Lighthouse's scores of /inbox, from 0 to 100, signed in; the desktop profile. */
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromiumArguments, chromiumPath } from "../../scripts/browser/chromium.ts";
import type { WaitingRoom } from "./waiting-room.ts";

export interface Scores {
  readonly accessibility: readonly number[];
  readonly performance: readonly number[];
}

export async function lighthouseScores(room: WaitingRoom, times: number): Promise<Scores> {
  const accessibility: number[] = [];
  const performance: number[] = [];
  const chrome = await launch({
    chromePath: chromiumPath(),
    chromeFlags: ["--headless=new", ...chromiumArguments(null)],
    logLevel: "silent",
  });
  try {
    for (let time = 0; time < times; time += 1) {
      const found = await lighthouse(
        `${room.house.url}/inbox`,
        {
          port: chrome.port,
          logLevel: "silent",
          onlyCategories: ["accessibility", "performance"],
          extraHeaders: { cookie: room.cookie },
        },
        desktopConfig,
      );
      const categories = found?.lhr.categories;
      const shown = found?.lhr.finalDisplayedUrl ?? "";
      if (!shown.endsWith("/inbox")) throw new Error(`Lighthouse was shown ${shown}`);
      accessibility.push(100 * (categories?.["accessibility"]?.score ?? 0));
      performance.push(100 * (categories?.["performance"]?.score ?? 0));
      const failed = Object.values(found?.lhr.audits ?? {}).filter(
        ({ score, scoreDisplayMode }) =>
          score !== null && score < 1 && scoreDisplayMode === "binary",
      );
      for (const { id, title } of failed) process.stderr.write(`Lighthouse: ${id}: ${title}\n`);
    }
  } finally {
    chrome.kill();
  }
  return { accessibility, performance };
}
