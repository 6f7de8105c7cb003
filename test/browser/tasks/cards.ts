/** How people find the card of a request. */
import type { Locator, Page } from "playwright-core";
import { cardIsThere } from "../testing/in-page.ts";
import type { Seat } from "../testing/seat.ts";

/** What is ticked before a payment is approved. */
export const CONFIRM = "The recipient is known to us";

/** Opens the card of a request, as a link in a message does. */
export async function openCard(seat: Seat, id: string): Promise<void> {
  await seat.open(`/r/${id}`);
  await seat.page.waitForFunction(cardIsThere);
}

export function linkTo(page: Page, id: string): Locator {
  return page.locator(`a[href="/r/${id}"]`);
}
