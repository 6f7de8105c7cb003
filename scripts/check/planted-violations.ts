import { createHash } from "node:crypto";
import type { Tree } from "./planted-tree.ts";
import { json, workspacePackage } from "./planted-tree.ts";

/** Files that break one rule; the step must report that rule at them, and nothing else. */
export type Violation = {
  readonly step: string;
  readonly rule: string;
  readonly files: Tree;
  /** Changes the configuration itself, so it gets a tree of its own and may be reported anywhere. */
  readonly alone?: true;
};

const domain = "packages/server/src/domain/request";
const server = "packages/server/src";

const lintViolations: readonly Violation[] = [
  lintOf("typescript(no-floating-promises)", "sdk/src/floating.ts", [
    "async function send(): Promise<void> {}",
    "export function fire(): void {",
    "  send();",
    "}",
  ]),
  lintOf("typescript(no-misused-promises)", "sdk/src/misused.ts", [
    "async function isReady(): Promise<boolean> {",
    "  return true;",
    "}",
    "export const word = (): string => (isReady() ? 'yes' : 'no');",
  ]),
  lintOf("typescript(no-explicit-any)", "sdk/src/anything.ts", ["export const x: any = 1;"]),
  lintOf("typescript(no-non-null-assertion)", "sdk/src/non-null.ts", [
    "export const first = (all: readonly string[]): string => all[0]!;",
  ]),
  lintOf("typescript(consistent-type-imports)", "sdk/src/value-import.ts", [
    'import { Money } from "@haltpoint/protocol";',
    "export type Price = Money;",
  ]),
  lintOf("typescript(only-throw-error)", "sdk/src/thrown.ts", [
    "export function fail(): never {",
    '  throw "no";',
    "}",
  ]),
  lintOf("typescript(switch-exhaustiveness-check)", "sdk/src/half-switch.ts", [
    'export function word(kind: "allow" | "deny"): string {',
    "  switch (kind) {",
    '    case "allow":',
    '      return "yes";',
    "  }",
    '  return "no";',
    "}",
  ]),
  lintOf("eslint(no-console)", "server/src/app/prints.ts", ["console.log(1);", "export {};"]),
  lintOf("eslint(eqeqeq)", "sdk/src/loose.ts", [
    "export const same = (a: string, b: string): boolean => a == b;",
  ]),
  lintOf("eslint(max-lines-per-function)", "sdk/src/long.ts", [
    "export function long(): number {",
    "  let n = 0;",
    ...Array.from({ length: 80 }, () => "  n += 1;"),
    "  return n;",
    "}",
  ]),
  lintOf("unicorn(filename-case)", "sdk/src/camelCase.ts", ["export const x = 1;"]),
  lintOf("vitest(no-focused-tests)", "sdk/src/focused.test.ts", [
    'import { expect, test } from "vitest";',
    'test.only("is alone", () => {',
    "  expect(1).toBe(1);",
    "});",
  ]),
  lintOf("haltpoint(no-ambient-clock)", "server/src/domain/request/new-date.ts", [
    "export const at = new Date();",
  ]),
  lintOf("haltpoint(no-ambient-clock)", "server/src/domain/request/date-call.ts", [
    "export const at = Date();",
  ]),
  lintOf("haltpoint(no-ambient-clock)", "server/src/domain/request/clock-format.ts", [
    "export const at = new Intl.DateTimeFormat('en').format();",
  ]),
  lintOf("haltpoint(no-ambient-clock)", "protocol/src/new-date.ts", [
    "export const at = new Date();",
  ]),
  lintOf("eslint(no-restricted-properties)", "server/src/domain/request/date-now.ts", [
    "export const at = Date.now();",
  ]),
  lintOf("eslint(no-restricted-properties)", "protocol/src/date-now.ts", [
    "export const at = Date.now();",
  ]),
  lintOf("eslint(no-restricted-properties)", "server/src/domain/request/math-random.ts", [
    "export const x = Math.random();",
  ]),
  ...[
    "process.pid",
    "performance.now()",
    "setTimeout(() => {}, 1)",
    "globalThis.process.pid",
    "crypto.randomUUID()",
    "fetch",
  ].map((expression) => {
    const name = /^\w+/.exec(expression)?.[0].toLowerCase() ?? "";
    const file = `server/src/domain/request/global-${name}.ts`;
    return lintOf("eslint(no-restricted-globals)", file, [`export const x = ${expression};`]);
  }),
];

