import { expect, test } from "vitest";
import type { Answer, Ask } from "./call.ts";
import { OFFLINE, type Failure } from "./failure.ts";
import { Intent, sendIntent } from "./intent.ts";

const ASK: Ask = { method: "POST", path: "/v1/halts", body: { reason: "a" } };
const REFUSED: Failure = { code: "right_required", detail: "no", status: 403 };
const noPause = (): Promise<void> => Promise.resolve();

/** Answers from a list, and the keys that were sent. */
function scripted(answers: readonly Answer<string>[]) {
  const keys: (string | undefined)[] = [];
  const send = (ask: Ask): Promise<Answer<string>> => {
    keys.push(ask.key);
    return Promise.resolve(answers[keys.length - 1] ?? { ok: false, failure: OFFLINE });
  };
  return { keys, send };
}

function counted(): Intent {
  let next = 0;
  return new Intent(() => `key-${(next += 1)}`);
}

test("I14: a lost answer is asked for again with the same key", async () => {
  const { keys, send } = scripted([
    { ok: false, failure: OFFLINE },
    { ok: true, value: "done" },
  ]);
  const answer = await sendIntent(counted(), ASK, send, noPause);
  expect(answer).toEqual({ ok: true, value: "done" });
  expect(keys).toEqual(["key-1", "key-1"]);
});

test("I14: trying again by hand after silence is still the same intent", async () => {
  const intent = counted();
  const silent = scripted([]);
  await sendIntent(intent, ASK, silent.send, noPause);
  const later = scripted([{ ok: true, value: "done" }]);
  await sendIntent(intent, ASK, later.send, noPause);
  expect([...new Set([...silent.keys, ...later.keys])]).toEqual(["key-1"]);
});

test("I14: something else, or the same once more after it happened, is another intent", async () => {
  const intent = counted();
  const { keys, send } = scripted(Array.from({ length: 3 }, () => ({ ok: true, value: "done" })));
  await sendIntent(intent, ASK, send, noPause);
  await sendIntent(intent, ASK, send, noPause);
  await sendIntent(intent, { ...ASK, body: { reason: "b" } }, send, noPause);
  expect(keys).toEqual(["key-1", "key-2", "key-3"]);
});

test("a refusal stands: it is not sent again", async () => {
  const { keys, send } = scripted([{ ok: false, failure: REFUSED }]);
  expect(await sendIntent(counted(), ASK, send, noPause)).toEqual({ ok: false, failure: REFUSED });
  expect(keys).toHaveLength(1);
});

test("silence is given up after a few tries, and said", async () => {
  const { keys, send } = scripted([]);
  expect(await sendIntent(counted(), ASK, send, noPause)).toEqual({ ok: false, failure: OFFLINE });
  expect(keys).toHaveLength(3);
});
