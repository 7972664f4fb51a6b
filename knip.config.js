import { ENTRIES, PROGRAMS } from "./scripts/entries.mjs";

export default {
  entry: [
    ...Object.values(ENTRIES),
    ...Object.values(PROGRAMS),
    "scripts/*.mjs",
    "bench/*.{ts,mjs}",
    "test/lab/vitest.config.ts",
    "test/lab/**/*.lab.test.ts",
    "test/types/*.ts",
  ],
  project: ["src/**/*.ts", "scripts/**/*.mjs", "test/**/*.{ts,mjs}", "bench/**/*.{ts,mjs}"],
  ignore: ["**/fixtures/**"],
  // The examples and their tests are started with it from the command line.
  ignoreDependencies: ["tsx"],
  // A type that another exported type mentions is exported so that users can name it.
  ignoreExportsUsedInFile: { interface: true, type: true },
};