const typeViolations: readonly Violation[] = [
  typeErrorOf("types", "TS2322", "assigned", 'export const x: number = "one";'),
  typeErrorOf("types", "TS2322", "unchecked-index", "export const x: string = [''][0];"),
  typeErrorOf("types", "TS2375", "exact-optional", "export const x: { a?: 1 } = { a: undefined };"),
  typeErrorOf("types", "TS1294", "enumeration", "export enum Kind {\n  A,\n}"),
  typeErrorOf(
    "types",
    "TS1484",
    "type-as-value",
    'import { T } from "./kind.ts";\nexport const x: T = 1;',
    {
      [`${domain}/kind.ts`]: "export type T = 1;\n",
    },
  ),
  {
    step: "page tests",
    rule: "TS2322",
    files: { "test/browser/a.ts": "export const x: string = document.body;\n" },
  },
  {
    step: "page types",
    rule: "TS2322",
    files: { "packages/inbox/src/element.tsx": "export const x: string = document.body;\n" },
  },
  {
    step: "page types",
    rule: "TS2591",
    files: { "packages/inbox/src/names-process.ts": "export const x = process;\n" },
  },
  typeErrorOf("pure types", "TS2591", "names-process", "export const x = process;"),
  typeErrorOf("pure types", "TS2304", "names-timer", "export const x = setTimeout;"),
  typeErrorOf("pure types", "TS2584", "names-console", "export const x = console;"),
  typeErrorOf("pure types", "TS2591", "imports-files", 'export { rm } from "node:fs";'),
];

const importViolations: readonly Violation[] = [
  importOf("protocol-stands-alone", "packages/protocol/src/a.ts", "node:fs"),
  importOf("protocol-stands-alone", "packages/protocol/src/b.ts", "fastify"),
  importOf("domain-is-pure", `${domain}/a.ts`, "node:fs"),
  importOf("domain-is-pure", `${domain}/b.ts`, "node:fs/promises"),
  importOf("domain-is-pure", `${domain}/c.ts`, "yaml"),
  importOf("domain-is-pure", `${domain}/d.ts`, "../../ports/store.ts"),
  importOf("domain-policy-is-pure", `${server}/domain/policy/a.ts`, "node:fs"),
  importOf("domain-policy-is-pure", `${server}/domain/policy/b.ts`, "fastify"),
  importOf("ports-see-domain", `${server}/ports/a.ts`, "../app/submit-request.ts"),
  importOf("ports-see-domain", `${server}/ports/b.ts`, "fastify"),
  importOf("app-sees-ports", `${server}/app/a.ts`, "../storage/sqlite/store.ts"),
  importOf("app-sees-ports", `${server}/app/b.ts`, "node:fs"),
  importOf("app-sees-ports", `${server}/app/c.ts`, "../edges/http/routes.ts"),
  importOf("storage-sql-implements-ports", `${server}/storage/sql/a.ts`, "../sqlite/store.ts"),
  importOf("storage-drivers-stand-apart", `${server}/storage/sqlite/a.ts`, "../../compose.ts"),
  importOf(
    "storage-drivers-stand-apart",
    `${server}/storage/sqlite/b.ts`,
    "../../edges/http/routes.ts",
  ),
  importOf("storage-drivers-stand-apart", `${server}/storage/postgres/a.ts`, "../sqlite/store.ts"),
  importOf("edges-stand-apart", `${server}/edges/http/b.ts`, "../../storage/sqlite/store.ts"),
  importOf("edges-stand-apart", `${server}/edges/mcp/a.ts`, "../http/routes.ts"),
  importOf("edges-stand-apart", `${server}/edges/mcp/b.ts`, "../../compose.ts"),
  importOf("edges-see-domain-types", `${server}/edges/http/c.ts`, "../../domain/request/decide.ts"),
  importOf("edges-stand-apart", `${server}/edges/cli/a.ts`, "../http/routes.ts"),
  importOf("edges-stand-apart", `${server}/edges/cli/b.ts`, "../../compose.ts"),
  importOf("main-joins-cli-and-compose", `${server}/main.ts`, "./storage/sqlite/store.ts"),
  importOf("other-folders-stand-apart", `${server}/config/a.ts`, "../storage/sqlite/store.ts"),
  importOf("other-folders-stand-apart", `${server}/system/a.ts`, "../config/b.ts", {
    [`${server}/config/b.ts`]: "export {};\n",
  }),
  importOf("server-files-have-a-place", `${server}/a.ts`, "./app/submit-request.ts"),
  importOf("server-files-have-a-place", `${server}/b.ts`, "./compose.ts"),
  importOf("sdk-sees-protocol", "packages/sdk/src/b.ts", "fastify"),
  importOf("inbox-is-a-client", "packages/inbox/src/a.ts", "node:fs"),
  importOf("examples-are-outsiders", "examples/order/a.ts", "../../packages/server/src/compose.ts"),
  importOf("tests-are-leaves", `${server}/edges/http/d.ts`, "./d.test.ts", {
    [`${server}/edges/http/d.test.ts`]: "export {};\n",
  }),
  importOf("no-circular", `${server}/ports/cycle-a.ts`, "./cycle-b.ts", {
    [`${server}/ports/cycle-b.ts`]: 'export type * from "./cycle-a.ts";\n',
  }),
  importOf("resolvable", "scripts/absent.ts", "./nowhere.ts"),
  {
    step: "imports",
    rule: "edges-stand-apart",
    files: {
      // A type import is an import.
      [`${server}/edges/http/a.ts`]: 'export type * from "../cli/program.ts";\n',
    },
  },
  {
    step: "imports",
    rule: "packages-by-name",
    files: {
      [`${server}/app/by-path.ts`]: 'export { digest } from "../../../protocol/src/index.ts";\n',
    },
  },
];

