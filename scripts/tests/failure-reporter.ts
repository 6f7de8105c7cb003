import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import type { VitestReport } from "./vitest-report.ts";

type Failure = { readonly stack?: string; readonly message: string; readonly cause?: unknown };

/**
 * Writes what vitest's JSON report says of failed tests, with the causes of their errors: a property
 * test throws "Property failed", and only the cause tells an assertion from a crash.
 */
export default class FailureReporter implements Reporter {
  #path = "";

  onInit(vitest: Vitest): void {
    const { outputFile } = vitest.config;
    const path = typeof outputFile === "string" ? outputFile : outputFile?.["json"];
    if (path === undefined) throw new Error("`--outputFile.json` says where the report goes");
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const report: VitestReport = { testResults: modules.map(describeModule) };
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, JSON.stringify(report));
  }
}

function describeModule(module: TestModule): VitestReport["testResults"][number] {
  const errors = module.errors() as readonly Failure[];
  return {
    name: module.moduleId,
    status: module.ok() ? "passed" : "failed",
    message: errors.map(describeFailure).join("\n"),
    assertionResults: [...module.children.allTests()].map(describeTest),
  };
}

function describeTest(
  test: TestCase,
): VitestReport["testResults"][number]["assertionResults"][number] {
  const result = test.result();
  const errors = (result.errors ?? []) as readonly Failure[];
  return {
    fullName: test.fullName,
    status: result.state,
    failureMessages: errors.map(describeFailure),
  };
}

function describeFailure(failure: Failure): string {
  const own = failure.stack ?? failure.message;
  const { cause } = failure;
  if (typeof cause !== "object" || cause === null || !("message" in cause)) return own;
  return `${own}\nCaused by: ${describeFailure(cause as Failure)}`;
}
