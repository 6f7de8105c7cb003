/** Arguments that say how: privileges, flags, methods, limits. */
import type { Evidence } from "./evidence.ts";
import type { Leaf } from "./leaves.ts";
import { readName } from "./tool-name.ts";
import { plainText } from "./words.ts";

const POWERFUL =
  /^(?:.{0,60}[:._/-])?(?:\*|admin(?:istrator)?s?|owner|root|superuser|sudo|sysadmin|full[ _-]?(?:access|control)|maintainer|god|all)$/i;
const PUBLIC =
  /^(?:public(?:[-_ ]read(?:[-_ ]write)?)?|anyone(?:[ _-]with[ _-](?:the[ _-])?link)?|every(?:one|body)|all[ _-]?users|world|anonymous|internet)$/i;
const OPEN_RANGE = /^(?:0\.0\.0\.0\/0|::\/0)$/;
const EVERY_ACTION = /^(?:[\w-]{1,40}:)?\*(?::\*)?$/;

const LONGEST_WORD = 200;

/** Reads an argument that sets who may do what. */
export function readPrivilege(evidence: Evidence, leaf: Leaf): void {
  const { key, role, value } = leaf;
  if (value === true && role === "privilege" && evidence.writes) {
    evidence.add("privilege_change", "high", leaf, `“${key.slice(0, 40)}” is switched on`);
  }
  if (typeof value !== "string" || value.length > LONGEST_WORD) return;
  const text = plainText(value).trim();
  if (role === "action" && EVERY_ACTION.test(text)) {
    evidence.raiseAccess("write");
    evidence.add("privilege_change", "high", leaf, "Every action is allowed");
  }
  if (!evidence.writes) return;
  if (OPEN_RANGE.test(text))
    evidence.add("privilege_change", "high", leaf, "Every address is let in");
  if (/^public[-_]read/i.test(text))
    evidence.add("privilege_change", "high", leaf, "The public may read");
  if (role === "privilege" && (POWERFUL.test(text) || PUBLIC.test(text))) {
    evidence.add("privilege_change", "high", leaf, "A far-reaching right");
  }
}

const METHODS = new Set(["get", "head", "options", "post", "put", "patch", "delete"]);

/** Reads an argument that names what is to be done: `action: "delete"`, `method: "POST"`. */
export function readAction(evidence: Evidence, leaf: Leaf): void {
  if (typeof leaf.value !== "string" || leaf.value.length > 60) return;
  const said = plainText(leaf.value).trim().toLowerCase();
  if (METHODS.has(said) && /method|verb/i.test(leaf.key)) {
    readMethod(evidence, leaf, said);
    return;
  }
  const phrase = readName(leaf.value);
  if (phrase.access !== "write") return;
  evidence.raiseAccess("write");
  for (const { impact, confidence } of phrase.impacts) {
    evidence.add(impact, confidence, leaf, "An argument says what is done");
  }
}

function readMethod(evidence: Evidence, leaf: Leaf, method: string): void {
  if (method === "get" || method === "head" || method === "options") return;
  evidence.raiseAccess("write");
  if (method === "delete") evidence.add("destruction", "high", leaf, "A method that deletes");
  else evidence.add("external_communication", "low", leaf, "A method that sends");
}

/** Reads a switch that takes away a safeguard. */
export function readFlag(evidence: Evidence, leaf: Leaf): void {
  if (leaf.value !== true && leaf.value !== "true") return;
  const destroys = readName(leaf.key).impacts.some(({ impact }) => impact === "destruction");
  if (leaf.role !== "flag" && !destroys) return;
  const grave = destroys && !/force|overwrite/i.test(leaf.key);
  if (!evidence.writes && !grave) return;
  evidence.raiseAccess("write");
  evidence.add("destruction", "low", leaf, `“${leaf.key.slice(0, 40)}” is switched on`);
}

const MANY = 1000;

/** Reads how much is asked for: thousands of records are a release, whatever they are. */
export function readLimit(evidence: Evidence, leaf: Leaf): void {
  if (evidence.tool.access === "write") return;
  const many = typeof leaf.value === "number" && leaf.value >= MANY;
  const everything =
    typeof leaf.value === "string" && /^(?:\*|all|unlimited|\d{4,})$/i.test(leaf.value);
  if (many || everything)
    evidence.add("data_release", "low", leaf, "A great many records are asked for");
}
