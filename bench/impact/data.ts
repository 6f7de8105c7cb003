/** The lines of a data set, one JSON object each. Only what the bench reads is typed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface CallLine {
  readonly suite: string;
  readonly task_id: string;
  readonly kind: "benign" | "attack";
  readonly tool: string;
  readonly args: unknown;
  readonly tool_description?: string;
  readonly trace_id: string;
  readonly prov?: Readonly<Record<string, "user" | "tool_result" | "model">>;
  readonly role?: "decisive" | "preparatory";
  readonly side_effect?: boolean;
  readonly task_text?: string;
  readonly effect?: "read" | "write" | "generic";
  readonly policy_requires_user_confirmation?: boolean;
  readonly hitl_relevant?: boolean;
}

export interface SessionLine {
  readonly trace_id: string;
  readonly user_prompt: string;
  readonly calls: readonly {
    readonly tool: string;
    readonly args: unknown;
    readonly kind: "benign" | "attack" | "unlabelled";
    readonly result: string;
  }[];
}

export interface LabelLine {
  readonly suite: string;
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
  readonly label: string;
  readonly high_impact: boolean;
}

/** Null, and a word about it, where the folder has no such file. */
export function readLines<Line>(folder: string, name: string): readonly Line[] | null {
  const file = ["", "-dev"]
    .map((ending) => join(folder, `${name}${ending}.jsonl`))
    .find(existsSync);
  if (file === undefined) {
    console.error(`${name}.jsonl is not in ${folder}: left out`);
    return null;
  }
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Line);
}
