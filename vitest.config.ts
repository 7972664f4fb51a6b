import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // Many tests wait for processes; on two cores the default would be one worker.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "source",
          include: ["test/{unit,property,golden,contract}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          // These start the package as users get it, so `dist` is made first.
          name: "built",
          include: ["test/{integration,package,types}/**/*.test.ts"],
          globalSetup: ["test/build-dist.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
