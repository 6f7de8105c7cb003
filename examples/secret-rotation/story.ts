import { check } from "../stage/expectation.ts";
import { effectsAt } from "../stage/effects.ts";
import type { Stage } from "../stage/stage.ts";
import type { Story } from "../stage/story.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const HOUR_MS = 3_600_000;

/** Story 2: a rotation waits until a person has validated its target and the maintenance window. */
export const secretRotation: Story = {
  title: "2  A service account rotates a production secret in the maintenance window",
  folder: new URL(".", import.meta.url),
  plot,
};

async function plot(stage: Stage): Promise<void> {
  const { transcript } = stage;
  const identity = { type: "service_account", owner: "eli" };
  const key = await stage.identity("rotation-runbook", identity);
  const url = await stage.target("vault", new URL("vault.ts", import.meta.url));
  const runbook = () =>
    stage.actor("runbook", {
      script: new URL("agent.ts", import.meta.url),
      env: { HALTPOINT_KEY: key, VAULT_URL: url },
    });
  const versions = async (count: number): Promise<void> => {
    const found = await effectsAt(url);
    check(found.length === count, `the vault has ${found.length} versions, not ${count}`);
    transcript.tell(`The vault has ${count} version(s) of billing-db`);
  };

  transcript.scene("Saturday and Sunday, 02:00 to 05:00 in Berlin: cases at fixed times");
  await stage.person("dee", ["policy", "test", "policy.yaml"]);

  transcript.scene("Outside the window the rotation is denied");
  await publishWithWindow(stage, { name: "policy-closed.yaml", opensInMs: 12 * HOUR_MS });
  await runbook().ends(3);
  await versions(1);

  transcript.scene("Inside it a person validates target and window, both");
  await publishWithWindow(stage, { name: "policy-open.yaml", opensInMs: -HOUR_MS });
  const worker = runbook();
  const id = await worker.says(/held as (\w{4})/);
  const { digest } = await stage.reads("dee", id, "content");
  const approve = ["approve", id, "--yes", "--reason", "billing is drained", "--digest", digest];
  await stage.person("dee", [...approve, "--confirm", "target"], { status: 2 });
  await versions(1);
  await stage.person("dee", [...approve, "--confirm", "target", "--confirm", "window"]);
  await worker.ends(0);
  await versions(2);
}

/**
 * Publishes the policy with a window of three hours that opens at some time from now: the story has
 * to be the same at any hour. All else of the policy stays as it is.
 */
async function publishWithWindow(
  stage: Stage,
  { name, opensInMs }: { readonly name: string; readonly opensInMs: number },
): Promise<void> {
  const opens = new Date(Date.now() + opensInMs);
  const closes = new Date(opens.getTime() + 3 * HOUR_MS);
  const day = DAYS[Number(opens.getUTCDay())] ?? "";
  const window = `{ days: [${day}], from: "${clock(opens)}", to: "${clock(closes)}", zone: Etc/UTC }`;
  const text = (await stage.readText("policy.yaml")).replace(
    /maintenance: \{.*\}/,
    `maintenance: ${window}`,
  );
  await stage.writeText(name, text);
  stage.transcript.tell(`So that this can be shown at any hour: maintenance: ${window}`);
  await stage.person("operator-1", ["policy", "publish", name, "--live", "--yes"]);
}

function clock(time: Date): string {
  return time.toISOString().slice(11, 16);
}
