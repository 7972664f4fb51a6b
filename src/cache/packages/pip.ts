import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { isSluiceError } from "../../errors/index.ts";
import type { Step, StepContext } from "../../ports/index.ts";
import { digestOf, keysOf, type PackageCacheSpec } from "./cache-spec.ts";
import { isInside, optionProblems, type InstallOptions } from "./options.ts";
import { forWheelsToo, pipCommands } from "./pip-commands.ts";
import { readRequirements } from "./requirements.ts";
import type { Command, CommandRunner } from "./run-command.ts";
import { withFolder, type CachedFolder, type InstallOutput } from "./with-folder.ts";

/** Options of {@link PipInstall}. */
export interface PipInstallOptions extends InstallOptions {
  /** Requirement files, relative to `cwd`. */
  readonly requirements: string | readonly string[];
  /** Where the virtual environment is, or is made, relative to `cwd`; `false` installs without one. @defaultValue `".venv"` */
  readonly venv?: string | false;
  /** The program to make the environment with. @defaultValue `"python3"`, on Windows `"python"` */
  readonly python?: string;
}

/** What a pip step consists of, as data. It stands in the Plan under `with`. */
export interface PipInstallSpec {
  /** Relative to `cwd`. */
  readonly requirements: readonly string[];
  readonly args: readonly string[];
  /** Relative to the root; `.` is the root. */
  readonly cwd: string;
  /** Relative to `cwd`. */
  readonly venv: string | null;
  /** `null` is what the system calls Python 3. */
  readonly python: string | null;
  readonly env: Readonly<Record<string, unknown>>;
  readonly cache: PackageCacheSpec;
}

export type PipInstall = (options: PipInstallOptions) => Step<InstallOutput>;

const QUIET = { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" };

export function createPipInstall(runner: CommandRunner): PipInstall {
  return (options) => {
    const { args = [], cwd = ".", env = {}, folder = "pip", venv = ".venv", python } = options;
    const problems = [...optionProblems("pipInstall()", options, ["requirements", "venv", "python"])];
    const requirements: readonly string[] = [options.requirements].flat();
    const add = (message: string, hint: string): void => {
      problems.push({ rule: "install-option", message: `pipInstall(): ${message}`, hint });
    };
    if (requirements.length === 0 || !requirements.every(isInside))
      add("requirements names no file below cwd", 'Name one, for example "requirements.txt".');
    if (venv !== false && !isInside(venv))
      add("venv is no path below cwd", 'Name one, for example ".venv", or false.');
    if (python === "") add("python is empty", "Leave it out, or name the program.");
    const spec: PipInstallSpec = {
      requirements,
      args,
      cwd,
      venv: venv === false ? null : venv,
      python: python ?? null,
      env,
      cache: {
        folder,
        key: "pip-{os}-{arch}-{tool}-{files}",
        restore: ["pip-{os}-{arch}-{tool}-"],
        files: problems.length > 0 ? [] : requirements.map((file) => posix.join(cwd, file)),
      },
    };
    return Object.freeze<Step<InstallOutput>>({
      kind: "pip-install",
      spec,
      fields: ["key", "cache"],
      problems,
      execute: (resolved: PipInstallSpec, context: StepContext) => install(resolved, context, runner),
    });
  };
}

async function install(
  { requirements, args, cwd, venv, python, env, cache }: PipInstallSpec,
  context: StepContext,
  runner: CommandRunner,
): Promise<InstallOutput> {
  const { root } = context;
  const { files, pinned } = await readRequirements(root, cache.files);
  const at: Omit<Command, "argv"> = { cwd: join(root, cwd), env: { ...QUIET, ...env } };
  const run = (argv: readonly string[]): Promise<void> => runner.run({ ...at, argv }, context);

  const system = python ?? (process.platform === "win32" ? "python" : "python3");
  const own = venv === null ? system : join(at.cwd, venv, ...OWN_PYTHON);
  if (venv !== null && !existsSync(own)) await run([system, "-m", "venv", venv]);
  const version = await runner.ask({ ...at, argv: [own, "-m", "pip", "--version"] }, context);

  const facts = { tool: toolOf(version), files: await digestOf(root, files) };
  const keys = keysOf(cache, facts);
  return await withFolder(cache.folder, keys, context, async (folder) => {
    const commands = pipCommands({ python: own, requirements, args, folder: folder.path });
    const isDone = pinned && forWheelsToo(args) && (await fromWheels(folder, commands, run, context));
    if (!isDone) await run(commands.install);
  });
}

/** Whether it could be installed from wheels that are kept, or are made first. */
async function fromWheels(
  { state }: CachedFolder,
  { wheels, installWheels }: ReturnType<typeof pipCommands>,
  run: (argv: readonly string[]) => Promise<void>,
  context: StepContext,
): Promise<boolean> {
  if (state === "hit" && (await worked(() => run(installWheels)))) return true;
  if (await worked(async () => run(wheels).then(() => run(installWheels)))) return true;
  await context.write(
    "stderr",
    "pip: not everything can be installed from wheels, so the index is asked as usual\n",
  );
  return false;
}

async function worked(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isSluiceError(error) && error.code === "COMMAND_FAILED") return false;
    throw error;
  }
}

const OWN_PYTHON = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];

/** `pip 25.1.1 from … (python 3.12)` is `pip25_py3.12`. */
function toolOf(version: string): string {
  const [, pip = ""] = /^pip (\d+)/m.exec(version) ?? [];
  const [, python = ""] = /\(python ([\d.]+)\)/.exec(version) ?? [];
  return `pip${pip}_py${python}`;
}
