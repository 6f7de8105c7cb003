/**
 * Reads the configuration: defaults, then `haltpoint.yaml`, then the environment. Every value knows
 * where it came from, and everything that is wrong is reported at once, at its place.
 */
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { durationMs, durationText } from "../domain/policy/duration.ts";
import { formatLoadProblem, toProblems, type Finding } from "../domain/policy/load-problem.ts";
import { didYouMean } from "../domain/policy/nearest-name.ts";
import { nodeAt, readStructure } from "../domain/policy/structure.ts";
import { readYaml, type YamlNode, type YamlScalar } from "../domain/policy/yaml-source.ts";
import { CONFIG_FORM } from "./config-schema.ts";
import type { SignInLimits } from "../app/app.ts";
import { LOG_LEVELS, type Config, type ConfigLimits } from "./config.ts";
import { notifyProblems, notifySettings } from "./notify-settings.ts";
import { oidcConfig, oidcProblems } from "./oidc-settings.ts";
import type { Setting } from "./setting.ts";
import { LIMIT_OF, SETTINGS, SIGN_IN_LIMIT_OF } from "./settings.ts";

const CONFIG_FILE = "haltpoint.yaml";
const FILE_BYTES_MAX = 1_048_576;

export interface ConfigSources {
  /** The file that was asked for, which must exist; else `haltpoint.yaml`, if it does. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly cwd: string;
}

/** One value in force. */
export interface ConfigValue {
  readonly key: string;
  readonly variable: string;
  /** As a file would write it; null: not set. */
  readonly value: string | number | null;
  /** `default`, `haltpoint.yaml:3` or `HALTPOINT_LISTEN_PORT`. */
  readonly from: string;
}

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly values: readonly ConfigValue[];
      /** Absolute path of the file that was read; null: none. */
      readonly file: string | null;
    }
  | {
      readonly ok: false;
      /** One text each, with place and caret where it is in a file. */
      readonly problems: readonly string[];
      readonly file: string | null;
    };

interface Found {
  readonly value: string | number | null;
  readonly from: string;
  /** What a relative path is relative to. */
  readonly folder: string;
}

/** Loads the configuration. Never throws for what somebody wrote. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const path = resolve(sources.cwd, sources.file ?? CONFIG_FILE);
  const file = sources.file !== undefined || existsSync(path) ? path : null;
  const read = file === null ? NOTHING_READ : readFile(file, sources.file ?? CONFIG_FILE);
  const environment = readEnvironment(sources.env);
  const found = new Map<string, Found>();
  for (const setting of SETTINGS) {
    const fallback = { value: setting.fallback, from: "default", folder: sources.cwd };
    const variable = environment.values.get(setting.key);
    const inForce =
      variable === undefined
        ? (read.values.get(setting.key) ?? fallback)
        : { value: variable, from: setting.variable, folder: sources.cwd };
    found.set(setting.key, inForce);
  }
  const early = [...read.problems, ...environment.problems, ...readSecrets(found)];
  const valueOf = (key: string): string | null => textAt(found, key);
  const problems =
    early.length > 0
      ? early
      : [...disagreements(found), ...oidcProblems(valueOf), ...notifyProblems(valueOf)];
  if (problems.length > 0) return { ok: false, problems, file };
  const values = SETTINGS.map(({ key, variable, isSecret }) => {
    const { value, from } = foundAt(found, key);
    return { key, variable, value: isSecret && value !== null ? "(secret)" : value, from };
  });
  return { ok: true, config: configOf(found), values, file };
}

interface Read {
  readonly values: ReadonlyMap<string, Found>;
  readonly problems: readonly string[];
}
const NOTHING_READ: Read = { values: new Map(), problems: [] };

function readFile(path: string, shownAs: string): Read {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const problem =
      why === "ENOENT"
        ? `there is no file \`${shownAs}\`: name another one with --config, or leave it out`
        : `\`${shownAs}\` cannot be read (${why})`;
    return { values: new Map(), problems: [problem] };
  }
  if (text.length > FILE_BYTES_MAX) {
    return { values: new Map(), problems: [`\`${shownAs}\` is longer than 1 MiB`] };
  }
  const { root, findings } = readYaml(text);
  const all: Finding[] = [...findings];
  const isEmpty = root === null || (root.kind === "scalar" && root.value === null);
  const values = isEmpty ? new Map<string, Found>() : valuesOf(root, { path, shownAs, text }, all);
  const problems = toProblems({ file: shownAs, text }, all).map(formatLoadProblem);
  return { values, problems };
}

function valuesOf(
  root: YamlNode,
  source: { readonly path: string; readonly shownAs: string; readonly text: string },
  findings: Finding[],
): Map<string, Found> {
  const values = new Map<string, Found>();
  readStructure(root, CONFIG_FORM, findings);
  if (findings.length > 0) return values;
  for (const setting of SETTINGS) {
    const node = nodeAt(root, setting.key.split("."));
    if (node?.kind !== "scalar") continue;
    const outside = outsideRange(setting, node.value);
    if (outside !== null) findings.push({ offset: node.offset, ...outside });
    const line = source.text.slice(0, node.offset).split("\n").length;
    const value = typeof node.value === "boolean" ? String(node.value) : node.value;
    const from = `${source.shownAs}:${line}`;
    values.set(setting.key, { value, from, folder: dirname(source.path) });
  }
  return values;
}

/** Variables that look like settings and are none would be ignored silently; so they are errors. */
const SETTING_VARIABLE =
  /^HALTPOINT_(LISTEN|PUBLIC|STORE|POLICY|ORGANISATION|LOG|NOTIFY|LIMITS|SIGN)(_|$)/;

