import type { Actor } from "../stage/actor.ts";
import { check } from "../stage/expectation.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

interface Orders {
  readonly orders: readonly { readonly key: string; readonly amount: string }[];
}

/** Story 3: finance approves what is dear, and what was ordered is counted at the shop. */
export const purchaseOrder: Story = {
  title:
    "3  A procurement agent submits purchase orders; finance approves large ones, and small ones that add up",
  folder: new URL(".", import.meta.url),
  plot,
};

interface Cast {
  readonly stage: Stage;
  /** Starts the agent; the slow shop takes so long that there is time to think better of it. */
  readonly agent: (amount: string, shop?: "slow") => Actor;
  /** The same program under another identity. */
  readonly agentOf: (key: string, amount: string) => Actor;
  /** Checks that just these were ordered, at both shops together. */
  readonly ordered: (amounts: readonly string[]) => Promise<void>;
}

async function plot(stage: Stage): Promise<void> {
  const cast = await castOn(stage);
  await smallAndLarge(cast);
  await rejectedAndLowered(cast);
  await interrupted(cast);
  await split(cast);
}

async function castOn(stage: Stage): Promise<Cast> {
  const key = await stage.identity("procurement-agent", { owner: "ana" });
  const shop = new URL("shop.ts", import.meta.url);
  const [url, slowUrl] = await Promise.all([
    stage.target("shop", shop, { SHOP_PACE_MS: "50" }),
    stage.target("slow shop", shop, { SHOP_PACE_MS: "60000" }),
  ]);
  const started = (by: string, amount: string, at: string): Actor =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args: ["--amount", amount],
      env: { HALTPOINT_KEY: by, SHOP_URL: at },
    });
  return {
    stage,
    agent: (amount, which) => started(key, amount, which === "slow" ? slowUrl : url),
    agentOf: (by, amount) => started(by, amount, url),
    ordered: async (amounts) => {
      const found = (await Promise.all([url, slowUrl].map(ordersAt))).flat().join(", ");
      check(found === amounts.join(", "), `ordered were [${found}], not [${amounts.join(", ")}]`);
      stage.transcript.tell(`The shop has ${amounts.length} order(s): ${found || "none"}`);
    },
  };
}

async function smallAndLarge({ stage, agent, ordered }: Cast): Promise<void> {
  stage.transcript.scene("A small order needs nobody");
  await agent("4000.00 USD").ends(0);
  await ordered(["4000.00 USD"]);

  stage.transcript.scene("A large one waits; finance approves; it runs once");
  const buyer = agent("9000.00 USD");
  const id = await heldAs(buyer);
  await ordered(["4000.00 USD"]);
  await stage.person("bo", ["approve", id, "--yes", "--reason", "budgeted"], { shown: "content" });
  await buyer.ends(0);
  await ordered(["4000.00 USD", "9000.00 USD"]);
  await stage.person("bo", ["approve", id, "--yes"], { status: 3 });
}

async function rejectedAndLowered({ stage, agent, ordered }: Cast): Promise<void> {
  stage.transcript.scene("Finance rejects; the agent is told why");
  let buyer = agent("25000.00 USD");
  let id = await heldAs(buyer);
  await stage.person("bo", ["reject", id, "--yes", "--reason", "lease them instead"]);
  await buyer.ends(3);
  check(buyer.said.includes("lease them instead"), "the agent was not told the reason");
  await ordered(["4000.00 USD", "9000.00 USD"]);

  stage.transcript.scene("Finance lowers the amount; the lower order is what runs");
  buyer = agent("12000.00 USD");
  id = await heldAs(buyer);
  const lower = ["--set", "action.properties.amount=6000.00 USD", "--reason", "two will do"];
  await stage.person("bo", ["edit", id, ...lower, "--approve", "--yes"]);
  await buyer.ends(0);
  check(buyer.said.includes("6000.00 USD"), "the agent was not told what was ordered");
  await ordered(["4000.00 USD", "9000.00 USD", "6000.00 USD"]);
}

async function interrupted({ stage, agent, ordered }: Cast): Promise<void> {
  stage.transcript.scene("The agent's owner is in finance too, and may not approve its order");
  const buyer = agent("7000.00 USD", "slow");
  const id = await heldAs(buyer);
  await stage.person("ana", ["approve", id, "--yes"], { status: 4 });

  stage.transcript.scene("Somebody else approves, and thinks better of it while it runs");
  await stage.person("bo", ["approve", id, "--yes"]);
  await buyer.says(/ordering from/);
  await stage.person("bo", ["interrupt", id, "--yes", "--reason", "wrong vendor"]);
  await buyer.ends(4);
  check(buyer.said.includes("wrong vendor"), "the agent was not told why it was interrupted");
  await ordered(["4000.00 USD", "9000.00 USD", "6000.00 USD"]);
}

async function split({ stage, agentOf, ordered }: Cast): Promise<void> {
  stage.transcript.scene("One large order in small parts, by two agents of one owner");
  const office = await stage.identity("office-agent", { owner: "dee" });
  const facilities = await stage.identity("facilities-agent", { owner: "dee" });
  const before = ["4000.00 USD", "9000.00 USD", "6000.00 USD"];
  for (const key of [office, facilities, office]) await agentOf(key, "3000.00 USD").ends(0);
  const three = ["3000.00 USD", "3000.00 USD", "3000.00 USD"];
  await ordered([...before, ...three]);

  stage.transcript.scene("The part with which they would pass the budget waits for finance");
  const buyer = agentOf(facilities, "2400.00 USD");
  const id = await heldAs(buyer);
  const card = await stage.person("bo", ["show", id], { shown: "all" });
  const said = "would be 11,400.00 of 10,000.00 USD in 24 hours; 9,000.00 USD so far";
  check(card.includes(said), `the card does not say "${said}":\n${card}`);
  await ordered([...before, ...three]);
  await stage.person("bo", ["approve", id, "--yes", "--reason", "the move is budgeted"]);
  await buyer.ends(0);
  await ordered([...before, ...three, "2400.00 USD"]);

  stage.transcript.scene(
    "What finance approved counts too; another owner's agents are not held by it",
  );
  const more = agentOf(office, "1.00 USD");
  await stage.person("bo", ["reject", await heldAs(more), "--yes", "--reason", "enough for today"]);
  await more.ends(3);
  await agentOf(await stage.identity("lab-agent", { owner: "eli" }), "3000.00 USD").ends(0);
  await ordered([...before, ...three, "2400.00 USD", "3000.00 USD"]);
}

function heldAs(agent: Actor): Promise<string> {
  return agent.says(/held as (\w{4})/);
}

async function ordersAt(url: string): Promise<readonly string[]> {
  const { orders } = (await (await fetch(`${url}/orders`)).json()) as Orders;
  return orders.map((order) => order.amount);
}
