/** `policy init`: a first policy, from the shipped default and packs. */
import { readFileSync } from "node:fs";
import { EXIT } from "@haltpoint/protocol";
import {
  isMap,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { checkPolicyText } from "../../app/policy-texts.ts";
import { usageFailure } from "./command-failure.ts";
import type { Call } from "./command.ts";

/** Names and ids as the registry and policies take them. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What `policy init` puts beside the default, in this order whatever order they are named in: where two
 * packs have a rule of the same id the later one's counts, so those that loosen it come first.
 */
export const PACKS: readonly string[] = [
  "coding-agent",
  "finance",
  "identity-and-secrets",
  "customer-data",
  "lifecycle",
];

const OWNER = "OWNER";

/** The text of a shipped policy. */
export function packText(name: string): string {
  return readFileSync(new URL(`../../packs/${name}.yaml`, import.meta.url), "utf8");
}

export interface FirstPolicy {
  readonly packs: readonly string[];
  /** A person's id. */
  readonly owner: string;
  /** Members by group; groups that are not here come from the identity provider. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** The default with the packs' parts put in, in the order of `PACKS`: a rule takes the place of the one with its id. */
export function firstPolicy({ packs, owner, groups }: FirstPolicy): string {
  const document = parseDocument(packText("default"));
  for (const pack of PACKS.filter((name) => packs.includes(name)))
    addPack(document, parseDocument(packText(pack)));
  const root = document.contents as YAMLMap;
  if (groups.size > 0) {
    const at = root.items.findIndex(({ key }) => String(key) === "default") + 1;
    const declared = Object.fromEntries([...groups].map(([name, members]) => [name, [...members]]));
    root.items.splice(at, 0, document.createPair("groups", declared));
  }
  const text = document.toString({ lineWidth: 110, flowCollectionPadding: true });
  // Quoted where YAML would read something else than a name, such as `007`.
  return text.replaceAll(`owner: ${OWNER}\n`, `owner: ${stringify(owner).trim()}\n`);
}

function addPack(document: Document.Parsed, pack: Document.Parsed): void {
  const root = document.contents as YAMLMap;
  const rules = root.get("rules") as YAMLSeq<YAMLMap>;
  const added = pack.contents as YAMLMap;
  for (const { key, value } of added.items) {
    const name = String(key);
    if (name === "version") continue;
    if (name === "rules" && isSeq(value)) {
      for (const rule of value.items as YAMLMap[]) {
        const same = rules.items.findIndex((known) => known.get("id") === rule.get("id"));
        if (same === -1) rules.items.push(rule);
        else rules.items[same] = rule;
      }
      continue;
    }
    const known = root.get(name);
    if (isMap(known) && isMap(value)) known.items.push(...value.items);
    // Before the rules, where a reader looks for what rules refer to.
    else root.items.splice(root.items.length - 1, 0, document.createPair(name, value));
  }
}

export function init(call: Call): Promise<number> {
  const { screen, options } = call;
  const unknown = call.args.find((name) => !PACKS.includes(name));
  if (unknown !== undefined) {
    throw usageFailure(`there is no pack \`${unknown}\`: use any of ${PACKS.join(", ")}`);
  }
  const owner = options.text("owner");
  if (owner === undefined || !NAME.test(owner)) {
    throw usageFailure("`--owner PERSON` is needed: the person accountable for the rules");
  }
  const groups = groupsOf(options.list("group"));
  const text = firstPolicy({ packs: call.args, owner, groups });
  const { problems } = checkPolicyText({ file: "policy.yaml", text });
  if (problems.length > 0) throw usageFailure(problems.join("\n\n"));
  screen.printJson({ policy: text });
  screen.print(text.trimEnd());
  const named = [...text.matchAll(/\bgroup:([\w.-]+)/g)].map(([, name = ""]) => name);
  const missing = [...new Set(named)].filter((name) => !groups.has(name));
  if (missing.length > 0) {
    const listed = missing.map((name) => `\`${name}\``).join(", ");
    const [are, they] = missing.length === 1 ? ["group", "it"] : ["groups", "they"];
    screen.note(
      `Nobody is said to be in the ${are} ${listed}: ${they} must come from the identity provider, ` +
        `or say who is in them with --group ${missing[0]}=ana,bo`,
    );
  }
  return Promise.resolve(EXIT.ok);
}

/** `approvers=ana,bo`, each group once. */
function groupsOf(given: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  for (const each of given) {
    const [name = "", ...listed] = each.split("=");
    const members = listed
      .join("=")
      .split(",")
      .map((member) => member.trim());
    if (!NAME.test(name) || !members.every((member) => NAME.test(member))) {
      throw usageFailure(`\`--group ${each}\` is not a group with members: write approvers=ana,bo`);
    }
    if (groups.has(name)) {
      throw usageFailure(
        `the group \`${name}\` is given twice: name all its members in one --group`,
      );
    }
    groups.set(name, members);
  }
  return groups;
}
