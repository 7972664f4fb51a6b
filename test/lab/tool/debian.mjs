import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { BINARIES } from "./cache.mjs";
import { runProgram } from "./run.mjs";

/**
 * A program of a Debian package: the one that is installed, or one unpacked into the lab's own folder, which changes
 * nothing on the machine and needs no rights. Its libraries must be there already.
 */
export async function debianProgram(name, path, log = () => undefined) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  const folder = join(BINARIES, "debian", name);
  const program = join(folder, path);
  if (existsSync(program)) return program;
  log(`downloading ${name}`);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await runProgram("apt-get", ["download", name], { cwd: draft });
    const [file] = (await readdir(draft)).filter((one) => one.endsWith(".deb"));
    await runProgram("dpkg", ["-x", file ?? "", "."], { cwd: draft });
    await rename(draft, folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}
