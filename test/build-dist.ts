import type { TestProject } from "vitest/node";
import { build } from "../scripts/build.mjs";

/** Makes `dist` once, before the first test that starts it, and again before each rerun in watch mode. */
export default async function setup(project: TestProject): Promise<void> {
  await build({ ifStale: true, types: false });
  project.onTestsRerun(async () => {
    await build({ ifStale: true, types: false });
  });
}
