import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

/** Story 5: what an identity may do follows from its stage, and others agree to each that gives it more. */
export const lifecycle: Story = {
  title: "5  A service account from its first day to its last; each stage has its threshold",
  folder: new URL(".", import.meta.url),
  plot,
};

const DAY_MS = 86_400_000;
const BOT = "deploy-bot";

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const url = await stage.target("platform", new URL("platform.ts", import.meta.url));
  const released = async (expected: string): Promise<void> => {
    const versions = (await effectsAt<string>(url)).join(", ") || "none";
    check(versions === expected, `released: ${versions}, not ${expected}`);
    transcript.tell(`Released so far: ${versions}`);
  };

  transcript.scene("It is registered, and starts nothing until its owner and security agree");
  const added = await stage.person("operator-1", [
    ...["identity", "add", BOT, "--owner", "chen", "--type", "service_account"],
    ...["--stage", "probation", "--reason", "it releases the shop"],
  ]);
  const key = await keyOf(stage);
  const bot = (version: string) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args: ["--version", version],
      env: { HALTPOINT_KEY: key, PLATFORM_URL: url },
    });
  await bot("1.0").ends(3);
  const first = requestIn(added);
  await approves(stage, "operator-1", first, { status: 4 });
  await approves(stage, "chen", first);
  await approves(stage, "fay", first);
  await released("none");

  transcript.scene("On probation every release is looked at");
  const worker = bot("1.0");
  await approves(stage, "bo", await worker.says(/held as (\w{4})/));
  await worker.ends(0);
  await released("1.0");

  transcript.scene("Its owner ends the probation, and recertifies it: then it releases unasked");
  await approves(stage, "chen", await changes(stage, ["--stage", "active"]));
  const today = new Date(Date.now() - DAY_MS).toISOString();
  await approves(stage, "chen", await changes(stage, ["--label", `recertified=${today}`]));
  await bot("1.1").ends(0);
  await released("1.0, 1.1");

  transcript.scene("An operator suspends it at once, and is not who lets it act again");
  await stage.person("operator-2", ["identity", "set", BOT, "--stage", "suspended"]);
  await bot("1.2").ends(3);
  const resume = await changes(stage, ["--stage", "active", "--reason", "a false alarm"]);
  await approves(stage, "operator-2", resume, { status: 4 });
  await approves(stage, "fay", resume);
  await bot("1.2").ends(0);
  await released("1.0, 1.1, 1.2");

  transcript.scene("Two people end it: its key opens nothing, and it does not come back");
  const end = await changes(stage, ["--stage", "offboarded", "--reason", "the shop has moved"]);
  await approves(stage, "chen", end);
  await approves(stage, "fay", end);
  await bot("1.3").ends(3);
  await stage.person("operator-1", ["identity", "set", BOT, "--stage", "active"], { status: 2 });
  await released("1.0, 1.1, 1.2");
}

async function keyOf(stage: Stage): Promise<string> {
  const issued = await stage.person("operator-1", ["identity", "key", "add", BOT], {
    shown: "nothing",
  });
  const [key = ""] = /hpk_[\w-]+/.exec(issued) ?? [];
  check(key !== "", "no key was issued");
  return key;
}

/** An operator changes it; the id of the request that others decide. */
async function changes(stage: Stage, change: readonly string[]): Promise<string> {
  return requestIn(await stage.person("operator-1", ["identity", "set", BOT, ...change]));
}

function requestIn(said: string): string {
  const [, id = ""] = /\/r\/(\w+)/.exec(said) ?? [];
  check(id !== "", `nobody was asked:\n${said}`);
  return id;
}

async function approves(
  stage: Stage,
  who: string,
  id: string,
  expected: { readonly status?: number } = {},
): Promise<void> {
  const { digest } = await stage.reads(who, id, "nothing");
  const words = ["--yes", "--reason", "agreed", "--digest", digest];
  await stage.person(who, ["approve", id, ...words], expected);
}
