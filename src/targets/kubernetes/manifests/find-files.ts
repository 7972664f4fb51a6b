import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { SluiceError } from "../../../errors/index.ts";
import type { ManifestProblems } from "./problems.ts";

/**
 * The files that globs name, sorted by path. A glob may say `../`; a link may not: one that leads out of the pipeline's
 * folder and of the folder that its glob names is a problem.
 *
 * @throws SluiceError `MANIFEST_INVALID` for a glob that names no file
 */
export async function findFiles(
  root: string,
  globs: readonly string[],
  problems: ManifestProblems,
): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const { default: picomatch } = await import("picomatch");
  const without = globs.filter((one) => one.startsWith("!")).map((one) => one.slice(1));
  const found = new Map<string, string>();
  for (const one of globs.filter((each) => !each.startsWith("!"))) {
    const files = await glob(one, {
      cwd: root,
      ignore: without,
      dot: true,
      onlyFiles: true,
      absolute: true,
      expandDirectories: false,
    });
    if (files.length === 0) {
      throw new SluiceError("MANIFEST_INVALID", `no file is named by ${JSON.stringify(one)}`, {
        path: root,
        hint: "Paths start at the pipeline's folder, and a folder alone names no file: write deploy/*.yaml.",
      });
    }
    const named = resolve(root, picomatch.scan(one).base);
    for (const file of files) {
      const shown = relative(root, file);
      if (await leadsOut(file, [root, named]))
        problems.add(shown, "the link leads out of the pipeline's folder");
      else found.set(shown, file);
    }
  }
  return [...found.keys()].sort();
}

async function leadsOut(file: string, folders: readonly string[]): Promise<boolean> {
  const real = await realpath(file);
  for (const folder of folders) {
    const way = relative(await realpath(folder), real);
    if (way === "" || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== "..")) return false;
  }
  return true;
}

/** A path of the definition as an absolute one. */
export function inRoot(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}