function readEnvironment(env: ConfigSources["env"]): {
  readonly values: ReadonlyMap<string, string | number>;
  readonly problems: readonly string[];
} {
  const values = new Map<string, string | number>();
  const problems: string[] = [];
  const known = new Map(SETTINGS.map((setting) => [setting.variable, setting]));
  for (const [name, text] of Object.entries(env)) {
    const setting = known.get(name);
    if (setting === undefined) {
      if (SETTING_VARIABLE.test(name)) {
        const hint = didYouMean(name, known.keys());
        problems.push(`unknown variable \`${name}\`${hint || "; unset it"}`);
      }
      continue;
    }
    // An empty variable is how a shell or a container file says "not set".
    if (text === undefined || text === "") continue;
    const value = setting.form.type === "integer" && /^\d{1,15}$/.test(text) ? Number(text) : text;
    const findings: Finding[] = [];
    const node: YamlScalar = { kind: "scalar", value, offset: 0, end: 0 };
    readStructure(node, setting.form, findings);
    const outside = findings[0] ?? outsideRange(setting, value);
    if (outside !== null) problems.push(`${name}: ${outside.message}`);
    values.set(setting.key, value);
  }
  return { values, problems };
}

function outsideRange(
  { duration }: Setting,
  value: YamlScalar["value"],
): { readonly message: string; readonly fix: string } | null {
  if (duration === undefined || typeof value !== "string") return null;
  const ms = durationMs(value);
  const { minMs, maxMs } = duration;
  if (ms >= minMs && ms <= maxMs) return null;
  const range = `from ${durationText(minMs)} to ${durationText(maxMs)}`;
  return { message: `expected a duration ${range}, got \`${value}\``, fix: `write one ${range}` };
}

/** Puts the content of each `KEY_file` in the place of its secret. */
function readSecrets(found: Map<string, Found>): readonly string[] {
  const problems: string[] = [];
  for (const { key, isSecret } of SETTINGS) {
    const path = isSecret === true ? pathAt(found, `${key}_file`) : null;
    if (path === null) continue;
    const named = foundAt(found, `${key}_file`);
    if (foundAt(found, key).value !== null) {
      problems.push(`both \`${key}\` and \`${key}_file\` are set: leave one out`);
      continue;
    }
    try {
      const value = readFileSync(path, "utf8").trim();
      if (value === "") problems.push(`the file of \`${key}_file\` is empty`);
      else found.set(key, { ...named, value });
    } catch (error) {
      const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      problems.push(`the file of \`${key}_file\` (${named.from}) cannot be read (${why})`);
    }
  }
  return problems;
}

