/** `policy check|test|explain|publish`: for whoever writes policy. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  DEFAULT_JSON_LIMITS,
  EXIT,
  parseJsonText,
  visibleText,
  type PublishedPolicy,
} from "@haltpoint/protocol";
import { HaltpointProblem, type ExplainedRequest } from "@haltpoint/sdk";
import {
  checkPolicyText,
  differenceOf,
  explainByText,
  tryPolicyCases,
  type NamedText,
} from "../../app/policy-texts.ts";
import { publishPolicy } from "../../app/publish-policy.ts";
import { confirmOrStop } from "./ask-person.ts";
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
  const file = call.options.text("policy");
  if (file === undefined) {
    const explanation = await connect(call).client.policies.explain(await askedRequest(call));
    screen.printJson(explanation);
    screen.print(explanation.text);
    return;
  }
  const policy = { file, text: readTextFile(call.host, file) };
  const explained = explainByText(policy, await askedCase(call));
  if (!explained.ok) throw usageFailure(explained.problems.join("\n\n"));
  const { decision, text } = explained;
  // As the server answers it.
  screen.printJson({ decision, text });
  screen.print(text);
}

/**
 * Asked of a file no server is needed, and what a server would know may stand in the request: the
 * identity as a mapping, `organisation`, `budgets`, `assurance` and `now`, as in a case.
 */
async function askedCase(call: Call): Promise<Readonly<Record<string, unknown>>> {
  const asked = isFile(call) ? askedFile(call) : await askedRequest(call);
  const { identity, subject, action, resource, context, ...around } = asked as Record<
    string,
    unknown
  >;
  const given = call.options.text("identity") ?? identity;
  const request = Object.fromEntries(
    Object.entries({ subject, action, resource, context }).filter(([, each]) => each !== undefined),
  );
  const who = typeof given === "string" ? { id: given } : given;
  return { ...around, ...(who === undefined ? {} : { identity: who }), request };
}

/** From a JSON file, or from a request that exists. */
async function askedRequest(call: Call): Promise<ExplainedRequest> {
  const named = argument(call, 0);
  const identity = call.options.text("identity");
  if (!isFile(call)) {
    if (/[./\\]/.test(named)) throw usageFailure(`there is no file \`${named}\``);
    const view = await connect(call).client.get(named);
    const { subject: _subject, ...request } = view.revision.content;
    return { identity: identity ?? view.identity.id, ...request };
  }
  const { identity: own, ...request } = askedFile(call) as Partial<ExplainedRequest>;
  const who = identity ?? own;
  const { action, resource } = request;
  if (who === undefined) {
    throw usageFailure(`\`${named}\` does not say who asks: add \`identity\`, or --identity ID`);
  }
  if (typeof who !== "string") {
    const how = "its id as text; a mapping is for --policy FILE";
    throw usageFailure(`\`${named}\`: \`identity\` is ${how}`);
  }
  if (action === undefined || resource === undefined) {
    const lacking = action === undefined ? "action" : "resource";
    throw usageFailure(`\`${named}\` lacks \`${lacking}\``);
  }
  return { ...request, identity: who, action, resource };
}

function isFile(call: Call): boolean {
  return existsSync(resolve(call.host.cwd, argument(call, 0)));
}

function askedFile(call: Call): object {
  const named = argument(call, 0);
  const read = parseJsonText(readTextFile(call.host, named), DEFAULT_JSON_LIMITS);
  if (read.ok && typeof read.value === "object" && read.value !== null) return read.value;
  const why = read.ok ? "it is no object" : read.problem.message;
  throw usageFailure(`\`${named}\` is not JSON that is taken: ${why}`);
}

