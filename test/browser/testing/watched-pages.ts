/**
 * What no page may do, whatever a test is about: speak to another origin, break its own content
 * policy, throw, log an error, open a window or a dialog of the browser's.
 */
import type { BrowserContext, ConsoleMessage, Page } from "playwright-core";
import { expect } from "vitest";
import { reportViolations } from "./in-page.ts";

export interface WatchedPages {
  /** Every address that was asked for. */
  readonly requests: readonly string[];
  /** Fails where anything happened that must not. */
  expectQuiet(): void;
  /** What happened so far was meant to: the test is about another origin. */
  forget(): void;
}

export interface WatchOptions {
  readonly origin: string;
  /** Console errors that this test provokes. */
  readonly expected?: readonly RegExp[];
}

/** Browsers log each refused call themselves; being asked to sign in is no fault of the page. */
const NOT_SIGNED_IN = /status of 401 .*\/v1\/me$/;

export async function watchPages(
  context: BrowserContext,
  { origin, expected = [] }: WatchOptions,
): Promise<WatchedPages> {
  const requests: string[] = [];
  const faults: string[] = [];
  const allowed = [NOT_SIGNED_IN, ...expected];
  const hear = (page: Page, what: string): void => {
    if (allowed.some((pattern) => pattern.test(what))) return;
    faults.push(`${what} (on ${page.url().slice(0, 200)})`);
  };
  await context.addInitScript(reportViolations);
  context.on("request", (request) => {
    const url = request.url();
    requests.push(url);
    if (!isAtHome(url, origin)) faults.push(`asked for ${url.slice(0, 300)}`);
  });
  context.on("page", (page) => {
    void page.opener().then((opener) => {
      if (opener !== null) faults.push(`opened a window: ${page.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") hear(page, textOf(message));
    });
    page.on("pageerror", (error) => hear(page, `threw ${error.stack ?? error.message}`));
    page.on("crash", () => hear(page, "crashed"));
    page.on("dialog", (dialog) => {
      hear(page, `a dialog of the browser's: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("download", (download) => hear(page, `a download: ${download.url()}`));
  });
  return {
    requests,
    forget: () => void faults.splice(0),
    expectQuiet: () => expect(faults, faults.join("\n")).toEqual([]),
  };
}

function textOf(message: ConsoleMessage): string {
  return `console: ${message.text()} ${message.location().url}`.trim();
}

function isAtHome(url: string, origin: string): boolean {
  const { protocol, origin: asked } = new URL(url);
  return asked === origin || protocol === "data:" || url === "about:blank";
}
