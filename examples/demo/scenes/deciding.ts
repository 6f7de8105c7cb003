import { castOn, FOLDER, heldAs, type Cast } from "../cast.ts";
import { check } from "../../stage/expectation.ts";
import type { Story } from "../../stage/story.ts";

export const deciding: Story = {
  title: "Deciding: edits, two people, oneself, deadlines, and nobody to ask",
  folder: FOLDER,
  plot: async (stage) => {
    const cast = await castOn(stage);
    await deniedEdit(cast);
    await editBelowThreshold(cast);
    await twoPeople(cast);
    await deadline(cast);
    await nobodyEligible(cast);
    await oneself(cast);
  },
};

async function deniedEdit({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("An edit to what policy denies ends it; it is not approved on the way");
  const buyer = agent({ action: "purchase.order", what: "server", options: cost("900.00 USD") });
  const id = await heldAs(buyer);
  const edit = [...set("90000.00 USD"), "--reason", "the large one", "--approve", "--yes"];
  await stage.person("bo", ["edit", id, ...edit], { status: 10 });
  await buyer.ends(3);
  await happened([]);
}

async function editBelowThreshold({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("An edit under the threshold still needs its approval");
  const buyer = agent({ action: "purchase.order", what: "desks", options: cost("900.00 USD") });
  const id = await heldAs(buyer);
  const edit = [...set("400.00 USD"), "--reason", "two will do", "--yes"];
  await stage.person("bo", ["edit", id, ...edit]);
  await happened([]);
  await stage.person("gus", ["approve", id, "--yes"]);
  await buyer.ends(0);
  await happened(["desks for 400.00 USD"]);
}

async function twoPeople({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("Two people are needed; one of them tries twice");
  const worker = agent({ action: "region.drain", what: "eu-west" });
  const id = await heldAs(worker);
  await stage.person("dee", ["approve", id, "--yes"]);
  await stage.person("dee", ["approve", id, "--yes"], { status: 3 });
  await happened([]);
  await stage.person("eli", ["approve", id, "--yes"]);
  await worker.ends(0);
  await happened(["eu-west"]);
}

async function deadline({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("Nobody decides in time: it expires, and a late yes changes nothing");
  const buyer = agent({ action: "price.accept", what: "offer" });
  const id = await heldAs(buyer);
  await buyer.ends(12);
  await stage.person("bo", ["approve", id, "--yes"], { status: 12 });
  await happened([]);
}

async function nobodyEligible({ stage, agent, happened, scene }: Cast): Promise<void> {
  scene("The only auditor owns the agent: the card says that nobody can decide");
  const exporter = agent({ action: "audit.export", what: "ledger" });
  const id = await heldAs(exporter);
  const card = await stage.person("ana", ["show", id], { shown: "nothing" });
  const [line = ""] = /^.*nobody who could fill this.*$/m.exec(card) ?? [];
  check(line !== "", `the card does not say that nobody could decide:\n${card}`);
  stage.transcript.print(`\nana $ haltpoint show ${id}\n    […]\n  ${line}`);
  await stage.person("ana", ["approve", id, "--yes"], { status: 4 });
  await happened([]);
  const policy = await stage.readText("policy.yaml");
  await stage.writeText("policy-2.yaml", policy.replace("auditors: [ana]", "auditors: [ana, gus]"));
  stage.transcript.tell(
    "The rule's owner makes gus an auditor, too, and has the policy published:",
  );
  await stage.person("operator-1", ["policy", "publish", "policy-2.yaml", "--live", "--yes"]);
  await stage.person("gus", ["approve", id, "--yes"]);
  await exporter.ends(0);
  await happened(["ledger"]);
}

async function oneself({ stage, agent, happened, scene, id: agentId }: Cast): Promise<void> {
  const { identities } = await stage.client("operator-1");
  await identities.update(agentId, { acts_for_people: true });
  scene("Whoever it is done for confirms it; nobody else");
  const options = ["--for", "eli"];
  const assistant = agent({ action: "calendar.decline", what: "invitation", options });
  const id = await heldAs(assistant);
  await stage.person("ana", ["approve", id, "--yes"], { status: 4 });
  await stage.person("eli", ["approve", id, "--yes"]);
  await assistant.ends(0);
  await happened(["invitation"]);
  const { get } = await stage.client("operator-1");
  const { basis } = await get(id);
  check(basis === "self", `its basis is ${basis}`);
  stage.transcript.tell(`Basis of the approval in the record: ${basis}`);
}

function cost(amount: string): readonly string[] {
  return ["--cost", amount];
}

function set(amount: string): readonly string[] {
  return ["--set", `action.properties.cost=${amount}`];
}
