import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice-lab", "go");

/**
 * Builds the Go program in `folder` and gives the path of its binary, which is kept for as long as its source stays the
 * same. Rejects where there is no Go, or it does not build.
 */
export async function goProgram(folder) {
  const hash = createHash("sha256");
  for (const name of (await readdir(folder)).sort())
    hash.update(name).update(await readFile(join(folder, name)));
  const binary = join(CACHE, hash.digest("hex").slice(0, 16), "program");
  if (existsSync(binary)) return binary;
  await mkdir(dirname(binary), { recursive: true });
  const draft = `${binary}.${process.pid}`;
  await go(["build", "-trimpath", "-o", draft, "."], folder);
  await rename(draft, binary);
  return binary;
}

function go(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    child.on("error", () => reject(new Error("there is no `go` on this machine")));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go ${args[0]} failed: ${errors.trim().split("\n").slice(-3).join(" | ")}`));
    });
  });
}
