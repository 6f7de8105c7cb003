/**
 * P11: with 1,000 requests held, in a real browser: from sending a request until a person sees its
 * card, and from their key press until the waiting agent has its answer. And Lighthouse's scores of
 * the inbox with 200 held.
 */
import { randomBytes } from "node:crypto";
import { quantile } from "../measure/figures.ts";
import { valueCase, type CaseLine } from "../measure/case-line.ts";
import { effort } from "../measure/rounds.ts";
import { openWaitingRoom, type WaitingRoom } from "../inbox/waiting-room.ts";
import { lighthouseScores } from "../inbox/lighthouse-scores.ts";

const HELD = 1_000;
const HELD_FOR_LIGHTHOUSE = 200;
/** Each round's p95 is over so many. */
const QUICK_TIMES = 20;
const TIMES = 60;
/** Keys do nothing for half a second after the card changed. */
const CARD_SETTLES_MS = 600;

export async function* p11(): AsyncGenerator<CaseLine> {
  const { rounds } = effort();
  const times = rounds > 3 ? TIMES : QUICK_TIMES;
  const room = await openWaitingRoom(HELD);
  try {
    await room.page.goto(`${room.house.url}/inbox`);
    await room.page.locator('main a[href^="/r/"]').first().waitFor();
    const painted: number[] = [];
    const woken: number[] = [];
    // The first round warms up and is thrown away.
    for (let round = -1; round < rounds; round += 1) {
      const each = { painted: [] as number[], woken: [] as number[] };
      for (let time = 0; time < times; time += 1) {
        const seen = await untilPainted(room);
        each.painted.push(seen.paintedMs);
        each.woken.push(await untilWoken(room, seen.id));
        await room.page.evaluate(goTo, "/inbox");
        await room.page.locator('main a[href^="/r/"]').first().waitFor();
      }
      if (round < 0) continue;
      painted.push(quantile(each.painted, 0.95));
      woken.push(quantile(each.woken, 0.95));
    }
    const about = { bench: "P11", against: "the bar" };
    const figures = { held: HELD, times_each_round: times };
    yield valueCase(
      { ...about, case: "request to painted card, p95 in ms" },
      painted,
      { at: "most", value: 250, unit: "ms" },
      figures,
    );
    yield valueCase(
      { ...about, case: "decision to waiting agent, p95 in ms" },
      woken,
      { at: "most", value: 150, unit: "ms" },
      figures,
    );
  } finally {
    await room.close();
  }
  yield* scores(rounds);
}

async function* scores(rounds: number): AsyncGenerator<CaseLine> {
  const room = await openWaitingRoom(HELD_FOR_LIGHTHOUSE);
  try {
    const found = await lighthouseScores(room, Math.min(rounds, 5));
    const about = { bench: "P11", against: "the bar" };
    const held = { held: HELD_FOR_LIGHTHOUSE };
    yield valueCase(
      { ...about, case: "Lighthouse accessibility of /inbox" },
      found.accessibility,
      { at: "least", value: 100 },
      held,
    );
    yield valueCase(
      { ...about, case: "Lighthouse performance of /inbox" },
      found.performance,
      { at: "least", value: 95 },
      held,
    );
  } finally {
    await room.close();
  }
}

/**
 * From before the request is sent: its card is opened from the full inbox as soon as the server has
 * answered, as a link in a message does, and Approve can be pressed on what has been painted.
 */
async function untilPainted(
  room: WaitingRoom,
): Promise<{ readonly id: string; readonly paintedMs: number }> {
  const sentAt = now();
  const id = await room.hold();
  const paintedAt = await room.page.evaluate(whenPainted, `/r/${id}`);
  return { id, paintedMs: paintedAt - sentAt };
}

/** From the key press in the page until the agent that waits has its answer. */
async function untilWoken({ page, house }: WaitingRoom, id: string): Promise<number> {
  const attempt = randomBytes(24).toString("base64url");
  const agent = house.agent();
  const waits = agent.redeem(id, { attempt }, { waitMs: 25_000 }).then((answer) => {
    if (answer.redemption === null) throw new Error("it was not approved");
    return now();
  });
  const pressed = page.evaluate(whenPressed);
  await page.waitForTimeout(CARD_SETTLES_MS);
  await page.keyboard.press("a");
  const [pressedAt, wokenAt] = await Promise.all([pressed, waits]);
  await agent.outcome(id, { attempt, result: "succeeded" });
  return wokenAt - pressedAt;
}

/** On the clock of the machine, which this process and the page share; finer than `Date.now()`. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

// What runs inside the page stands alone; the bench is not checked against a browser's types.
declare const document: any;
declare const history: any;
declare const PopStateEvent: any;
declare const requestAnimationFrame: (then: () => void) => void;
declare const MutationObserver: any;

function whenPainted(path: string): Promise<number> {
  return new Promise((resolve) => {
    const isThere = (): boolean => {
      const buttons = [...document.querySelectorAll("main .card button")];
      return buttons.some((button: any) => /^Approve/.test(button.textContent) && !button.disabled);
    };
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      // After the frame that shows it.
      requestAnimationFrame(() =>
        setTimeout(() => resolve(performance.timeOrigin + performance.now())),
      );
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  });
}

function whenPressed(): Promise<number> {
  return new Promise((resolve) => {
    document.addEventListener(
      "keydown",
      (event: any) => resolve(performance.timeOrigin + event.timeStamp),
      { once: true, capture: true },
    );
  });
}

function goTo(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}