const otherViolations: readonly Violation[] = [
  { step: "format", rule: "format", files: { "test/a.ts": "export const x = [ 1,2 ]" } },
  { step: "format", rule: "format", files: { "docs/a.md": "* item\n" } },
  {
    step: "unused",
    rule: "unused-exports",
    files: {
      "packages/sdk/src/two.ts": "export const used = 1;\nexport const spare = 2;\n",
      "packages/sdk/src/two.test.ts": 'import { used } from "./two.ts";\nexport default used;\n',
    },
  },
  {
    step: "unused",
    rule: "unused-files",
    files: { "packages/sdk/src/forgotten.ts": "export const x = 1;\n" },
  },
  {
    step: "unused",
    rule: "unused-dependencies",
    files: { "packages/sdk/package.json": workspacePackage("sdk", ["@haltpoint/protocol", "ajv"]) },
  },
  {
    step: "unused",
    rule: "unused-unlisted",
    files: { "packages/protocol/src/unlisted.test.ts": 'import "fastify";\n' },
  },
  {
    step: "pages",
    rule: "first-load",
    files: { "packages/inbox/src/main.tsx": `document.title = "${noise(300_000)}";\n` },
  },
  {
    step: "file laws",
    rule: "file-too-long",
    files: { "packages/sdk/src/endless.ts": "export {};\n".repeat(401) },
  },
  {
    step: "file laws",
    rule: "file-too-long",
    files: { "packages/sdk/src/endless.test.ts": "export {};\n".repeat(601) },
  },
  {
    step: "file laws",
    rule: "name-says-nothing",
    files: { "packages/sdk/src/utils.ts": "export {};\n" },
  },
  // In pieces, since the text laws read this file too.
  { step: "text laws", rule: "machine-path", files: { "docs/a.md": `see ${"/wo"}rk/main\n` } },
  { step: "text laws", rule: "outside-path", files: { "docs/b.md": `see ${"../sha"}red\n` } },
  {
    step: "text laws",
    rule: "suppression-without-reason",
    files: { "test/a.ts": `// ${"oxlint"}-disable-next-line no-console\n` },
  },
  {
    step: "text laws",
    rule: "registry-host",
    files: { "package-lock.json": '{ "resolved": "https://registry.example/a.tgz" }\n' },
  },
];

/** A tool that was made to look away must not pass for one that found nothing. */
const blindfolds: readonly Violation[] = [
  {
    step: "types",
    rule: "unread",
    files: { "tsconfig.json": json({ extends: "./tsconfig.base.json", include: ["scripts"] }) },
    alone: true,
  },
  {
    step: "page tests",
    rule: "unread",
    files: {
      "test/browser/b.ts": "export const x = 1;\n",
      "test/browser/tsconfig.json": json({
        extends: "../../tsconfig.base.json",
        include: ["../../scripts"],
      }),
    },
    alone: true,
  },
  {
    step: "pure types",
    rule: "unread",
    files: {
      "tsconfig.domain.json": json({
        extends: "./tsconfig.base.json",
        include: ["packages/protocol/src"],
      }),
    },
    alone: true,
  },
  {
    step: "pure types",
    rule: "node-types-in-domain",
    files: {
      "packages/protocol/src/node-types.ts": '/// <reference types="node" />\nexport {};\n',
    },
    alone: true,
  },
  {
    step: "page types",
    rule: "unread",
    files: {
      "packages/inbox/tsconfig.json": json({
        extends: "../../tsconfig.base.json",
        files: ["src/main.tsx"],
      }),
      "packages/inbox/src/main.tsx": "export {};\n",
    },
    alone: true,
  },
  {
    step: "lint",
    rule: "unread",
    files: { ".oxlintrc.json": json({ ignorePatterns: ["packages/server/**"] }) },
    alone: true,
  },
  {
    step: "imports",
    rule: "unread",
    files: {
      ".dependency-cruiser.cjs": "module.exports = { options: { exclude: 'packages/server' } };\n",
    },
    alone: true,
  },
  {
    step: "unused",
    rule: "unread",
    files: { "knip.jsonc": json({ ignoreWorkspaces: ["packages/server"] }) },
    alone: true,
  },
];

export const violations: readonly Violation[] = [
  ...lintViolations,
  ...typeViolations,
  ...importViolations,
  ...otherViolations,
  ...blindfolds,
];

/** Text that does not compress, the same each time. */
function noise(length: number): string {
  let text = "";
  for (let part = 0; text.length < length; part += 1) {
    text += createHash("sha512").update(String(part)).digest("base64url");
  }
  return text;
}

function lintOf(rule: string, path: string, lines: readonly string[]): Violation {
  return { step: "lint", rule, files: { [`packages/${path}`]: `${lines.join("\n")}\n` } };
}

function typeErrorOf(
  step: string,
  rule: string,
  name: string,
  code: string,
  more: Tree = {},
): Violation {
  return { step, rule, files: { ...more, [`${domain}/${name}.ts`]: `${code}\n` } };
}

function importOf(rule: string, path: string, target: string, more: Tree = {}): Violation {
  const files = { ...more, [path]: `import "${target}";\n` };
  return { step: "imports", rule, files };
}
