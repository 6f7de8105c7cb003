import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

/** Story 8: a production secret stays in the vault until security has confirmed which, and that it must be. */
export const secretRead: Story = {
  title: "8  An agent reads a production secret; security confirms target and need",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const key = await stage.identity("incident-agent", { owner: "chen" });
  const url = await stage.target("vault", new URL("vault.ts", import.meta.url));
  const agent = (environment: string, secret: string) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args: ["--environment", environment, "--secret", secret],
      env: { HALTPOINT_KEY: key, VAULT_URL: url },
    });
  const given = async (...expected: readonly string[]): Promise<void> => {
    const words = (await effectsAt<string>(url)).join(", ") || "nothing";
    check(words === (expected.join(", ") || "nothing"), `the vault gave out: ${words}`);
    transcript.tell(`The vault has given out: ${words}`);
  };

  transcript.scene("Names, and what staging knows, are read without asking");
  let worker = agent("staging", "billing-db");
  await worker.ends(0);
  check(worker.said.includes("opens nothing"), "staging's password opened production");
  await given("staging/billing-db");

  transcript.scene("A production secret waits until target and need are confirmed");
  worker = agent("production", "billing-db");
  let id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("fay", id);
  const approve = ["approve", id, "--yes", "--reason", "rotated tonight", "--digest", digest];
  await stage.person("fay", [...approve, "--confirm", "target"], { status: 2 });
  await given("staging/billing-db");
  await stage.person("fay", [...approve, "--confirm", "target", "--confirm", "need"]);
  await worker.ends(0);
  check(worker.said.includes("logged in to billing"), "the secret that was read opens nothing");
  await given("staging/billing-db", "production/billing-db");

  transcript.scene("That was leave for one reading: the next waits again, and is not allowed");
  worker = agent("production", "billing-db");
  id = await worker.says(/held as (\w{4})/);
  await stage.person("fay", ["reject", id, "--yes", "--reason", "it is being rotated"]);
  await worker.ends(3);
  await given("staging/billing-db", "production/billing-db");

  transcript.scene("Whoever owns the agent does not decide, though of security");
  worker = agent("production", "payroll-db");
  id = await worker.says(/held as (\w{4})/);
  const card = await stage.reads("chen", id, "nothing");
  const all = ["--confirm", "target", "--confirm", "need", "--digest", card.digest];
  const own = ["approve", id, "--yes", "--reason", "it is my agent", ...all];
  await stage.person("chen", own, { status: 4 });
  await stage.person("fay", ["reject", id, "--yes", "--reason", "payroll is not concerned"]);
  await worker.ends(3);
  check(worker.said.includes("payroll is not concerned"), "the agent was not told why");
  await given("staging/billing-db", "production/billing-db");
}
