import { check } from "../../stage/expectation.ts";
import { castOn, FOLDER } from "../cast.ts";
import type { Story } from "../../stage/story.ts";

export const shadow: Story = {
  title: "Trying out: shadow mode records what policy would have done",
  folder: FOLDER,
  plot: async (stage) => {
    const { agent, happened, scene, id } = await castOn(stage);
    const { identities } = await stage.client("operator-1");
    await identities.update(id, { mode: "shadow" });
    scene("An agent in shadow mode is never held; the report says what would have been");
    for (const cost of ["90.00 USD", "900.00 USD", "90000.00 USD"]) {
      const options = ["--cost", cost];
      await agent({ action: "purchase.order", what: "parts", options }).ends(0);
    }
    await happened(["90.00 USD", "900.00 USD", "90000.00 USD"].map((cost) => `parts for ${cost}`));
    const text = await stage.person("gus", ["report", "--since", "1d"], { shown: "all" });
    const would = "1 more would have been held and 1 denied";
    check(text.includes(would), `the report does not say: ${would}\n${text}`);
  },
};