/** Values that are right alone and wrong together. */
function disagreements(found: ReadonlyMap<string, Found>): readonly string[] {
  const proxies = foundAt(found, "listen.trusted_proxies").from;
  const problems = proxiesAt(found)
    .filter((each) => !isRange(each))
    .map(
      (each) =>
        `\`listen.trusted_proxies\` (${proxies}): \`${each}\` is no address and no range; write e.g. \`10.0.0.0/8\``,
    );
  const lease = foundAt(found, "limits.lease");
  const limits: readonly (readonly [string, string])[] = [
    ["limits.heartbeat", "limits.lease"],
    ["limits.lease", "limits.run_max"],
  ];
  for (const [shorter, longer] of limits) {
    const [a, b] = [foundAt(found, shorter), foundAt(found, longer)];
    const strict = a !== lease;
    const fits = strict
      ? durationMs(String(a.value)) < durationMs(String(b.value))
      : durationMs(String(a.value)) <= durationMs(String(b.value));
    if (fits) continue;
    const relation = strict ? "must be shorter than" : "must not be longer than";
    problems.push(
      `\`${shorter}\` (${a.value}, ${a.from}) ${relation} \`${longer}\` (${b.value}, ${b.from})`,
    );
  }
  return problems;
}

function configOf(found: ReadonlyMap<string, Found>): Config {
  const host = String(foundAt(found, "listen.host").value);
  const port = Number(foundAt(found, "listen.port").value);
  const publicUrl = foundAt(found, "public_url").value ?? publicUrlOf(host, port);
  const level = foundAt(found, "log.level").value;
  return {
    listen: { host, port },
    trustedProxies: proxiesAt(found),
    publicUrl: String(publicUrl).replace(/\/+$/, ""),
    store: { file: pathAt(found, "store.file") ?? "" },
    policyFile: pathAt(found, "policy.file"),
    organisation: {
      domains: listAt(found, "organisation.domains"),
      accounts: listAt(found, "organisation.accounts"),
      payees: listAt(found, "organisation.payees"),
    },
    limits: limitsOf(found),
    signIn: signInOf(found),
    oidc: oidcConfig((key) => textAt(found, key)),
    log: { level: LOG_LEVELS.find((each) => each === level) ?? "info" },
    notify: notifySettings((key) => textAt(found, key)),
    dev: false,
  };
}

/** The address as a URL; IPv6 takes brackets, and "all addresses" is reached by this machine's. */
export function urlOf(host: string, port: number): string {
  const reached = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** On this machine only, it has a name: passkeys are bound to one, and an address is none. */
export function publicUrlOf(host: string, port: number): string {
  return /^(127(\.\d{1,3}){3}|::1)$/.test(host) ? `http://localhost:${port}` : urlOf(host, port);
}

function proxiesAt(found: ReadonlyMap<string, Found>): readonly string[] {
  return listAt(found, "listen.trusted_proxies");
}

/** What is written with commas between. */
function listAt(found: ReadonlyMap<string, Found>, key: string): readonly string[] {
  const listed = textAt(found, key)?.split(",") ?? [];
  return listed.map((each) => each.trim()).filter((each) => each !== "");
}

/** An address, or a range as `ADDRESS/BITS`. */
function isRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

function textAt(found: ReadonlyMap<string, Found>, key: string): string | null {
  const { value } = foundAt(found, key);
  return value === null ? null : String(value);
}

function pathAt(found: ReadonlyMap<string, Found>, key: string): string | null {
  const { value, folder } = foundAt(found, key);
  return value === null ? null : resolve(folder, String(value));
}

function limitsOf(found: ReadonlyMap<string, Found>): ConfigLimits {
  const limits: Partial<Record<keyof ConfigLimits, number>> = {};
  for (const [key, name] of LIMIT_OF) {
    const { value } = foundAt(found, key);
    limits[name] = typeof value === "string" ? durationMs(value) : Number(value);
  }
  // LIMIT_OF names every member: a test compares it with the defaults.
  return limits as ConfigLimits;
}

function signInOf(found: ReadonlyMap<string, Found>): SignInLimits {
  const limits: Partial<Record<keyof SignInLimits, number>> = {};
  for (const [key, name] of SIGN_IN_LIMIT_OF) {
    const { value } = foundAt(found, key);
    limits[name] = typeof value === "string" ? durationMs(value) : Number(value);
  }
  // SIGN_IN_LIMIT_OF names every member: a test compares it with the defaults.
  return limits as SignInLimits;
}

function foundAt(found: ReadonlyMap<string, Found>, key: string): Found {
  const value = found.get(key);
  if (value === undefined) throw new Error(`\`${key}\` is no setting`);
  return value;
}
