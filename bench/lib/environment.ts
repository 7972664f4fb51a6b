import { delimiter } from "node:path";

/** What `npm run` and a CI host leave behind, and what changes how Node itself starts. */
const FOREIGN = [
  /^npm_/i,
  /^(CI|CONTINUOUS_INTEGRATION|BUILD_NUMBER|RUN_ID|INIT_CWD|TF_BUILD)$/,
  /^(GITHUB|GITLAB|BUILDKITE|CIRCLECI|TRAVIS|JENKINS)(_|$)/,
  /^NODE(_OPTIONS|_ENV|_COMPILE_CACHE|_V8_COVERAGE)?$/,
  /^(FORCE_COLOR|NO_COLOR|MAKEFLAGS|MAKELEVEL|MFLAGS)$/,
];

/**
 * The environment that programs are measured in: a user's shell, and not that of `npm run bench`, under which `npx`
 * looks for programs elsewhere and tools believe that they were started by a package manager.
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !FOREIGN.some((pattern) => pattern.test(name))) kept[name] = value;
  const path = (env["PATH"] ?? "").split(delimiter);
  kept["PATH"] = path.filter((folder) => !/node_modules|node-gyp-bin/.test(folder)).join(delimiter);
  return kept;
}
