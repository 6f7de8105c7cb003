import { defineConfig } from "vitest/config";
import { plantedBug } from "./test/planted/plugin.ts";

/**
 * Every test of the workspace. The campaign (HALTPOINT_CAMPAIGN=1) runs the same files: tests read
 * the variable and widen their search, so one test may take much longer.
 */
const campaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const minuteMs = 60_000;

export default defineConfig({
  plugins: [plantedBug()],
  test: {
    globalSetup: ["test/browser/testing/browser-desk.ts"],
    setupFiles: ["test/seed/seed-properties.ts"],
    include: ["packages/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    // One more than the two cores they are meant for: much of the time is spent waiting.
    maxWorkers: 3,
    retry: 0,
    testTimeout: campaign ? 60 * minuteMs : minuteMs,
    hookTimeout: minuteMs,
    passWithNoTests: false,
    // Kept between runs, it would serve one run's planted bug to the next run, and hide it.
    fsModuleCache: false,
    reporters: ["default", "json"],
    outputFile: { json: "reports/vitest.json" },
  },
});
