import { ENTRIES, PROGRAMS } from "./scripts/entries.mjs";

export default {
  entry: [
    ...Object.values(ENTRIES),
    ...Object.values(PROGRAMS),
    "scripts/*.mjs",
    "bench/**/*.{ts,mjs}",
    "test/lab/vitest.config.ts",
    "test/lab/**/*.lab.test.ts",
    "test/types/*.ts",
  ],
  project: ["src/**/*.ts", "scripts/**/*.mjs", "test/**/*.{ts,mjs}", "bench/**/*.{ts,mjs}"],
  // What its own file uses is not left over; it is exported so that a test, or a user, can name it.
  ignoreExportsUsedInFile: true,
  // Tests use them where they are there.
  ignoreBinaries: ["diff", "envsubst", "kubectl", "openssl", "unshare"],
};
