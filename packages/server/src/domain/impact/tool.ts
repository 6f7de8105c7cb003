/**
 * What is known of a tool before its arguments are looked at: its name, description, schema and
 * annotations, read together. Remembered by their exact content, since the same tools come again.
 */
import { memberOf } from "../member-at-path.ts";
import type { Call, Confidence, Finding, Impact, ToolDefinition } from "./model.ts";
import { namesPayee, roleOf, type Role } from "./fields.ts";
import type { ObjectClass } from "./lexicon.ts";
import { readDescription, type Described } from "./tool-description.ts";
import { readName, type Phrase, type Spoken } from "./tool-name.ts";
import { isDisguised, plainText, quoted, wordsOf } from "./words.ts";

export type Language = "python" | "javascript" | "shell" | "sql" | "unknown";

export interface ToolReading {
  readonly access: "read" | "write" | "unknown";
  /** Without `path`: nothing of it comes from the arguments. */
  readonly findings: readonly Finding[];
  /** A tool that runs what its arguments say, and in which language. */
  readonly runs: Language | null;
  readonly messages: boolean;
  readonly spends: boolean;
  readonly releases: boolean;
  readonly objects: ReadonlySet<ObjectClass>;
}

const REMEMBERED = 2000;
const LONGEST_KEY = 64_000;
const remembered = new Map<string, ToolReading>();

/** What the tool of this call is. Only its exact content decides, so remembering changes no answer. */
export function readTool(call: Call): ToolReading {
  const key = keyOf(call);
  const before = key === null ? undefined : remembered.get(key);
  if (before !== undefined) return before;
  const reading = analyse(call.name, call.resource.type, call.tool);
  if (key !== null) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(key, reading);
  }
  return reading;
}

/** Null: too large, or no JSON, and then it is read each time. */
function keyOf({ name, resource, tool }: Call): string | null {
  if (name.length + resource.type.length + (tool?.description?.length ?? 0) > LONGEST_KEY)
    return null;
  try {
    const key = JSON.stringify([name, resource.type, tool]);
    return key.length > LONGEST_KEY ? null : key;
  } catch {
    return null;
  }
}

function analyse(name: string, resourceType: string, tool: ToolDefinition | null): ToolReading {
  const named = readName(name, resourceType);
  const described = readDescription(textOf(tool?.description));
  const roles = rolesOf(tool?.inputSchema);
  const hints = hintsOf(tool?.annotations);
  const findings = [
    ...named.impacts.map((said) => found(said, `The tool is called “${quoted(name)}”`)),
    ...fromDescription(named, described, textOf(tool?.description)),
    ...fromSchema(roles, named.access === "read"),
    ...fromHints(hints),
    ...(isDisguised(name) ? [found(DISGUISED, "The tool's name hides or imitates letters")] : []),
  ];
  const runs = languageOf(named, name);
  const access = accessOf(named, described, hints, findings, runs !== null);
  if (access === "write" && findings.length === 0 && hints.openWorld) {
    findings.push(found(OPEN_WORLD, "The tool is annotated as reaching the world outside"));
  }
  const spoken = new Set(findings.map(({ impact }) => impact));
  return {
    access,
    findings:
      runs === null ? findings : findings.filter(({ impact }) => impact !== "code_execution"),
    runs,
    messages: spoken.has("external_communication"),
    spends: spoken.has("spend"),
    releases: spoken.has("data_release"),
    objects: named.objects,
  };
}

const DISGUISED: Spoken = { impact: "privilege_change", confidence: "low" };
const OPEN_WORLD: Spoken = { impact: "external_communication", confidence: "low" };

