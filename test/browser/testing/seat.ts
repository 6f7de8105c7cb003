/** Somebody in front of a browser: signed in, watched, with a keyboard or with fingers. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { addAuthenticator, type Authenticator, type Passkey } from "./authenticator.ts";
import { handsOn, type Hands, type Mode } from "./hands.ts";
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
  open(path: string): Promise<void>;
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
  const context = await (
    await sharedBrowser()
  ).newContext({
    ...(options.mode === "touch"
      ? { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
      : { viewport: WIDE }),
    colorScheme: options.colorScheme ?? "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    const { expected = [] } = options;
    const watched = await watchPages(context, { origin: house.url, expected });
    if (options.person !== undefined) await signIn(context, house.url, options.person);
    const page = await context.newPage();
    const { passkeys, mode } = options;
    const authenticator =
      passkeys === undefined ? null : await addAuthenticator(context, page, passkeys);
    const seat: Seat = {
      context,
      page,
      hands: handsOn(page, mode),
      watched,
      authenticator,
      async open(path) {
        await page.goto(`${house.url}${path}`);
        await page.getByRole("main").getByRole("heading").first().waitFor();
      },
    };
    const result = await work(seat);
    watched.expectQuiet();
    return result;
  } finally {
    await context.close();
  }
}

/** As the sign-in page does it; that page has tests of its own. */
async function signIn(context: BrowserContext, url: string, person: string): Promise<void> {
  const answer = await context.request.post(`${url}/v1/sign-in/development`, {
    data: { person },
    headers: { origin: url },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
