import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { Step, StepContext } from "../../ports/index.ts";
import { digestOf, keysOf, lockFileMissing, type PackageCacheSpec } from "./cache-spec.ts";
import { optionProblems, type InstallOptions } from "./options.ts";
import type { CommandRunner } from "./run-command.ts";
import { withFolder, type InstallOutput } from "./with-folder.ts";

/** Options of {@link NpmInstall}. */
export interface NpmInstallOptions extends InstallOptions {
  /** `ci` installs what the lock file says, into an empty `node_modules`. @defaultValue `"ci"` */
  readonly command?: "ci" | "install";
}

/** What an npm step consists of, as data. It stands in the Plan under `with`. */
export interface NpmInstallSpec {
  readonly command: "ci" | "install";
  readonly args: readonly string[];
  /** Relative to the root; `.` is the root. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, unknown>>;
  readonly cache: PackageCacheSpec;
}

export type NpmInstall = (options?: NpmInstallOptions) => Step<InstallOutput>;

/** In the order in which npm itself looks for them. */
const LOCK_FILES = ["npm-shrinkwrap.json", "package-lock.json"];

/** Nothing of npm's own that would only make the folder larger, or ask the network. */
const QUIET = { npm_config_update_notifier: "false", npm_config_logs_max: "0" };

export function createNpmInstall(runner: CommandRunner): NpmInstall {
  return (options = {}) => {
    const { command = "ci", args = [], cwd = ".", env = {}, folder = "npm" } = options;
    const problems = [...optionProblems("npmInstall()", options, ["command"])];
    if (!["ci", "install"].includes(command)) {
      const message = `npmInstall(): command ${JSON.stringify(command)} is neither "ci" nor "install"`;
      problems.push({ rule: "install-option", message, hint: "Leave it out for `npm ci`." });
    }
    const spec: NpmInstallSpec = {
      command,
      args,
      cwd,
      env,
      cache: {
        folder,
        key: "npm-{os}-{arch}-{tool}-{files}",
        restore: ["npm-{os}-{arch}-{tool}-", "npm-{os}-{arch}-"],
        files: LOCK_FILES.map((file) => posix.join(cwd, file)),
      },
    };
    return Object.freeze<Step<InstallOutput>>({
      kind: "npm-install",
      spec,
      fields: ["key", "cache"],
      problems,
      execute: (resolved: NpmInstallSpec, context: StepContext) => install(resolved, context, runner),
    });
  };
}

async function install(
  { command, args, cwd, env, cache }: NpmInstallSpec,
  context: StepContext,
  runner: CommandRunner,
): Promise<InstallOutput> {
  const { root } = context;
  const file = cache.files.find((one) => existsSync(join(root, one)));
  if (file === undefined) {
    throw lockFileMissing(
      `npm ${command}: there is no package-lock.json in ${join(root, cwd)}`,
      "Run `npm install` there once and commit the file, or correct cwd.",
    );
  }
  const at = { cwd: join(root, cwd), env: { ...QUIET, ...env } };
  const [files, version] = await Promise.all([
    digestOf(root, [file]),
    runner.ask({ ...at, argv: ["npm", "--version"] }, context),
  ]);
  const tool = `npm${/^\s*(\d+)/m.exec(version)?.[1] ?? ""}`;
  return await withFolder(cache.folder, keysOf(cache, { tool, files }), context, async ({ path }) => {
    const ours = ["--prefer-offline", "--no-audit", "--no-fund", "--cache", path];
    await runner.run({ ...at, argv: ["npm", command, ...ours, ...args] }, context);
  });
}
