/**
 * Every page as people see it: light and dark, wide and on a phone, into `reports/screenshots`; with
 * `--docs` also the two pictures of the documentation, into `docs/images`. What they show is made up
 * here and the same each time, but for times and ids.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { openHouse, type House } from "../test/browser/testing/house.ts";
import { chromiumArguments, chromiumPath } from "./browser/chromium.ts";
import { checkout } from "./check/step.ts";
import { furnish, STORY_POLICY, type Furnished } from "./screenshots/story.ts";
import { buildInbox } from "./inbox/build.ts";

interface Shot {
  readonly name: string;
  readonly person?: string;
  readonly path: (made: Furnished) => string;
  /** Pressed before the picture is taken. */
  readonly button?: string;
}

const SHOTS: readonly Shot[] = [
  { name: "sign-in", path: () => "/sign-in" },
  { name: "setup", path: () => "/setup#token=none" },
  { name: "inbox", person: "ana", path: () => "/inbox" },
  { name: "inbox-alike", person: "ana", path: () => "/inbox", button: "7 alike" },
  { name: "card-alike", person: "ana", path: (made) => `/r/${made.alike}` },
  { name: "inbox-empty", person: "gus", path: () => "/inbox" },
  { name: "card", person: "ana", path: (made) => `/r/${made.payment}` },
  { name: "card-approve", person: "ana", path: (made) => `/r/${made.payment}`, button: "Approve" },
  { name: "card-edit", person: "ana", path: (made) => `/r/${made.payment}`, button: "Edit" },
  { name: "card-hostile", person: "ana", path: (made) => `/r/${made.hostile}` },
  { name: "card-edited", person: "bo", path: (made) => `/r/${made.edited}` },
  { name: "card-rejected", person: "ana", path: (made) => `/r/${made.rejected}` },
  { name: "card-two", person: "eli", path: (made) => `/r/${made.two}` },
  { name: "card-critical", person: "fay", path: (made) => `/r/${made.critical}` },
  { name: "running", person: "operator-1", path: () => "/running" },
  { name: "stop", person: "operator-1", path: () => "/running", button: "STOP" },
  { name: "history", person: "operator-2", path: () => "/history" },
  { name: "identities", person: "operator-1", path: () => "/identities" },
  { name: "policies", person: "ana", path: () => "/policies" },
  { name: "analytics", person: "operator-2", path: () => "/analytics" },
  { name: "me", person: "ana", path: () => "/me" },
  { name: "cli", person: "ana", path: () => "/cli" },
];

const SIZES = {
  wide: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
type Size = keyof typeof SIZES;
const SCHEMES = ["light", "dark"] as const;
type Scheme = (typeof SCHEMES)[number];

/** The pictures of the documentation. */
const DOCUMENTED: readonly {
  readonly shot: string;
  readonly size: Size;
  readonly scheme: Scheme;
}[] = [
  { shot: "card", size: "wide", scheme: "light" },
  { shot: "inbox", size: "phone", scheme: "dark" },
];

/** A card takes no key and no click for half a second after it changed. */
const SETTLED_MS = 800;

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isForDocs = process.argv.includes("--docs");
await buildInbox(checkout);
const house = await openHouse({ policy: STORY_POLICY });
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: [...chromiumArguments(null)],
});
try {
  const made = await furnish(house);
  for (const size of Object.keys(SIZES) as Size[]) {
    for (const scheme of SCHEMES) await takeAll({ browser, house, made }, size, scheme);
  }
} finally {
  await browser.close();
  await house.close();
}

interface Studio {
  readonly browser: Browser;
  readonly house: House;
  readonly made: Furnished;
}

async function takeAll(studio: Studio, size: Size, scheme: Scheme): Promise<void> {
  const folder = join(checkout, "reports/screenshots", `${size}-${scheme}`);
  await mkdir(folder, { recursive: true });
  for (const shot of SHOTS) {
    if (wanted.length > 0 && !wanted.includes(shot.name)) continue;
    const context = await studio.browser.newContext({
      ...SIZES[size],
      colorScheme: scheme,
      locale: "en-US",
      timezoneId: "UTC",
      reducedMotion: "reduce",
    });
    const { url } = studio.house;
    if (shot.person !== undefined) {
      const data = { person: shot.person };
      const headers = { origin: url };
      await context.request.post(`${url}/v1/sign-in/development`, { data, headers });
    }
    const page = await context.newPage();
    await page.goto(`${url}${shot.path(studio.made)}`);
    await page.getByRole("main").getByRole("heading").first().waitFor();
    await page.locator("[aria-busy=true], .skeleton").first().waitFor({ state: "detached" });
    await page.waitForTimeout(SETTLED_MS);
    if (shot.button !== undefined) await press(page, shot.button);
    const path = join(folder, `${shot.name}.png`);
    await page.screenshot({ path, fullPage: shot.button === undefined });
    process.stdout.write(`${path}\n`);
    const isDocumented = DOCUMENTED.some(
      (each) => each.shot === shot.name && each.size === size && each.scheme === scheme,
    );
    if (isForDocs && isDocumented) {
      await mkdir(join(checkout, "docs/images"), { recursive: true });
      await page.screenshot({ path: join(checkout, "docs/images", `${shot.name}.png`) });
    }
    await context.close();
  }
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.waitForTimeout(SETTLED_MS);
}
