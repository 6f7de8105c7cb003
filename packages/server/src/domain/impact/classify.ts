/**
 * What a tool call could do to the world, from its name, description, schema, annotations and
 * arguments. Deterministic and pure; every signal can only raise what another said (I13).
 */
import { isAddress, readAddress } from "./addresses.ts";
import { Evidence } from "./evidence.ts";
import { leavesOf, type Leaf } from "./leaves.ts";
import { readMoneyAndPeople } from "./money-and-people.ts";
import {
  IMPACTS,
  type Call,
  type Classification,
  type Confidence,
  type Impact,
  type Organisation,
  type Origin,
} from "./model.ts";
import { readPrograms } from "./programs.ts";
import { readAction, readFlag, readLimit, readPrivilege } from "./structured.ts";
import { readText } from "./texts.ts";
import { readTool } from "./tool.ts";

/** Classifies one call. Total: any properties, schema and annotations give an answer. */
export function classify(call: Call, organisation: Organisation): Classification {
  const tool = readTool(call);
  const { list, cut } = leavesOf(call.properties);
  const evidence = new Evidence(call, tool, organisation);
  const access = readPrograms(evidence, list);
  for (const leaf of list) readStructured(evidence, leaf);
  readMoneyAndPeople(evidence, list);
  const outward = tool.messages || tool.releases || (evidence.writes && evidence.outside.size > 0);
  const long = list.filter((leaf) => readText(evidence, leaf, outward)).length > 0;
  if (cut || long) evidence.addFinding(TOO_LARGE);
  addDecisive(evidence, list);
  return classificationOf(evidence, list, access);
}

const TOO_LARGE = {
  impact: "data_release",
  confidence: "low",
  path: null,
  evidence: "The arguments are too large to be read whole",
} as const;

function readStructured(evidence: Evidence, leaf: Leaf): void {
  if (leaf.role === "action") readAction(evidence, leaf);
  if (leaf.role === "limit") readLimit(evidence, leaf);
  if (typeof leaf.value === "boolean" || leaf.role === "flag") readFlag(evidence, leaf);
  readPrivilege(evidence, leaf);
  if (isAddress(leaf)) readAddress(evidence, leaf, originAt(evidence.call, leaf.path));
}

/**
 * What is lost, bought or changed, where neither amount nor recipient says it. To have named a secret
 * is not to have known it: only its own value would decide.
 */
function addDecisive(evidence: Evidence, list: readonly Leaf[]): void {
  if (evidence.decisive.size > 0 || evidence.findings.length === 0) return;
  if (evidence.findings.some(({ impact }) => impact === "secret_access")) return;
  for (const leaf of list) {
    if (typeof leaf.value !== "string" || leaf.value === "" || isText(leaf)) continue;
    if (!/^\d{4}-\d{2}-\d{2}/.test(leaf.value)) evidence.decisive.add(leaf.path);
  }
}

function isText({ role }: Leaf): boolean {
  return role === "body" || role === "prose";
}

function classificationOf(
  evidence: Evidence,
  list: readonly Leaf[],
  shown: "read" | "write" | "unknown",
): Classification {
  const { call, findings } = evidence;
  const impacts = IMPACTS.filter((impact) => findings.some((finding) => finding.impact === impact));
  const isObscure = shown === "unknown" && impacts.length === 0;
  const access = isObscure ? "unknown" : higher(shown, evidence.access);
  const origins = Object.entries(call.origins);
  return {
    access,
    impacts,
    confidence: confidenceOf(impacts[0], evidence, access),
    findings,
    program: evidence.program,
    outside: [...evidence.outside],
    fromResults: origins.flatMap(([path, origin]) => (origin === "tool_result" ? [path] : [])),
    fromPerson: origins.flatMap(([path, origin]) => (origin === "person" ? [path] : [])),
    decisive: [...evidence.decisive],
    origin: weakest(call, [...evidence.decisive]),
    contentOrigin: weakest(
      call,
      list.flatMap((leaf) => (isText(leaf) && leaf.value !== "" ? [leaf.path] : [])),
    ),
  };
}

function higher<A extends "read" | "write" | "unknown">(one: A, other: A): A {
  if (one === "write" || other === "write") return "write" as A;
  return one === "unknown" || other === "unknown" ? ("unknown" as A) : one;
}

function confidenceOf(
  gravest: Impact | undefined,
  { findings }: Evidence,
  access: "read" | "write" | "unknown",
): Confidence {
  if (gravest === undefined) return access === "unknown" ? "low" : "high";
  const isSure = findings.some(
    ({ impact, confidence }) => impact === gravest && confidence === "high",
  );
  return isSure ? "high" : "low";
}

/** That of the argument, or of the nearest argument that it is inside. */
function originAt(call: Call, path: string): Origin | undefined {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (Object.hasOwn(call.origins, at)) return call.origins[at];
  }
  return undefined;
}

/** A tool's result is trusted least, then what nobody watched, then the model, then the person. */
function weakest(call: Call, paths: readonly string[]): Origin | "unknown" {
  if (paths.length === 0) return "unknown";
  const origins = paths.map((path) => originAt(call, path));
  if (origins.includes("tool_result")) return "tool_result";
  if (origins.includes(undefined)) return "unknown";
  return origins.includes("model") ? "model" : "person";
}
