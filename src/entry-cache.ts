/**
 * A cache that machines share, and steps that keep what package managers download.
 *
 * @packageDocumentation
 */
import { createNpmInstall, type NpmInstall } from "./cache/packages/npm.ts";
import { createPipInstall, type PipInstall } from "./cache/packages/pip.ts";
import type { Command, CommandRunner } from "./cache/packages/run-command.ts";
import { sh, type ShellCommand } from "./executors/shell/index.ts";
import type { StepContext } from "./ports/index.ts";

export { turborepo } from "./cache/remote/turborepo.ts";
export type { TurborepoOptions } from "./cache/remote/options.ts";
export type { PackageCacheSpec } from "./cache/packages/cache-spec.ts";
export type { NpmInstall, NpmInstallOptions, NpmInstallSpec } from "./cache/packages/npm.ts";
export type { InstallOptions } from "./cache/packages/options.ts";
export type { PipInstall, PipInstallOptions, PipInstallSpec } from "./cache/packages/pip.ts";
export type { InstallOutput } from "./cache/packages/with-folder.ts";

/** Package managers run as any command of a job does. */
const runner: CommandRunner = {
  run: async (command, context) => {
    const step = stepOf(command);
    await step.execute(step.spec as never, context);
  },
  ask: async (command, context) => {
    const step = stepOf(command).text();
    return await step.execute(step.spec as never, silent(context));
  },
};

function stepOf({ argv, cwd, env }: Command): ShellCommand {
  return sh({ cwd, env: env as Readonly<Record<string, string>> })`${argv}`;
}

/** The same node, but for what it prints on standard output. */
function silent(context: StepContext): StepContext {
  const write: StepContext["write"] = (stream, chunk) =>
    stream === "stdout" ? undefined : context.write(stream, chunk);
  return new Proxy(context, {
    get: (target, key) => {
      if (key === "write") return write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/**
 * Installs a project's packages by npm, with a folder of downloads that stays between runs and comes from the pipeline's
 * remote cache where this machine has none. Without network once all is there. Says in the log whether it was a hit, and
 * how many bytes came or went.
 *
 * The folder is kept by the lock file, the platform and npm's main version. Where that has changed, the newest of the same
 * platform is taken, and what is new is downloaded.
 *
 * @throws LOCKFILE_MISSING when it runs, where there is neither `package-lock.json` nor `npm-shrinkwrap.json`;
 * COMMAND_FAILED, COMMAND_NOT_FOUND
 *
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { npmInstall } from "sluice/cache";
 *
 * export default pipeline({ name: "web" }, (p) => {
 *   p.stage("prepare").job("packages", npmInstall({ cwd: "web", args: ["--omit", "optional"] }));
 *   p.stage("verify").job("unit", sh({ cwd: "web" })`npm test`);
 * });
 * ```
 */
export const npmInstall: NpmInstall = createNpmInstall(runner);

/**
 * Installs what requirement files say by pip, into a virtual environment, with a folder of downloads and wheels as
 * {@link npmInstall} has one. Where every requirement is of one version (`name==1.2`), they are installed from the wheels
 * of an earlier run, without network; else the index is asked each time, as pip does.
 *
 * @throws LOCKFILE_MISSING when it runs, where a requirements file is not there; COMMAND_FAILED, COMMAND_NOT_FOUND
 *
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { pipInstall } from "sluice/cache";
 *
 * export default pipeline({ name: "api" }, (p) => {
 *   p.stage("prepare").job("packages", pipInstall({ requirements: ["requirements.txt", "requirements-dev.txt"] }));
 *   p.stage("verify").job("unit", sh`.venv/bin/python -m pytest`);
 * });
 * ```
 */
export const pipInstall: PipInstall = createPipInstall(runner);
