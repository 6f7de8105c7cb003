import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkout } from "./step.ts";

/** Paths relative to a tree's root, with their content. */
export type Tree = Readonly<Record<string, string>>;

/** The very configuration under proof: copied, never rewritten. */
const configuration = [
  ".dependency-cruiser.cjs",
  ".gitignore",
  ".oxlintrc.json",
  ".prettierignore",
  ".prettierrc",
  "knip.jsonc",
  "packages/inbox/tsconfig.json",
  "scripts/lint",
  "test/browser/tsconfig.json",
  "tsconfig.base.json",
  "tsconfig.domain.json",
  "tsconfig.json",
];

/** Root configuration that names the workspace; the scripts it lists have no files in a tree. */
async function rootPackage(): Promise<string> {
  const text = await readFile(join(checkout, "package.json"), "utf8");
  const { name, private: isPrivate, type, workspaces } = JSON.parse(text);
  const devDependencies = { typescript: "*", vitest: "*" };
  return json({ name, private: isPrivate, type, workspaces, devDependencies });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function workspacePackage(name: string, dependencies: readonly string[]): string {
  return json({
    name: `@haltpoint/${name}`,
    version: "0.0.0",
    type: "module",
    exports: "./src/index.ts",
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])),
  });
}

/** A workspace in small, with one file for each part of the import law. It breaks no rule. */
export const soundTree: Tree = {
  "packages/protocol/package.json": workspacePackage("protocol", []),
  "packages/protocol/src/index.ts": `export { digest } from "./digest.ts";\nexport type { Money } from "./money.ts";\n`,
  "packages/protocol/src/digest.ts": `export function digest(bytes: string): string {\n  return bytes;\n}\n`,
  "packages/protocol/src/money.ts": `export type Money = { readonly minor: number };\n`,
  "packages/protocol/src/digest.test.ts": `import { expect, test } from "vitest";
import { digest } from "./digest.ts";

test("a digest is stable", () => {
  expect(digest("a")).toBe("a");
});
`,
  "packages/sdk/package.json": workspacePackage("sdk", ["@haltpoint/protocol"]),
  "packages/sdk/src/index.ts": `import { digest } from "@haltpoint/protocol";\n\nexport const guard = (bytes: string): string => digest(bytes);\n`,
  "packages/inbox/package.json": workspacePackage("inbox", ["@haltpoint/protocol"]),
  "packages/inbox/index.html": `<!doctype html>
<html lang="en">
  <head>
    <title>In small</title>
    <script type="module" src="/src/main.tsx"></script>
  </head>
</html>
`,
  "packages/inbox/src/main.tsx": `void import("./pages/inbox/inbox-page.tsx").then(({ show }) => show());
`,
  "packages/inbox/src/pages/inbox/inbox-page.tsx": `import { digest } from "@haltpoint/protocol";

export function show(): void {
  document.title = digest("a");
}
`,
  "packages/server/package.json": workspacePackage("server", ["@haltpoint/protocol", "fastify"]),
  "packages/server/src/domain/request/decide.ts": `import type { Money } from "@haltpoint/protocol";\n\nexport const decide = (amount: Money): boolean => amount.minor > 0;\n`,
  "packages/server/src/ports/store.ts": `export type Store = { readonly commit: () => Promise<void> };\n`,
  "packages/server/src/app/submit-request.ts": `import { decide } from "../domain/request/decide.ts";
import type { Store } from "../ports/store.ts";

export async function submitRequest(store: Store): Promise<boolean> {
  await store.commit();
  return decide({ minor: 1 });
}
`,
  "packages/server/src/storage/sqlite/store.ts": `import { setImmediate } from "node:timers/promises";
import type { Store } from "../../ports/store.ts";

export const sqliteStore: Store = {
  async commit() {
    await setImmediate();
  },
};
`,
  "packages/server/src/edges/http/routes.ts": `import { fastify } from "fastify";
import { submitRequest } from "../../app/submit-request.ts";
import type { Store } from "../../ports/store.ts";

export async function serve(store: Store): Promise<void> {
  await fastify().listen({ port: (await submitRequest(store)) ? 0 : 1 });
}
`,
  "packages/server/src/compose.ts": `import { serve } from "./edges/http/routes.ts";\nimport { sqliteStore } from "./storage/sqlite/store.ts";\n\nexport const start = (): Promise<void> => serve(sqliteStore);\n`,
  "packages/server/src/edges/cli/program.ts": `export const run = (start: () => Promise<void>): Promise<void> => start();\n`,
  "packages/server/src/main.ts": `import { start } from "./compose.ts";\nimport { run } from "./edges/cli/program.ts";\n\nawait run(start);\n`,
};

/**
 * Writes a tree below the checkout, where the tools find the installed packages by walking up, and
 * returns its root. The caller removes it.
 */
export async function writeTree(files: Tree): Promise<string> {
  const folder = join(checkout, ".planted");
  await mkdir(folder, { recursive: true });
  const root = await mkdtemp(join(folder, "tree-"));
  // With a `.git` of its own, the tree is a checkout: the outer .gitignore does not hide it.
  await mkdir(join(root, ".git"));
  for (const path of configuration) {
    await cp(join(checkout, path), join(root, path), { recursive: true });
  }
  await writeFile(join(root, "package.json"), await rootPackage());
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await mkdir(join(root, "node_modules/@haltpoint"), { recursive: true });
  for (const name of ["protocol", "sdk", "inbox", "server"]) {
    await symlink(join(root, "packages", name), join(root, "node_modules/@haltpoint", name));
  }
  return root;
}
