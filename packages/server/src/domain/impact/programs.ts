/** Commands, code and queries among the arguments, read by the analyses of their languages. */
import { inspectCode, inspectShell, type CodeReading } from "./code/inspect.ts";
import type { Evidence } from "./evidence.ts";
import type { Leaf } from "./leaves.ts";
import { readAction } from "./structured.ts";
import { languageIn, type Language } from "./tool.ts";

const LONGEST = 100_000;
const SQL =
  /^\s*(?:--[^\n]*\n\s*)?(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|drop|alter|create|truncate|grant|revoke|merge\s+into|with|call|copy)\b/i;
const ONE_WORD = /^\s*[\w-]{1,40}\s*$/;

type Access = "read" | "write" | "unknown";

/** Reads what would be run, and answers what the call then is; the tool's own access where nothing is. */
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
  for (const { findings } of readings) for (const finding of findings) evidence.addFinding(finding);
  for (const leaf of run) evidence.decisive.add(leaf.path);
  if (readings.some(({ access }) => access === "write")) return "write";
  return readings.some(({ access }) => access === "unknown") ? "unknown" : "read";
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
