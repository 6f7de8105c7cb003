import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

interface Left {
  readonly to: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

/** Story 6: few rows are looked at as ever; what lets customer data out waits for privacy. */
export const customerExport: Story = {
  title: "6  An agent exports customer rows; privacy decides who gets which columns",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const key = await stage.identity("sales-agent", { owner: "ana" });
  const url = await stage.target("crm", new URL("crm.ts", import.meta.url));
  const agent = (...args: readonly string[]) =>
    stage.actor("agent", {
      script: new URL("agent.ts", import.meta.url),
      args,
      env: { HALTPOINT_KEY: key, CRM_URL: url },
    });
  const left = async (...expected: readonly string[]): Promise<void> => {
    const found = (await effectsAt<Left>(url)).map(
      ({ to, rows, columns }) => `${rows} rows (${columns.join(", ")}) to ${to}`,
    );
    const words = found.join("; ") || "nothing";
    check(words === (expected.join("; ") || "nothing"), `what left the CRM: ${words}`);
    transcript.tell(`What has left the CRM: ${words}`);
  };

  transcript.scene("A look at twenty rows asks nobody");
  await agent("--limit", "20").ends(0);
  const looked = "20 rows (name, city) to the agent";
  await left(looked);

  transcript.scene("The same tool asked for thousands waits; privacy says no");
  let worker = agent("--limit", "5000");
  let id = await worker.says(/held as (\w{4})/);
  await stage.reads("fay", id, "content");
  await stage.person("fay", ["reject", id, "--yes", "--reason", "a count by city will do"]);
  await worker.ends(3);
  check(worker.said.includes("a count by city"), "the agent was not told why");
  await left(looked);

  transcript.scene("An export waits until recipient and need are confirmed, both");
  worker = agent("--export");
  id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("fay", id);
  const approve = ["approve", id, "--yes", "--reason", "as agreed", "--digest", digest];
  await stage.person("fay", [...approve, "--confirm", "recipient"], { status: 2 });
  await left(looked);
  await stage.person("fay", [...approve, "--confirm", "recipient", "--confirm", "need"]);
  await worker.ends(0);
  const exported = "6000 rows (name, city) to print-house.example";
  await left(looked, exported);

  transcript.scene("Privacy takes a column out; the rest is exported");
  worker = agent("--export", "--columns", "name,city,email");
  id = await worker.says(/held as (\w{4})/);
  const card = await stage.reads("fay", id, "nothing");
  const columns = 'action.properties.columns=["name","city"]';
  const edit = ["--set", columns, "--reason", "printing needs no mail address"];
  const how = ["--approve", "--confirm", "recipient", "--confirm", "need", "--yes"];
  await stage.person("fay", ["edit", id, ...edit, ...how, "--digest", card.digest]);
  await worker.ends(0);
  check(worker.said.includes("no mail address"), "the agent was not told why it was changed");
  await left(looked, exported, exported);

  transcript.scene("Birthdays are denied at once; nobody is asked");
  await agent("--export", "--columns", "name,birthday").ends(3);
  await left(looked, exported, exported);
}
