import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { checkout } from "./check/step.ts";
import { buildInbox, pagesFolder } from "./inbox/build.ts";
import { isTest, listFiles } from "./check/source-files.ts";

/**
 * `npm run build`: JavaScript and type declarations, for those who install a package instead of
 * working in this checkout. Node refuses to strip types below node_modules, so what is published has
 * none left.
 *
 * For each package: `packages/X/dist` is what tsc emits; `dist/X` is a folder `npm pack` can take.
 */

/** In the order of their imports: a package is built against its predecessors' declarations. */
const packages = ["protocol", "sdk", "server"] as const;

await buildInbox(checkout);
for (const name of packages) {
  const sources = await sourcesOf(name);
  if (!sources.includes("index.ts") && name !== "server") {
    throw new Error(`packages/${name}/src/index.ts is missing: nothing to build`);
  }
  await emit(name, sources.filter(isTypeScriptSource));
  await assemble(name, sources);
  console.log(`built dist/${name} from ${sources.length} files`);
}

/** What ships, relative to the package's src. */
async function sourcesOf(name: string): Promise<readonly string[]> {
  const files = await listFiles(join(checkout, "packages", name, "src"));
  return files.filter((file) => !isTest(file) && !/(^|\/)testing\//.test(file));
}

function isTypeScriptSource(file: string): boolean {
  return file.endsWith(".ts");
}

async function emit(name: string, sources: readonly string[]): Promise<void> {
  const folder = join(checkout, "packages", name);
  const outDir = join(folder, "dist");
  await rm(outDir, { recursive: true, force: true });
  const rootDir = join(folder, "src");
  const program = ts.createProgram(
    sources.map((file) => join(rootDir, file)),
    { ...readOptions(name), rootDir, outDir },
  );
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (diagnostics.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (file) => file,
      getCurrentDirectory: () => checkout,
      getNewLine: () => "\n",
    }),
  );
}

/** The checkout's own options, made to emit. */
function readOptions(name: string): ts.CompilerOptions {
  const path = join(checkout, name === "protocol" ? "tsconfig.domain.json" : "tsconfig.json");
  const { config, error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  if (error !== undefined)
    throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, checkout);
  const predecessors = packages.slice(
    0,
    packages.findIndex((other) => other === name),
  );
  return {
    ...options,
    noEmit: false,
    noEmitOnError: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    paths: Object.fromEntries(
      predecessors.map((other) => [
        `@haltpoint/${other}`,
        [join(checkout, "packages", other, "dist/index.d.ts")],
      ]),
    ),
  };
}

async function assemble(name: string, sources: readonly string[]): Promise<void> {
  const from = join(checkout, "packages", name);
  const to = join(checkout, "dist", name);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(join(from, "dist"), join(to, "dist"), { recursive: true });
  for (const file of sources.filter((source) => !isTypeScriptSource(source))) {
    await mkdir(dirname(join(to, "dist", file)), { recursive: true });
    await cp(join(from, "src", file), join(to, "dist", file));
  }
  await cp(join(checkout, "LICENSE"), join(to, "LICENSE"));
  if (existsSync(join(from, "README.md"))) await cp(join(from, "README.md"), join(to, "README.md"));
  if (existsSync(join(from, "bin"))) {
    for (const file of await listFiles(join(from, "bin"))) {
      const text = await readFile(join(from, "bin", file), "utf8");
      await mkdir(join(to, "bin"), { recursive: true });
      await writeFile(join(to, "bin", file), toBuilt(text), { mode: 0o755 });
    }
  }
  // The server serves the inbox, so whoever installs the one has the other.
  if (name === "server")
    await cp(join(checkout, pagesFolder), join(to, "pages"), { recursive: true });
  const manifest = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  const built = { ...manifest, files: ["dist", "bin", "pages"], ...builtExports(manifest.exports) };
  await writeFile(join(to, "package.json"), `${JSON.stringify(built, undefined, 2)}\n`);
}

/** `../src/main.ts` in a bin becomes `../dist/main.js`. */
function toBuilt(text: string): string {
  return text.replaceAll(/(["'])(\.\.?\/)src\/([^"']+)\.ts\1/g, "$1$2dist/$3.js$1");
}

function builtExports(exports: Readonly<Record<string, string>> | undefined): object {
  if (exports === undefined) return {};
  const built = Object.entries(exports).map(([subpath, source]) => {
    const emitted = source.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
    return [subpath, { types: `${emitted}.d.ts`, default: `${emitted}.js` }];
  });
  return { exports: Object.fromEntries(built) };
}
