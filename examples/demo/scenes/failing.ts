import { castOn, FOLDER, heldAs, type Cast } from "../cast.ts";
import { cuttingProxy } from "../cutting-proxy.ts";
import { check } from "../../stage/expectation.ts";
import type { Story } from "../../stage/story.ts";

export const failing: Story = {
  title: "Failing: the server dies, the agent dies, an answer is lost",
  folder: FOLDER,
  plot: async (stage) => {
    const cast = await castOn(stage);
    await serverKilled(cast);
    await agentKilled(cast);
    await answerLost(cast);
  },
};

async function serverKilled({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("The server is killed while an action is held, and started again");
  const worker = agent({ action: "node.restart", what: "node-1" });
  const id = await heldAs(worker);
  await stage.killServer();
  stage.transcript.tell("The server was ended with SIGKILL. Whoever decides now is told so:");
  await stage.person("dee", ["approve", id, "--yes"], { status: 6 });
  await stage.restartServer();
  stage.transcript.tell("It is started again on the same store; the agent has waited.");
  await stage.person("dee", ["approve", id, "--yes"]);
  await worker.ends(0);
  await happened(["node-1"]);
}

async function agentKilled({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("The waiting agent is killed; the approval runs nothing by itself");
  const wish = { action: "node.restart", what: "node-2", options: ["--key", "restart-node-2"] };
  const worker = agent(wish);
  const id = await heldAs(worker);
  await worker.kill();
  stage.transcript.tell("The agent was ended with SIGKILL.");
  await stage.person("dee", ["approve", id, "--yes"]);
  await stage.stands(id, "approved");
  await happened([]);
  stage.transcript.tell("The agent is started again and makes the identical call, with its key:");
  await agent(wish).ends(0);
  await happened(["node-2"]);
  await agent(wish).ends(3);
  await happened(["node-2"]);
}

async function answerLost({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("The answer of a redemption is lost; the same attempt asks again");
  const proxy = await cuttingProxy(stage.url);
  try {
    const worker = agent({ action: "node.restart", what: "node-3", serverUrl: proxy.url });
    const id = await heldAs(worker);
    await stage.person("dee", ["approve", id, "--yes"]);
    await worker.ends(0);
    check(proxy.lost() === 1, `${proxy.lost()} answers were lost, not one`);
    check(proxy.redemptions() >= 2, "the redemption was not asked for again");
    const { get, entries } = await stage.client("operator-2");
    const { items } = await entries((await get(id)).id);
    const redeemed = items.filter(({ kind }) => kind === "redeemed").length;
    check(redeemed === 1, `the ledger has ${redeemed} redemptions, not one`);
    const asked = proxy.redemptions();
    stage.transcript.tell(
      `1 answer was lost; asked ${asked} times; redemptions in the ledger: ${redeemed}`,
    );
    await happened(["node-3"]);
  } finally {
    proxy.close();
  }
}
