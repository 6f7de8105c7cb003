/** `doctor`: is everything that Haltpoint needs as it should be? Changes nothing. */
import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { EXIT } from "@haltpoint/protocol";
import { checkPolicyText } from "../../app/policy-texts.ts";
import type { Config } from "../../config/config.ts";
import type { Call } from "./command.ts";
import { urlOf } from "./connection.ts";
import { readDevelopmentFile } from "./development-file.ts";
import { readConfig } from "./host-store.ts";

export interface Finding {
  readonly check: string;
  /** `warn`: it works and should not stay so. */
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
}

const CLOCK_SKEW_MAX_MS = 5_000;
const DISK_FREE_MIN_BYTES = 1_073_741_824;
const ANSWER_TIMEOUT_MS = 5_000;
const NODE_MIN = [22, 13] as const;

export async function doctor(call: Call): Promise<number> {
  const { screen } = call;
  const loaded = readConfig(call);
  const findings: Finding[] = [nodeFinding(process.versions.node)];
  if (loaded.ok) {
    const where = loaded.file ?? "defaults and environment";
    findings.push({ check: "configuration", state: "ok", detail: where });
    findings.push(policyFinding(loaded.config));
    findings.push(...(await storeFindings(call, loaded.config)));
  } else {
    findings.push({ check: "configuration", state: "fail", detail: loaded.problems.join("\n") });
  }
  findings.push(...(await serverFindings(call)));
  const isWell = findings.every(({ state }) => state !== "fail");
  screen.printJson({ ok: isWell, findings });
  for (const { check, state, detail } of findings) {
    screen.print(
      `${state.padEnd(4)}  ${check.padEnd(13)}  ${detail.replaceAll("\n", "\n                     ")}`,
    );
  }
  if (!isWell) screen.print("\nSomething is wrong; see the lines with `fail`.");
  return isWell ? EXIT.ok : EXIT.fault;
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const detail = isNew ? version : `${version}; Haltpoint needs ${NODE_MIN.join(".")} or newer`;
  return { check: "node", state: isNew ? "ok" : "fail", detail };
}

function policyFinding({ policyFile }: Config): Finding {
  const check = "policy file";
  if (policyFile === null) return { check, state: "ok", detail: "none is named" };
  if (!existsSync(policyFile))
    return { check, state: "fail", detail: `there is no file ${policyFile}` };
  const { problems } = checkPolicyText({
    file: policyFile,
    text: readFileSync(policyFile, "utf8"),
  });
  if (problems.length === 0) return { check, state: "ok", detail: policyFile };
  return { check, state: "fail", detail: problems.join("\n") };
}

async function storeFindings({ host }: Call, config: Config): Promise<readonly Finding[]> {
  const { file } = config.store;
  if (!existsSync(file)) {
    return [
      { check: "store", state: "warn", detail: `there is no ${file} yet; \`serve\` makes it` },
    ];
  }
  const composition = await host.compose();
  const { damage, holder, lastEntryAt } = composition.inspectStore(config);
  const disk = await diskFinding(file);
  const ahead = lastEntryAt === null ? 0 : lastEntryAt - Date.now();
  return [
    damage === null
      ? { check: "store", state: "ok", detail: `${file}, every page checked` }
      : { check: "store", state: "fail", detail: `${file}: ${damage}` },
    { check: "store lock", state: "ok", detail: holder === null ? "free" : `held by ${holder}` },
    ahead > CLOCK_SKEW_MAX_MS
      ? {
          check: "clock",
          state: "fail",
          detail: `this machine is ${Math.ceil(ahead / 1000)} s behind the last entry`,
        }
      : { check: "clock", state: "ok", detail: "not behind the last entry" },
    disk,
  ];
}

async function diskFinding(file: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(file));
  const free = bavail * bsize;
  const detail = `${(free / DISK_FREE_MIN_BYTES).toFixed(1)} GiB free`;
  return { check: "disk", state: free < DISK_FREE_MIN_BYTES ? "warn" : "ok", detail };
}

async function serverFindings(call: Call): Promise<readonly Finding[]> {
  const url = urlOf(call, readDevelopmentFile(call));
  const sentAt = Date.now();
  try {
    const response = await fetch(`${url}/readyz`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: "manual",
    });
    const detail = response.ok
      ? url
      : `${url} answers and is not ready (status ${response.status})`;
    const server: Finding = { check: "server", state: response.ok ? "ok" : "fail", detail };
    return [server, ...skewFinding(response.headers.get("date"), sentAt)];
  } catch {
    return [{ check: "server", state: "warn", detail: `no server answers at ${url}` }];
  }
}

/** The header has whole seconds, and the answer took a while: both are given to the clock. */
function skewFinding(date: string | null, sentAt: number): readonly Finding[] {
  const at = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(at)) return [];
  const early = sentAt - (at + 1_000);
  const late = at - Date.now();
  const skew = Math.max(early, late, 0);
  const check = "server clock";
  if (skew <= CLOCK_SKEW_MAX_MS)
    return [{ check, state: "ok", detail: "agrees with this machine's" }];
  return [
    { check, state: "fail", detail: `differs from this machine's by ${Math.round(skew / 1000)} s` },
  ];
}
