/** `policy check|test|explain|publish`: for whoever writes policy. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DEFAULT_JSON_LIMITS, EXIT, parseJsonText } from "@haltpoint/protocol";
import type { ExplainedRequest } from "@haltpoint/sdk";
import {
  checkPolicyText,
  explainByText,
  tryPolicyCases,
  type NamedText,
} from "../../app/policy-texts.ts";
import { publishPolicy } from "../../app/publish-policy.ts";
import { argument, type Call } from "./command.ts";
import { connect } from "./connection.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { openOnHost } from "./host-store.ts";
import { readTextFile } from "./reading-files.ts";

const DEFAULT_FILE = "policy.yaml";

function policyFile(call: Call): NamedText {
  const file = call.args[0] ?? DEFAULT_FILE;
  return { file, text: readTextFile(call.host, file) };
}

export function check(call: Call): Promise<number> {
  const policy = policyFile(call);
  const checked = checkPolicyText(policy);
  const { problems, warnings, version } = checked;
  const { screen } = call;
  screen.printJson({ ok: problems.length === 0, version, problems, warnings });
  for (const warning of warnings) screen.print(`warning: ${warning}\n`);
  if (problems.length > 0) {
    screen.print(problems.join("\n\n"));
    screen.print(`\n${count(problems.length, "problem")}: this policy is not taken.`);
    return Promise.resolve(EXIT.usage);
  }
  screen.print(`${policy.file} is a policy (version ${version ?? ""}).`);
  return Promise.resolve(EXIT.ok);
}

export function test(call: Call): Promise<number> {
  const policy = policyFile(call);
  const casesFile = call.options.text("cases") ?? besideOf(policy.file);
  if (!existsSync(resolve(call.host.cwd, casesFile))) {
    throw usageFailure(
      `there are no cases in \`${casesFile}\`.\nWrite some, or name their file with --cases; ` +
        "`haltpoint policy test --help` shows one.",
    );
  }
  const cases = { file: casesFile, text: readTextFile(call.host, casesFile) };
  const tried = tryPolicyCases(policy, cases);
  if (!tried.ok) throw usageFailure(tried.problems.join("\n\n"));
  const { screen } = call;
  const failed = tried.cases.filter(({ failures }) => failures.length > 0);
  screen.printJson({ ok: failed.length === 0, cases: tried.cases });
  for (const { name, place, failures, explanation } of failed) {
    const lines = [...failures.map((each) => `  ${each}`), ...indented(explanation)];
    screen.print([`FAILED ${name} (${place})`, ...lines, ""].join("\n"));
  }
  const passed = tried.cases.length - failed.length;
  screen.print(`${passed} of ${count(tried.cases.length, "case")} passed.`);
  return Promise.resolve(failed.length === 0 ? EXIT.ok : EXIT.fault);
}

/** `policy.yaml` → `policy.cases.yaml`. */
function besideOf(file: string): string {
  return file.replace(/(\.ya?ml)?$/, ".cases.yaml");
}

export async function explain(call: Call): Promise<void> {
  const { screen } = call;
  const asked = await askedRequest(call);
  const file = call.options.text("policy");
  if (file === undefined) {
    const explanation = await connect(call).client.policies.explain(asked);
    screen.printJson(explanation);
    screen.print(explanation.text);
    return;
  }
  const { identity, action, resource, context } = asked;
  const request = { action, resource, ...(context === undefined ? {} : { context }) };
  const policy = { file, text: readTextFile(call.host, file) };
  const tried = explainByText(policy, { identity: { id: identity }, request });
  if (!tried.ok) throw usageFailure(tried.problems.join("\n\n"));
  const text = tried.cases[0]?.explanation ?? "";
  screen.printJson({ text });
  screen.print(text);
}

/** From a JSON file, or from a request that exists. */
async function askedRequest(call: Call): Promise<ExplainedRequest> {
  const named = argument(call, 0);
  const identity = call.options.text("identity");
  if (!existsSync(resolve(call.host.cwd, named))) {
    if (/[./\\]/.test(named)) throw usageFailure(`there is no file \`${named}\``);
    const view = await connect(call).client.get(named);
    const { subject: _subject, ...request } = view.revision.content;
    return { identity: identity ?? view.identity.id, ...request };
  }
  const read = parseJsonText(readTextFile(call.host, named), DEFAULT_JSON_LIMITS);
  if (!read.ok)
    throw usageFailure(`\`${named}\` is not JSON that is taken: ${read.problem.message}`);
  const { identity: own, ...request } = read.value as unknown as Partial<ExplainedRequest>;
  const who = identity ?? own;
  const { action, resource } = request;
  if (typeof who !== "string" || action === undefined || resource === undefined) {
    throw usageFailure(
      `\`${named}\` needs \`action\`, \`resource\` and \`identity\` (or --identity ID)`,
    );
  }
  return { ...request, identity: who, action, resource };
}

export async function publish(call: Call): Promise<void> {
  const policy = policyFile(call);
  const checked = checkPolicyText(policy);
  if (checked.problems.length > 0) {
    throw new CommandFailure(
      "unsupported_policy",
      `${checked.problems.join("\n\n")}\n\nNothing was published; the policy in force stays.`,
    );
  }
  const published = call.options.flag("host")
    ? await publishOnHost(call, policy)
    : await connect(call).client.policies.publish(policy.text);
  call.screen.printJson(published);
  call.screen.print(`In force: ${policy.file} (version ${published.version}).`);
}

/** For an installation whose policy locks everybody out; recorded as the operator's doing. */
async function publishOnHost(call: Call, { file, text }: NamedText): Promise<{ version: string }> {
  const opened = await openOnHost(call);
  try {
    const answer = await publishPolicy(opened.app, { text, file, by: "operator" });
    if (!answer.ok) throw new CommandFailure("unsupported_policy", answer.problem.detail);
    return answer.value;
  } finally {
    await opened.close();
  }
}

function count(items: number, noun: string): string {
  return `${items} ${noun}${items === 1 ? "" : "s"}`;
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `    ${line}`);
}
