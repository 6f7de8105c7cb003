import { defineConfig } from "vitest/config";

/**
 * Every test of the workspace. The campaign (HALTPOINT_CAMPAIGN=1) runs the same files: tests read
 * the variable and widen their search, so one test may take much longer.
 */
const campaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const minuteMs = 60_000;

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    testTimeout: campaign ? 60 * minuteMs : minuteMs,
    hookTimeout: minuteMs,
    passWithNoTests: false,
    reporters: ["default", "json"],
    outputFile: { json: "reports/vitest.json" },
  },
});
