import { join } from "node:path";

export interface PipCommandSetup {
  readonly python: string;
  readonly requirements: readonly string[];
  readonly args: readonly string[];
  /** Absolute folder of downloads. */
  readonly folder: string;
}

/**
 * What pip is asked for. pip's own cache of downloads does not do without the index, which it asks each time what there
 * is; so wheels are kept beside it, and installed from there without any network.
 */
export function pipCommands({ python, requirements, args, folder }: PipCommandSetup): {
  /** From the index, with what was downloaded before. */
  readonly install: readonly string[];
  /** Makes a wheel of everything. */
  readonly wheels: readonly string[];
  /** From those wheels alone. */
  readonly installWheels: readonly string[];
} {
  const pip = [python, "-m", "pip"];
  const files = requirements.flatMap((file) => ["-r", file]);
  const downloads = ["--cache-dir", join(folder, "downloads")];
  const wheels = join(folder, "wheels");
  return {
    install: [...pip, "install", ...downloads, ...files, ...args],
    wheels: [...pip, "wheel", ...downloads, "--wheel-dir", wheels, "--find-links", wheels, ...files, ...args],
    installWheels: [...pip, "install", "--no-index", "--find-links", wheels, ...files, ...args],
  };
}

/** Options that `pip install` and `pip wheel` take alike. */
const SHARED: ReadonlySet<string> = new Set([
  ...["-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host"],
  ...["-c", "--constraint", "-r", "--requirement", "--no-deps", "--require-hashes", "--pre"],
  ...[
    "--no-binary",
    "--only-binary",
    "--prefer-binary",
    "--no-build-isolation",
    "--use-pep517",
    "--config-settings",
  ],
  ...["--proxy", "--cert", "--client-cert", "--timeout", "--retries", "-q", "--quiet", "-v", "--verbose"],
]);

/** Whether arguments mean the same for the making of wheels. */
export function forWheelsToo(args: readonly string[]): boolean {
  return args.every((arg) => !arg.startsWith("-") || SHARED.has(arg.replace(/=.*$/s, "")));
}
