/** A development server whose inbox is full, and a browser with a reviewer in front of it. */
import { chromium, type Browser, type Page } from "playwright-core";
import { chromiumArguments, chromiumPath } from "../../scripts/browser/chromium.ts";
import { checkout } from "../../scripts/check/step.ts";
import { buildInbox } from "../../scripts/inbox/build.ts";
import { openHouse, type House } from "../../test/browser/testing/house.ts";

const SUBMITTED_AT_ONCE = 16;
const POLICY = `version: 1
default: { decision: deny, why: The bench knows one action }
groups: { finance: [ana, bo] }
rules:
  - id: posts
    why: Finance reads what is said in our name
    owner: chen
    match: { action: chat.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, deadline: 8h }
`;

export interface WaitingRoom {
  readonly house: House;
  readonly browser: Browser;
  /** Signed in as a reviewer, as it is sent: `name=value`. */
  readonly cookie: string;
  /** A page of hers; nothing is open yet. */
  readonly page: Page;
  /** Holds one more request; resolves with its id. */
  hold(): Promise<string>;
  close(): Promise<void>;
}

export async function openWaitingRoom(held: number): Promise<WaitingRoom> {
  await buildInbox(checkout);
  const settings = { limits: { held_per_identity_max: held + 5_000, burst_held_max: 0 } };
  const house = await openHouse({ policy: POLICY, settings });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...chromiumArguments(null)],
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await house.close();
  };
  try {
    const agent = house.agent();
    let number = 0;
    const hold = async (): Promise<string> => {
      number += 1;
      const properties = { text: `Message ${number} to everybody who reads it` };
      const resource = { type: "channel", id: `channel-${number}` };
      return (await agent.submit({ action: { name: "chat.post", properties }, resource })).request
        .id;
    };
    const holdMore = async (): Promise<void> => {
      while (number < held) await hold();
    };
    await Promise.all(Array.from({ length: SUBMITTED_AT_ONCE }, holdMore));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.request.post(`${house.url}/v1/sign-in/development`, {
      data: { person: "ana" },
      headers: { origin: house.url },
    });
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    return { house, browser, cookie, page: await context.newPage(), hold, close };
  } catch (error) {
    await close();
    throw error;
  }
}
