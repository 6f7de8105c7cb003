import { check } from "../stage/expectation.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";
import { effectsAt } from "../stage/effects.ts";

/** Story 1: an OAuth scope for a vendor waits until security has confirmed the scope itself. */
export const oauthScope: Story = {
  title: "1  An agent adds an OAuth scope for a vendor; security confirms the scope",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const key = await stage.identity("integration-agent", { owner: "ana" });
  const url = await stage.target(
    "authorization",
    new URL("authorization-server.ts", import.meta.url),
  );
  const agent = (scope: string) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args: ["--scope", scope],
      env: { HALTPOINT_KEY: key, AUTHORIZATION_URL: url },
    });
  const issued = async (expected: readonly string[]): Promise<void> => {
    const found = (await effectsAt<{ readonly scope: string }>(url)).map(({ scope }) => scope);
    const words = found.join(", ") || "none";
    check(words === (expected.join(", ") || "none"), `issued were: ${words}`);
    transcript.tell(`The authorization server has issued ${found.length}: ${words}`);
  };

  transcript.scene("Not issued before the scope itself is confirmed");
  let worker = agent("contacts.read");
  let id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("fay", id);
  const approve = ["approve", id, "--yes", "--reason", "reads only", "--digest", digest];
  await stage.person("fay", approve, { status: 2 });
  await issued([]);
  await stage.person("fay", [...approve, "--confirm", "scope"]);
  await worker.ends(0);
  await issued(["contacts.read"]);

  transcript.scene("Security narrows what was asked for; the narrower scope is issued");
  worker = agent("contacts.write");
  id = await worker.says(/held as (\w{4})/);
  const card = await stage.reads("fay", id, "nothing");
  const edit = ["--set", "action.properties.scope=contacts.read", "--reason", "it only reads"];
  const how = ["--approve", "--confirm", "scope", "--yes", "--digest", card.digest];
  await stage.person("fay", ["edit", id, ...edit, ...how]);
  await worker.ends(0);
  check(worker.said.includes("it only reads"), "the agent was not told why it was changed");
  await issued(["contacts.read", "contacts.read"]);

  transcript.scene("An admin scope is denied at once; nobody is asked");
  worker = agent("contacts.admin");
  await worker.ends(3);
  await issued(["contacts.read", "contacts.read"]);
}
