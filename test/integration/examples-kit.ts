import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempFolder } from "../fixtures/temp-folder.ts";

const REPO = fileURLToPath(new URL("../..", import.meta.url));
const TSX = new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
const GENERATED = ["/.sluice", "/build", "/reports"];

/** A copy of an example in a folder of its own, so that its state is its own too. */
export function copyOf(example: string): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(REPO, join(folder, "node_modules/sluice"));
  for (const name of ["zod", "tsx"])
    symlinkSync(join(REPO, "node_modules", name), join(folder, "node_modules", name));
  const from = join(REPO, "examples", example);
  const to = join(folder, example);
  cpSync(from, to, { recursive: true, filter: (path) => !GENERATED.includes(path.slice(from.length)) });
  return to;
}

/** Runs a program of an example to its end, with few variables of this process and those of `env`. */
export function start(
  folder: string,
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--import", TSX, join(folder, program), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}
