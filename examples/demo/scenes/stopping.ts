import { castOn, FOLDER, heldAs, type Cast } from "../cast.ts";
import { check } from "../../stage/expectation.ts";
import type { Story } from "../../stage/story.ts";

export const stopping: Story = {
  title: "Stopping: a veto window, and the kill switch",
  folder: FOLDER,
  plot: async (stage) => {
    const cast = await castOn(stage);
    await vetoWindow(cast);
    await haltAndLift(cast);
  },
};

async function vetoWindow({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("Policy allows it after ten minutes; somebody does not want it");
  const mailer = agent({ action: "newsletter.send", what: "spring offers" });
  const id = await waitingOf(stage, "newsletter.send");
  stage.transcript.tell(`Policy has approved ${id}; the agent waits for the end of its window.`);
  const why = ["--reason", "the prices are wrong", "--yes"];
  await stage.person("operator-1", ["interrupt", id, ...why]);
  await mailer.ends(4);
  check(mailer.said.includes("the prices are wrong"), "the agent was not told why");
  await happened([]);
}

async function haltAndLift({ stage, agent, happened, scene, id: agentId }: Cast): Promise<void> {
  scene("Halt of an agent with one action running, one approved, one held");
  // Takes so long that there is time to think better of it.
  const script = new URL("../target.ts", import.meta.url);
  const slowUrl = await stage.target("slow target", script, { TARGET_PACE_MS: "60000" });
  const restart = (node: string, targetUrl?: string) =>
    agent({
      action: "node.restart",
      what: node,
      name: node,
      ...(targetUrl === undefined ? {} : { targetUrl }),
    });
  const running = restart("node-1", slowUrl);
  const runningId = await heldAs(running);
  await stage.person("dee", ["approve", runningId, "--yes"]);
  await running.says(/begins/);
  const approved = agent({ action: "node.retire", what: "node-2", name: "node-2" });
  const approvedId = await heldAs(approved);
  await stage.person("dee", ["approve", approvedId, "--yes"]);
  const held = restart("node-3");
  const heldId = await heldAs(held);

  const halt = ["halt", `identity:${agentId}`, "--reason", "it restarts the wrong nodes"];
  const said = await stage.person("operator-1", halt);
  const [, haltId = ""] = /halt lift (\w+)/.exec(said) ?? [];
  await running.ends(4);
  await approved.ends(4);
  stage.transcript.tell(
    "What ran has stopped, what was approved is dead. What is held may be reviewed:",
  );
  await stage.person("dee", ["approve", heldId, "--yes"]);
  await stage.stands(runningId, "interrupted");
  await stage.stands(approvedId, "interrupted");
  await stage.stands(heldId, "approved");
  stage.transcript.tell("Nothing starts before the lift, whatever is approved.");
  await happened([]);

  scene("The lift: what was approved before stays dead, what was held goes on");
  await stage.person("operator-1", ["halt", "lift", haltId, "--reason", "list corrected", "--yes"]);
  await held.ends(0);
  await stage.stands(runningId, "interrupted");
  await stage.stands(approvedId, "interrupted");
  await happened(["node-3"]);
}

/** The id of what is approved and waits for the end of its veto window. */
async function waitingOf(stage: Cast["stage"], action: string): Promise<string> {
  const { list } = await stage.client("operator-1");
  for (let tries = 0; tries < 200; tries += 1) {
    const { items } = await list({ action, status: "approved" });
    const [found] = items;
    if (found !== undefined) return found.short_id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  check(false, `nothing waits for the end of its veto window: ${action}`);
  return "";
}
