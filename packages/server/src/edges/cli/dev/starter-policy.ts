/** The policy of somebody who has none yet: everything waits for a person. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TEXT = `# Made by \`haltpoint dev\`. Change it: it is applied whenever you save it.
version: 1

# What no rule is about waits for one of the reviewers.
default: { decision: hold, approvers: group:reviewers, owner: chen, deadline: 4h }

groups:
  reviewers: [ana, bo]

rules:
  - id: reading
    why: Reading changes nothing
    match: { action: "read.*" }
    decision: allow
`;

/** Writes it where it is not yet, and returns its path. What somebody made of it is kept. */
export function starterPolicy(folder: string): string {
  const file = join(folder, "policy.yaml");
  if (!existsSync(file)) writeFileSync(file, TEXT);
  return file;
}
