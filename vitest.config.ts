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
    // A file leaves nothing behind that another one minds, and need not load the server again.
    isolate: false,
    retry: 0,
    testTimeout: campaign ? 60 * minuteMs : minuteMs,
    hookTimeout: minuteMs,
    passWithNoTests: false,
    // Each planted bug is a run of its own; without it each would compile the server again.
    fsModuleCache: true,
    reporters: ["default", "json"],
    outputFile: { json: "reports/vitest.json" },
  },
});
