/** Commands, code and queries among the arguments, read by the analyses of their languages. */
import { inspectCode, inspectShell, type CodeReading } from "./code/inspect.ts";
import type { Evidence } from "./evidence.ts";
import type { Leaf } from "./leaves.ts";
import type { Finding } from "./model.ts";
import { hostsIn, isOwnDomain } from "./recipients.ts";
import { readAction } from "./structured.ts";
import { languageIn, type Language } from "./tool.ts";

const LONGEST = 100_000;
const LONGEST_ADDRESSES = 20_000;
const SQL =
  /^\s*(?:--[^\n]*\n\s*)?(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|drop|alter|create|truncate|grant|revoke|merge\s+into|with|call|copy)\b/i;
const ONE_WORD = /^\s*[\w-]{1,40}\s*$/;

type Access = "read" | "write" | "unknown";

/**
 * Reads what would be run, and answers what the call then is; the tool's own access where nothing is.
 * A program that nobody knows starts something, so it is a write; that its name is unknown is no impact.
 */
export function readPrograms(evidence: Evidence, leaves: readonly Leaf[]): Access {
  const { tool } = evidence;
  if (tool.runs === null) {
    for (const leaf of leaves) readCarried(evidence, leaf);
    return tool.access;
  }
  const programs = leaves.filter(isProgram);
  const run =
    programs.length > 0 ? programs : leaves.filter(({ value }) => typeof value === "string");
  const stated = leaves.find(({ key }) => /lang|interpreter|kernel|runtime/i.test(key));
  const language = tool.runs === "unknown" ? languageIn(String(stated?.value ?? "")) : tool.runs;
  const readings = run.map((leaf) => inspected(leaf, language));
  if (readings.length === 0) {
    evidence.addFinding(UNSEEN);
    return "write";
  }
  evidence.program = true;
  for (const [at, leaf] of run.entries()) addProgram(evidence, leaf, readings[at]?.findings ?? []);
  return readings.every(({ access }) => access === "read") ? "read" : "write";
}

const SHORT = 400;
const PACKED = /[A-Za-z0-9+/_=-]{64,}|(?:%[0-9a-f]{2}){12,}/i;

/** A program that sends a few words written in it may do so; one that sends much, or what is packed, does. */
function addProgram(evidence: Evidence, leaf: Leaf, findings: readonly Finding[]): void {
  const text = String(leaf.value);
  const sends = findings.some(
    ({ impact }) => impact === "external_communication" || impact === "data_release",
  );
  if (sends) {
    for (const host of hostsIn(text.slice(0, LONGEST_ADDRESSES))) {
      if (!isOwnDomain(host, evidence.organisation)) evidence.isOutside(host);
    }
  }
  const isMuch = text.length > SHORT || PACKED.test(text);
  for (const finding of findings) {
    const isSurely = isMuch && finding.impact === "external_communication";
    evidence.addFinding(isSurely ? { ...finding, confidence: "high" } : finding);
  }
  evidence.decisive.add(leaf.path);
}

const UNSEEN = {
  impact: "code_execution",
  confidence: "low",
  path: null,
  evidence: "The tool runs something that is not among the arguments",
} as const;

function isProgram({ role, value }: Leaf): boolean {
  return typeof value === "string" && (role === "command" || role === "code" || role === "sql");
}

function inspected(leaf: Leaf, language: Language): CodeReading {
  const text = String(leaf.value).slice(0, LONGEST);
  if (leaf.role === "command" || language === "shell") return inspectShell(text, leaf.path);
  if (leaf.role === "sql" && language === "unknown") return inspectCode("sql", text, leaf.path);
  return inspectCode(language, text, leaf.path);
}

/** A program that a tool takes which is not known to run any. */
function readCarried(evidence: Evidence, leaf: Leaf): void {
  if (typeof leaf.value !== "string" || !isProgram(leaf)) return;
  if (leaf.role === "command" && ONE_WORD.test(leaf.value)) {
    readAction(evidence, leaf);
    return;
  }
  if (leaf.role === "sql" && !SQL.test(leaf.value)) return;
  if (leaf.role === "code" && !/[\n(={;]/.test(leaf.value)) return;
  const { access, findings } = inspected(leaf, "unknown");
  evidence.raiseAccess(access);
  for (const finding of findings) evidence.addFinding(finding);
  if (findings.length > 0) evidence.decisive.add(leaf.path);
}
