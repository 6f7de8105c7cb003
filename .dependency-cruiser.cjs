/**
 * The import law. Code points inwards: edges → app → ports → domain → protocol; storage implements
 * the ports; only compose.ts sees everything. Type imports count too. Each rule lists what a folder
 * MAY import; everything else, Node's own modules included, is refused.
 *
 * Change the law only in a commit of its own.
 */

const protocol = "^packages/protocol/src/";
const sdk = "^packages/sdk/src/";
const server = "^packages/server/src/";
const domain = `${server}domain/`;
const ports = `${server}ports/`;
const app = `${server}app/`;
const sql = `${server}storage/sql/`;
const edges = `${server}edges/`;
const compose = `${server}compose\\.ts$`;

/** What another package may see of the protocol and of the SDK: their roots, nothing deeper. */
const protocolRoot = "^packages/protocol/src/index\\.ts$";
const sdkRoot = "^packages/sdk/src/index\\.ts$";

const tests = "\\.test\\.ts$|/testing/";
const npm = "(^|/)node_modules/(?!@haltpoint/)";
/** Node's own modules: the only paths without a slash, or with a `node:` prefix. */
const node = "^(node:|[^./@]+$|[a-z_]+/promises$)";

const package_ = (name) => `(^|/)node_modules/${name}/`;

const mayImport = (name, comment, from, allowed, exceptFrom = []) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: [tests, ...exceptFrom] },
  to: { pathNot: allowed },
});

module.exports = {
  forbidden: [
    mayImport(
      "protocol-stands-alone",
      "protocol: one hash and canonical JSON, so that it also runs in browsers",
      protocol,
      [protocol, package_("@noble/hashes"), package_("canonicalize")],
    ),
    mayImport(
      "domain-is-pure",
      "domain: protocol and itself; no I/O, no Node, no packages",
      domain,
      [domain, protocolRoot],
      [`${domain}policy/`, `${domain}impact/code/shell/`],
    ),
    mayImport(
      "domain-policy-is-pure",
      "domain/policy: also the pure libraries it cannot do without, by name",
      `${domain}policy/`,
      [
        domain,
        protocolRoot,
        package_("@marcbachmann/cel-js"),
        package_("re2js"),
        package_("ajv"),
        package_("yaml"),
      ],
    ),
    mayImport(
      "domain-impact-shell-is-pure",
      "domain/impact/code/shell: also the parser of shell, by name",
      `${domain}impact/code/shell/`,
      [domain, protocolRoot, package_("unbash")],
    ),
    mayImport("ports-see-domain", "ports: domain, protocol", ports, [ports, domain, protocolRoot]),
    mayImport("app-sees-ports", "app: ports, domain, protocol; never a driver or an edge", app, [
      app,
      ports,
      domain,
      protocolRoot,
    ]),
    mayImport(
      "storage-sql-implements-ports",
      "storage, storage/sql: ports, domain, protocol, npm; never a driver",
      `${server}storage/(sql/|[^/]+$)`,
      [`${server}storage/(sql/|[^/]+$)`, ports, domain, protocolRoot, npm, node],
    ),
    mayImport(
      "storage-drivers-stand-apart",
      "storage/sqlite, storage/postgres: storage/sql, ports, domain, protocol, npm; never each other",
      `${server}storage/(?!sql/)([^/]+)/`,
      [
        `${server}storage/$1/`,
        sql,
        `${server}storage/[^/]+$`,
        ports,
        domain,
        protocolRoot,
        npm,
        node,
      ],
    ),
    mayImport(
      "edges-stand-apart",
      "edges/X: app, ports, domain types, config, protocol, npm; never another edge nor storage",
      `${edges}([^/]+)/`,
      [`${edges}$1/`, app, ports, domain, `${server}config/`, protocolRoot, sdkRoot, npm, node],
    ),
    {
      name: "edges-see-domain-types",
      comment: "edges use the domain's types; its functions are called by app",
      severity: "error",
      from: { path: edges, pathNot: [tests] },
      to: { path: domain, dependencyTypesNot: ["type-only"] },
    },
    mayImport("sdk-sees-protocol", "sdk: protocol; it runs inside other people's programs", sdk, [
      sdk,
      protocolRoot,
      node,
    ]),
    mayImport(
      "inbox-is-a-client",
      "inbox: sdk, protocol, npm; it runs in browsers and knows the server by its API only",
      "^packages/inbox/src/",
      ["^packages/inbox/src/", protocolRoot, sdkRoot, npm],
    ),
    mayImport(
      "other-folders-stand-apart",
      "config, system and the like: app, ports, domain, protocol, npm; never each other",
      `${server}(?!domain/|ports/|app/|storage/|edges/)([^/]+)/`,
      [`${server}$1/`, app, ports, domain, protocolRoot, npm, node],
    ),
    mayImport(
      "main-joins-cli-and-compose",
      "main.ts: hands compose.ts to the command line, which could not import it",
      `${server}main\\.ts$`,
      [compose, `${edges}cli/`, `${server}config/`, ports, app, node],
    ),
    mayImport(
      "server-files-have-a-place",
      "other files beside compose.ts: ports, domain, protocol, npm; only compose.ts composes",
      `${server}[^/]+$`,
      [`${server}(?!main\\.ts$|compose\\.ts$)[^/]+$`, ports, domain, protocolRoot, npm, node],
      [compose, `${server}main\\.ts$`],
    ),
    mayImport(
      "examples-are-outsiders",
      "examples: what a stranger has, the SDK and the protocol; never the server's insides",
      "^examples/",
      ["^examples/", protocolRoot, sdkRoot, npm, node],
    ),
    {
      name: "packages-by-name",
      comment: "another package is imported by its name, never by a path into its folder",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: {
        path: "^packages/",
        pathNot: "^packages/$1/",
        dependencyTypesNot: ["aliased-workspace"],
      },
    },
    {
      name: "tests-are-leaves",
      comment: "nothing that ships imports a test or a test's tools",
      severity: "error",
      from: { path: "^(packages|examples)/", pathNot: tests },
      to: { path: tests },
    },
    {
      name: "no-circular",
      comment: "a cycle has no order in which it can be read; type imports count",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "every import must lead somewhere, or the law was not checked on it",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    doNotFollow: { path: "node_modules" },
    // Our own builds only: packages keep their code in folders named dist, too.
    exclude: { path: ["^dist/", "^coverage/", "^packages/[^/]+/dist/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
