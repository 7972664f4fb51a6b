import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Command } from "./measure.ts";

const REPO = fileURLToPath(new URL("../..", import.meta.url));
const TSX = pathToFileURL(join(REPO, "node_modules/tsx/dist/loader.mjs")).href;

/** A user's project with the built package in it, for programs that are measured. */
export class Workspace {
  readonly root = mkdtempSync(join(tmpdir(), "sluice-bench-"));

  constructor() {
    mkdirSync(join(this.root, "node_modules/.bin"), { recursive: true });
    symlinkSync(REPO, join(this.root, "node_modules/sluice"));
    for (const name of ["zod", "tsx"])
      symlinkSync(join(REPO, "node_modules", name), join(this.root, "node_modules", name));
    symlinkSync("../tsx/dist/cli.mjs", join(this.root, "node_modules/.bin/tsx"));
    this.write("package.json", '{ "type": "module", "private": true }');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** A JavaScript program, started by `node`, `node --import tsx` or `npx tsx`. */
  command(
    by: "node" | "tsx" | "npx tsx",
    program: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Command {
    const cwd = this.root;
    if (by === "npx tsx") return { file: "npx", args: ["tsx", program, ...args], cwd, env };
    const loader = by === "tsx" ? ["--import", TSX] : [];
    return { file: process.execPath, args: [...loader, program, ...args], cwd, env };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