function found({ impact, confidence }: Spoken, evidence: string): Finding {
  return { impact, confidence, path: null, evidence };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A read by its name is contradicted, a name that says little is completed: it only raises. */
function fromDescription(named: Phrase, described: Described, text: string): readonly Finding[] {
  const isRead = named.access === "read";
  const lead = described.lead?.access === "write" ? described.lead.impacts : [];
  const promised = isRead ? [] : described.promised;
  const sure: (confidence: Confidence) => Confidence = (confidence) =>
    isRead ? "low" : confidence;
  const evidence = `The tool's description says “${quoted(text)}”`;
  const permanent =
    described.permanent && (!isRead || described.lead?.access === "write")
      ? [found({ impact: "destruction", confidence: "low" }, evidence)]
      : [];
  return [
    ...lead.map((said) => found({ ...said, confidence: sure(said.confidence) }, evidence)),
    ...promised.map((said) => found(said, evidence)),
    ...permanent,
  ];
}

interface Hints {
  readonly writes: boolean;
  readonly destroys: boolean;
  readonly openWorld: boolean;
}

/** Only what raises is read: `readOnlyHint: true` is a claim, and lowers nothing (I13). */
function hintsOf(annotations: unknown): Hints {
  if (typeof annotations !== "object" || annotations === null) {
    return { writes: false, destroys: false, openWorld: false };
  }
  const hint = (name: string): unknown => (annotations as Readonly<Record<string, unknown>>)[name];
  return {
    writes: hint("readOnlyHint") === false,
    destroys: hint("destructiveHint") === true,
    openWorld: hint("openWorldHint") === true,
  };
}

function fromHints(hints: Hints): readonly Finding[] {
  if (!hints.destroys) return [];
  return [
    found({ impact: "destruction", confidence: "low" }, "The tool is annotated as destructive"),
  ];
}

const MOST_PROPERTIES = 200;

/** The roles of a schema's properties, one level of nesting deep. */
function rolesOf(schema: unknown): ReadonlySet<Role | "payee"> {
  const roles = new Set<Role | "payee">();
  let left = MOST_PROPERTIES;
  const visit = (value: unknown, depth: number): void => {
    const properties = memberOf(value, "properties");
    if (typeof properties !== "object" || properties === null) return;
    for (const [name, property] of Object.entries(properties)) {
      left -= 1;
      if (left < 0) return;
      roles.add(roleOf(name));
      if (namesPayee(name)) roles.add("payee");
      if (depth > 0) visit(property, depth - 1);
      if (depth > 0) visit(memberOf(property, "items"), depth - 1);
    }
  };
  visit(schema, 2);
  return roles;
}

/** Only together do properties tell: an amount and whom it goes to, a text and whom it goes to. */
function fromSchema(roles: ReadonlySet<Role | "payee">, isRead: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const say = (impact: Impact, evidence: string): void => {
    findings.push(found({ impact, confidence: "low" }, evidence));
  };
  const paid = roles.has("payee") || (!isRead && (roles.has("recipient") || roles.has("account")));
  if (roles.has("amount") && paid) say("spend", "The tool takes an amount and whom it goes to");
  if (!isRead && roles.has("recipient") && roles.has("body")) {
    say("external_communication", "The tool takes a text and whom it goes to");
  }
  return findings;
}

/** A name that tells nothing stays unknown: a description of something harmless proves nothing. */
function accessOf(
  named: Phrase,
  described: Described,
  hints: Hints,
  findings: readonly Finding[],
  runs: boolean,
): "read" | "write" | "unknown" {
  if (named.access === "write" || runs) return "write";
  const onlySecrets = findings.every(({ impact }) => impact === "secret_access");
  if (!onlySecrets) return "write";
  const contradicted = hints.writes || described.lead?.access === "write";
  return named.access === "read" && contradicted ? "write" : named.access;
}

const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ["python", "python"],
  ["ipython", "python"],
  ["jupyter", "python"],
  ["javascript", "javascript"],
  ["node", "javascript"],
  ["sql", "sql"],
  ["query", "sql"],
  ["bash", "shell"],
  ["shell", "shell"],
  ["sh", "shell"],
  ["zsh", "shell"],
  ["cmd", "shell"],
  ["command", "shell"],
  ["terminal", "shell"],
]);

/** The language of a name or of a `language` argument; unknown: not among the words. */
export function languageIn(text: string): Language {
  for (const word of wordsOf(plainText(text.slice(0, 300)))) {
    const language = LANGUAGES.get(word);
    if (language !== undefined) return language;
  }
  return "unknown";
}

/** Only the name makes a tool one that runs code: then its code decides, which a description must not. */
function languageOf(named: Phrase, name: string): Language | null {
  return named.runsCode ? languageIn(name) : null;
}
