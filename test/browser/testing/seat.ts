/** Somebody in front of a browser: signed in, watched, with a keyboard or with fingers. */
import { extname, join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { checkout } from "../../planted/plant.ts";
import { addAuthenticator, type Authenticator, type Passkey } from "./authenticator.ts";
import { handsOn, type Hands, type Mode } from "./hands.ts";
import { headingIsThere } from "./in-page.ts";
import { watchPages, type WatchedPages, type WatchOptions } from "./watched-pages.ts";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const PATIENCE_MS = 15_000;

export interface Seat {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly hands: Hands;
  readonly watched: WatchedPages;
  readonly authenticator: Authenticator | null;
  /** Goes to a page of the inbox, as an address typed or a link followed does. */
  readonly open: (path: string) => Promise<void>;
}

export interface SeatOptions extends Pick<WatchOptions, "expected"> {
  readonly mode: Mode;
  /** A development person; none: nobody is signed in. */
  readonly person?: string;
  /** A passkey device with these passkeys in it; none: no device. */
  readonly passkeys?: readonly Passkey[];
  readonly colorScheme?: "light" | "dark";
}

let browser: Promise<Browser> | null = null;

/** The browser of this whole run. */
async function sharedBrowser(): Promise<Browser> {
  browser ??= fetch(`${inject("browserDesk")}/browser`).then(async (answer) => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return chromium.connect(text);
  });
  return browser;
}

/** Hosts that anything in the browser tried to reach, beyond this machine. */
export async function hostsAskedFor(): Promise<readonly string[]> {
  const answer = await fetch(`${inject("browserDesk")}/outside`);
  return (await answer.json()) as readonly string[];
}

/** Works at a seat; afterwards nothing may have happened that no page may do. */
export async function atSeat<T>(
  house: { readonly url: string },
  options: SeatOptions,
  work: (seat: Seat) => Promise<T>,
): Promise<T> {
  const seat = await takeSeat(house, options);
  try {
    const result = await work(seat);
    seat.watched.expectQuiet();
    await keepSession(seat.context, house.url, options.person);
    return result;
  } catch (error) {
    await keepPicture(seat.context);
    throw error;
  } finally {
    await seat.context.close();
  }
}

/** A seat that is kept: whoever takes it closes its context, and asks whether all was quiet. */
export async function takeSeat(
  house: { readonly url: string },
  options: SeatOptions,
): Promise<Seat> {
  const { mode, person, passkeys, expected = [], colorScheme = "light" } = options;
  const context = await (
    await sharedBrowser()
  ).newContext({
    ...(mode === "touch"
      ? { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
      : { viewport: WIDE }),
    colorScheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const watched = await watchPages(context, { origin: house.url, expected });
  if (person !== undefined) await signIn(context, house.url, person);
  await showPlantedPages(context, house.url);
  const page = await context.newPage();
  const authenticator =
    passkeys === undefined ? null : await addAuthenticator(context, page, passkeys);
  const open = async (path: string): Promise<void> => {
    await page.goto(`${house.url}${path}`);
    await page.waitForFunction(headingIsThere);
  };
  return { context, page, hands: handsOn(page, mode), watched, authenticator, open };
}

/** What a person would have seen when it went wrong: `reports/browser/NAME.png`. */
async function keepPicture(context: BrowserContext): Promise<void> {
  const name = (expect.getState().currentTestName ?? "hook")
    .replaceAll(/[^\w]+/g, "-")
    .slice(0, 120);
  const path = join(checkout, "reports/browser", `${name}.png`);
  await context
    .pages()
    .at(-1)
    ?.screenshot({ path, fullPage: true, timeout: 5_000 })
    .catch(() => undefined);
}

/** Where a bug is planted in the pages: these, with the headers of those that the server serves. */
async function showPlantedPages(context: BrowserContext, origin: string): Promise<void> {
  const folder = inject("plantedPages");
  if (folder === null) return;
  await context.route(
    (url) => url.origin === origin && !/^\/(v1|auth)\//.test(url.pathname),
    async (route) => {
      const { pathname } = new URL(route.request().url());
      const isAsset = pathname.startsWith("/assets/");
      const path = join(folder, isAsset ? pathname : "index.html");
      const shell = await context.request.get(`${origin}/inbox`);
      // What is given here is not compressed.
      const { "content-encoding": _encoding, ...headers } = shell.headers();
      headers["content-type"] = TYPES[extname(path)] ?? "text/plain";
      await route.fulfill({ path, headers });
    },
  );
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
/** Who has signed in already, at which server: one session serves all tests of a file. */
const sessions = new Map<string, Cookies>();

/** A session's secret changes now and then: the next one at this seat has the newest. */
async function keepSession(context: BrowserContext, url: string, person?: string): Promise<void> {
  if (person !== undefined) sessions.set(`${person} at ${url}`, await context.cookies());
}

/** As the sign-in page does it; that page has tests of its own. */
async function signIn(context: BrowserContext, url: string, person: string): Promise<void> {
  const who = `${person} at ${url}`;
  const known = sessions.get(who);
  if (known !== undefined) {
    await context.addCookies(known);
    return;
  }
  const answer = await context.request.post(`${url}/v1/sign-in/development`, {
    data: { person },
    headers: { origin: url },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  sessions.set(who, await context.cookies());
}
