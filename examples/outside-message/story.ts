import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

interface Delivered {
  readonly to: readonly string[];
  readonly text: string;
}

/** Story 7: colleagues are written to as ever; what goes outside is read by a person first. */
export const outsideMessage: Story = {
  title: "7  An agent writes to somebody outside; communications read it first",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const key = await stage.identity("support-agent", { owner: "ana" });
  const url = await stage.target("mail", new URL("post-office.ts", import.meta.url));
  const agent = (to: string, text: string) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args: ["--to", to, "--text", text],
      env: { HALTPOINT_KEY: key, MAIL_URL: url },
    });
  const sent = async (...expected: readonly string[]): Promise<void> => {
    const found = (await effectsAt<Delivered>(url)).map(
      ({ to, text }) => `to ${to.join(" and ")}: ${text}`,
    );
    const words = found.join(" | ") || "nothing";
    check(words === (expected.join(" | ") || "nothing"), `delivered was: ${words}`);
    transcript.tell(`Delivered: ${words}`);
  };

  transcript.scene("A message to a colleague asks nobody");
  await agent("kim@acme.example", "Order 17 is late.").ends(0);
  const inside = "to kim@acme.example: Order 17 is late.";
  await sent(inside);

  transcript.scene("One outsider among the recipients, and it waits; a promise is taken out");
  let worker = agent("kim@acme.example,lee@customer.example", "It is late. You get 50 USD back.");
  let id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("gus", id);
  await sent(inside);
  const edit = ["--set", "action.properties.text=It is late. We are sorry.", "--yes"];
  const how = ["--reason", "no promises", "--approve", "--confirm", "recipients"];
  await stage.person("gus", ["edit", id, ...edit, ...how, "--digest", digest]);
  await worker.ends(0);
  check(worker.said.includes("no promises"), "the agent was not told why it was changed");
  const outside = "to kim@acme.example and lee@customer.example: It is late. We are sorry.";
  await sent(inside, outside);

  transcript.scene("An address that only looks like a colleague's is outside; nothing is sent");
  worker = agent("kim@acme.example.biz.example", "Order 17 is late.");
  id = await worker.says(/held as (\w{4})/);
  await stage.person("fay", ["reject", id, "--yes", "--reason", "that is not Kim"]);
  await worker.ends(3);
  check(worker.said.includes("that is not Kim"), "the agent was not told why");
  await sent(inside, outside);

  transcript.scene("A card number is denied at once; nobody is asked");
  await agent("lee@customer.example", "The card is 4111 1111 1111 1111").ends(3);
  await sent(inside, outside);
}
