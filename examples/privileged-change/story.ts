import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

const PLAN = ["--rollback-plan", "alter role reporting nosuperuser; restore the snapshot"];

/** Story 4: the last step of a change waits for whoever is on call. */
export const privilegedChange: Story = {
  title: "4  A workflow agent applies a privileged change; whoever is on call releases it",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const key = await stage.identity("release-agent", { owner: "eli" });
  const url = await stage.target("database", new URL("database.ts", import.meta.url));
  const agent = (args: readonly string[]) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args,
      env: { HALTPOINT_KEY: key, DATABASE_URL: url },
    });
  const changed = async (times: number): Promise<void> => {
    const found = await effectsAt<string>(url);
    const changes = found.filter((what) => what.startsWith("alter role")).length;
    check(changes === times, `the role was altered ${changes} times, not ${times}`);
    transcript.tell(`Done to the database: ${found.join(", ")}`);
  };

  transcript.scene("Without a rollback plan the last step is refused; nobody is asked");
  const careless = agent([]);
  await careless.ends(3);
  check(careless.said.includes("context.rollback_plan"), "the agent was not told which field");
  await changed(0);

  transcript.scene("With one it waits for whoever is on call, and for nobody else");
  const turn = ["oncall", "set", "database", "--shift", "dee=now/12h"];
  await stage.person("operator-1", turn, { shown: "all" });
  const worker = agent(PLAN);
  const id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("dee", id, "content");
  const statements = ["--confirm", "justification", "--confirm", "rollback"];
  const how = [...statements, "--reason", "plan rehearsed", "--digest", digest];
  await stage.person("eli", ["approve", id, "--yes", ...how], { status: 4 });
  await changed(0);
  await stage.person("dee", ["approve", id, "--yes", ...how]);
  await worker.ends(0);
  await changed(1);
}
