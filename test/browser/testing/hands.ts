/**
 * How a person works a page. With `keyboard` there are key presses and nothing else: whatever is
 * wanted is reached by Tab, by arrows within a group, or by its shortcut, and whatever has the focus
 * on the way must be seen to have it. With `touch` there are fingers on a small screen.
 */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { focusSeenFrom, widerThanWindow } from "./in-page.ts";

export const MODES = ["keyboard", "touch"] as const;
export type Mode = (typeof MODES)[number];

export type Role = Parameters<Page["getByRole"]>[0];
export type Name = string | RegExp;

export interface Place {
  /** Only in the open dialog. */
  readonly inDialog?: boolean;
  /** Only in this part of the page. */
  readonly within?: Locator;
  /** A button of the card: what a keyboard user presses instead of going there. */
  readonly key?: string;
}

export interface Hands {
  readonly mode: Mode;
  /** A button, a link, a tab: whatever is pressed once. */
  press(role: Role, name: Name, place?: Place): Promise<void>;
  /** A checkbox or a radio. */
  tick(role: "checkbox" | "radio", name: Name, place?: Place): Promise<void>;
  /** Replaces what a field says. */
  write(name: Name, text: string, place?: Place): Promise<void>;
  /** Chooses from a list. */
  choose(name: Name, option: string, place?: Place): Promise<void>;
}

const TABS_MAX = 200;
/** Keys and buttons do nothing for half a second after the card changes. */
const CARD_SETTLES_MS = 650;
/** WCAG 2.2, 2.5.8. */
const TARGET_MIN_PX = 24;

export function handsOn(page: Page, mode: Mode): Hands {
  return mode === "keyboard" ? keyboardOn(page) : fingersOn(page);
}

/** The one element of that role and name which a person could find. */
function find(page: Page, role: Role, name: Name, { inDialog, within }: Place = {}): Locator {
  const scope = within ?? (inDialog === true ? page.getByRole("dialog").last() : page);
  return scope.getByRole(role, { name, exact: typeof name === "string" });
}

const FIELD = "textbox, searchbox, spinbutton or combobox";

/** A field by its name, whichever kind of field it is. */
async function findField(page: Page, name: Name, place: Place = {}): Promise<Locator> {
  const kinds: readonly Role[] = ["textbox", "searchbox", "spinbutton", "combobox"];
  const any = kinds
    .map((role) => find(page, role, name, place))
    .reduce((all, each) => all.or(each));
  await any.first().waitFor({ state: "visible" });
  expect(await any.count(), `${FIELD} named ${String(name)}`).toBe(1);
  return any;
}

function keyboardOn(page: Page): Hands {
  const reach = async (wanted: Locator, place: Place): Promise<void> => {
    await wanted.waitFor({ state: "visible" });
    expect(await wanted.count(), String(wanted)).toBe(1);
    const element = await wanted.elementHandle();
    for (let tabs = 0; tabs <= TABS_MAX; tabs += 1) {
      const focus = await element!.evaluate(focusSeenFrom);
      expect(focus.unseen, `the focus is seen on the way to ${String(wanted)}`).toBe("");
      if (focus.there) return;
      await page.keyboard.press(focus.inGroup ? "ArrowDown" : "Tab");
    }
    throw new Error(`${TABS_MAX} Tabs do not lead to ${String(wanted)} ${JSON.stringify(place)}`);
  };
  return {
    mode: "keyboard",
    async press(role, name, place = {}) {
      const wanted = find(page, role, name, place);
      if (place.key !== undefined) {
        await wanted.waitFor({ state: "visible" });
        await page.waitForTimeout(CARD_SETTLES_MS);
        await page.keyboard.press(place.key);
        return;
      }
      await reach(wanted, place);
      await page.keyboard.press("Enter");
    },
    async tick(role, name, place = {}) {
      const wanted = find(page, role, name, place);
      await reach(wanted, place);
      // Arrows choose the radios that they reach.
      if (!(await wanted.isChecked())) await page.keyboard.press("Space");
      expect(await wanted.isChecked()).toBe(true);
    },
    async write(name, text, place = {}) {
      await reach(await findField(page, name, place), place);
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.press("Delete");
      await page.keyboard.type(text);
    },
    async choose(name, option, place = {}) {
      const field = await findField(page, name, place);
      await reach(field, place);
      await page.keyboard.type(option);
      await expectChosen(field, option);
    },
  };
}

function fingersOn(page: Page): Hands {
  const tap = async (wanted: Locator): Promise<void> => {
    await wanted.waitFor({ state: "visible" });
    expect(await page.evaluate(widerThanWindow), "nobody has to scroll sideways").toBe(0);
    const box = await wanted.boundingBox();
    const size = Math.min(box?.width ?? 0, box?.height ?? 0);
    expect(size, `${String(wanted)} is large enough for a finger`).toBeGreaterThanOrEqual(
      TARGET_MIN_PX,
    );
    await wanted.tap();
  };
  /** A box may be small where its label is the target. */
  const tapLabelled = async (wanted: Locator): Promise<void> => {
    await wanted.waitFor({ state: "visible" });
    const label = wanted.locator("xpath=ancestor::label[1]");
    await ((await label.count()) === 1 ? tap(label) : tap(wanted));
  };
  return {
    mode: "touch",
    async press(role, name, place = {}) {
      const wanted = find(page, role, name, place);
      if (place.key !== undefined) {
        await wanted.waitFor({ state: "visible" });
        await page.waitForTimeout(CARD_SETTLES_MS);
      }
      await tap(wanted);
    },
    async tick(role, name, place) {
      const wanted = find(page, role, name, place);
      await tapLabelled(wanted);
      expect(await wanted.isChecked()).toBe(true);
    },
    async write(name, text, place) {
      const field = await findField(page, name, place);
      await tap(field);
      await field.selectText();
      await page.keyboard.insertText(text);
    },
    async choose(name, option, place) {
      const field = await findField(page, name, place);
      await tap(field);
      // The list of a native select is the phone's own and no part of the page.
      await field.selectOption({ label: option });
      await expectChosen(field, option);
    },
  };
}

function expectChosen(field: Locator, option: string): Promise<void> {
  return expect
    .poll(() =>
      field.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.label),
    )
    .toBe(option);
}
