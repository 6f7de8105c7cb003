/** Collects what is found in one call, each path and impact once and surest. */
import type { Call, Confidence, Finding, Impact, Organisation } from "./model.ts";
import type { Leaf } from "./leaves.ts";
import type { ToolReading } from "./tool.ts";
import { quoted } from "./words.ts";

const MOST_FINDINGS = 40;
const MOST_OUTSIDE = 50;

export class Evidence {
  readonly findings: Finding[] = [];
  readonly outside = new Set<string>();
  readonly decisive = new Set<string>();
  /** What the arguments alone show of the access; the tool's own is a floor. */
  access: "read" | "write" | "unknown" = "read";
  /** Whether a program among the arguments was read, and is what the call runs. */
  program = false;
  readonly call: Call;
  readonly tool: ToolReading;
  readonly organisation: Organisation;

  constructor(call: Call, tool: ToolReading, organisation: Organisation) {
    this.call = call;
    this.tool = tool;
    this.organisation = organisation;
    for (const finding of tool.findings) this.addFinding(finding);
  }

  /** Whether the tool changes something, by its name or by an argument seen so far. */
  get writes(): boolean {
    return this.tool.access !== "read" || this.access === "write";
  }

  add(impact: Impact, confidence: Confidence, leaf: Leaf, what: string): void {
    const shown = `${what}: “${quoted(String(leaf.value))}”`;
    this.addFinding({ impact, confidence, path: leaf.path, evidence: shown });
    this.decisive.add(leaf.path);
  }

  /** For what must not be quoted on a card. */
  addUnquoted(impact: Impact, confidence: Confidence, leaf: Leaf, what: string): void {
    this.addFinding({ impact, confidence, path: leaf.path, evidence: what });
    this.decisive.add(leaf.path);
  }

  /** Each impact once for each path, the surest; a full list still gains an impact it lacks. */
  addFinding(finding: Finding): void {
    const { impact, confidence, path } = finding;
    const at = this.findings.findIndex((known) => known.impact === impact && known.path === path);
    const known = this.findings[at];
    if (known !== undefined) {
      if (known.confidence === "low" && confidence === "high") this.findings[at] = finding;
      return;
    }
    const isNew = !this.findings.some(
      (other) => other.impact === impact && (other.confidence === "high" || confidence === "low"),
    );
    if (isNew || this.findings.length < MOST_FINDINGS) this.findings.push(finding);
  }

  isOutside(value: string): void {
    if (this.outside.size < MOST_OUTSIDE) this.outside.add(value);
  }

  raiseAccess(access: "read" | "write" | "unknown"): void {
    if (access === "write" || (access === "unknown" && this.access === "read"))
      this.access = access;
  }
}