/** Shows what would be different and asks; a policy decides what everybody is asked from now on. */
export async function publish(call: Call): Promise<void> {
  const policy = policyFile(call);
  if (call.options.flag("host")) return publishOnHost(call, policy);
  const { problems } = checkPolicyText(policy);
  if (problems.length === 0) return proposeText(call, policy, call.options.text("reason"));
  // The server refuses it as well: that somebody tried is on record there.
  await connect(call)
    .client.policies.publish(policy.text)
    .catch((error: unknown) => {
      if (!(error instanceof HaltpointProblem) || error.code !== "unsupported_policy") throw error;
    });
  throw refusedPolicy(problems.join("\n\n"));
}

function refusedPolicy(problems: string): CommandFailure {
  const end = "Nothing was published; the policy in force stays. That it was refused is on record.";
  return new CommandFailure("unsupported_policy", `${problems}\n\n${end}`);
}

/** Shows what would be different and asks; then it is proposed, or in force where nobody else is needed. */
export async function proposeText(
  call: Call,
  policy: NamedText,
  reason: string | undefined,
): Promise<void> {
  const { policies } = connect(call).client;
  const inForce = await policies.current().catch((error: unknown) => {
    if (error instanceof HaltpointProblem && error.code === "not_found") return null;
    throw error;
  });
  const live = call.options.flag("live");
  const isAlone = live || inForce === null;
  await confirmDifference(call, policy, inForce?.text ?? null, isAlone ? PUT_IN_FORCE : PROPOSE);
  const options = { ...(reason === undefined ? {} : { reason }), ...(live ? { live } : {}) };
  tellPublished(call, policy, await policies.publish(policy.text, options));
}

const PUT_IN_FORCE = "Put it in force? What is held is judged by it at once.";
const PROPOSE = "Propose it? It is in force once a second policy admin approves it.";

/** For an installation whose policy locks everybody out; recorded as the operator's doing. */
async function publishOnHost(call: Call, policy: NamedText): Promise<void> {
  const reason = call.options.text("reason");
  const opened = await openOnHost(call);
  try {
    const inForce = await opened.app.store.policy();
    if (inForce !== null && reason === undefined) {
      throw usageFailure("nobody else is asked here: say why with --reason, for the record.");
    }
    const { text, file } = policy;
    if (checkPolicyText(policy).problems.length === 0) {
      await confirmDifference(call, policy, inForce?.text ?? null, PUT_IN_FORCE);
    }
    const about = {
      text,
      file,
      by: inForce === null ? "setup" : "operator",
      ...(reason === undefined ? {} : { reason }),
    } as const;
    const answer = await publishPolicy(opened.app, about);
    if (!answer.ok) throw refusedPolicy(answer.problem.detail);
    tellPublished(call, policy, { ...answer.value, proposal: null });
  } finally {
    await opened.close();
  }
}

async function confirmDifference(
  call: Call,
  policy: NamedText,
  inForce: string | null,
  question: string,
): Promise<void> {
  const { screen, options, host } = call;
  if (inForce === null) screen.print("No policy is in force yet.");
  else {
    const lines = differenceOf(inForce, policy.text);
    const head =
      lines.length === 0
        ? "It says the same as the policy in force."
        : "Against the policy in force:";
    screen.print([head, ...lines.map((line) => `  ${visibleText(line)}`)].join("\n"));
  }
  if (options.flag("yes")) return;
  if (!screen.isTerminal || screen.isJson) {
    throw usageFailure(
      "this is no terminal, so nobody was asked and nothing was published. Give --yes.",
    );
  }
  await confirmOrStop(host, question);
}

function tellPublished({ screen }: Call, { file }: NamedText, published: PublishedPolicy): void {
  const { version, proposal } = published;
  screen.printJson(published);
  if (proposal === null) {
    screen.print(`In force: ${file} (version ${version}).`);
    return;
  }
  screen.print(`Proposed: ${file} (version ${version}). Nothing has changed yet.`);
  screen.print(`It is in force once a second policy admin approves it: ${proposal.link}`);
}

function count(items: number, noun: string): string {
  return `${items} ${noun}${items === 1 ? "" : "s"}`;
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `    ${line}`);
}
