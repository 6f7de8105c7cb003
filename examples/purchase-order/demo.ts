/**
 * Plays what can happen to a purchase order, with a real server, a real agent and people at the real
 * command line, and counts what was really ordered. No terminal needed; exit status 1 on a surprise.
 */
import { check, play, scene, Stage, type Actor } from "../stage/stage.ts";

interface Orders {
  readonly orders: readonly { readonly key: string; readonly amount: string }[];
}

const stage = await Stage.open(new URL("policy.yaml", import.meta.url));

await play(stage, async () => {
  const key = await stage.identity("procurement-agent", "ana", "operator-1");
  const shopUrl = await openShop("shop", "100");
  // Takes so long to take an order that there is time to think better of it.
  const slowShopUrl = await openShop("slow shop", "60000");
  const agent = (amount: string, at = shopUrl): Actor =>
    stage.actor(
      "agent",
      new URL("agent.ts", import.meta.url),
      { HALTPOINT_KEY: key, SHOP_URL: at },
      ["--amount", amount],
    );
  const ordered = async (amounts: readonly string[]): Promise<void> => {
    const found = (await Promise.all([shopUrl, slowShopUrl].map(ordersAt))).flat();
    check(
      JSON.stringify(found) === JSON.stringify(amounts),
      `ordered were [${found.join(", ")}], not [${amounts.join(", ")}]`,
    );
    console.log(`\nThe shop has ${found.length} order(s): ${found.join(", ") || "none"}`);
  };
  const held = async (actor: Actor): Promise<string> =>
    (await actor.says(/held as (\w{4})/))[1] ?? "";

  scene("A small order needs nobody");
  await agent("4000.00 USD").ends(0);
  await ordered(["4000.00 USD"]);

  scene("A large one waits; finance approves; it runs once");
  let buyer = agent("9000.00 USD");
  let id = await held(buyer);
  await ordered(["4000.00 USD"]);
  await stage.person("bo", ["approve", id, "--yes", "--reason", "budgeted"]);
  await buyer.ends(0);
  await ordered(["4000.00 USD", "9000.00 USD"]);
  await stage.person("bo", ["approve", id, "--yes"], 3);

  scene("Finance rejects; the agent is told why");
  buyer = agent("25000.00 USD");
  id = await held(buyer);
  await stage.person("bo", ["reject", id, "--yes", "--reason", "lease them instead"]);
  await buyer.ends(3);
  check(buyer.said.includes("lease them instead"), "the agent was not told the reason");
  await ordered(["4000.00 USD", "9000.00 USD"]);

  scene("Finance lowers the amount; the lower order is what runs");
  buyer = agent("12000.00 USD");
  id = await held(buyer);
  const lower = ["--set", "action.properties.amount=6000.00 USD", "--reason", "two will do"];
  await stage.person("bo", ["edit", id, ...lower, "--approve", "--yes"]);
  await buyer.ends(0);
  check(buyer.said.includes("6000.00 USD"), "the agent was not told what was ordered");
  await ordered(["4000.00 USD", "9000.00 USD", "6000.00 USD"]);

  scene("The agent's owner is in finance too, and may not approve their own agent's order");
  buyer = agent("7000.00 USD", slowShopUrl);
  id = await held(buyer);
  await stage.person("ana", ["approve", id, "--yes"], 4);

  scene("Somebody else approves, and then thinks better of it while it runs");
  await stage.person("bo", ["approve", id, "--yes"]);
  await buyer.says(/ordering from/);
  await stage.person("bo", ["interrupt", id, "--yes", "--reason", "wrong vendor"]);
  await buyer.ends(4);
  check(buyer.said.includes("wrong vendor"), "the agent was not told why it was interrupted");
  await ordered(["4000.00 USD", "9000.00 USD", "6000.00 USD"]);
});

async function openShop(name: string, paceMs: string): Promise<string> {
  const shop = stage.actor(name, new URL("shop.ts", import.meta.url), { SHOP_PACE_MS: paceMs });
  const [, url = ""] = await shop.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  return url;
}

async function ordersAt(url: string): Promise<readonly string[]> {
  const { orders } = (await (await fetch(`${url}/orders`)).json()) as Orders;
  return orders.map((order) => order.amount);
}
