import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Folders whose content is never what somebody has written. */
const LEFT_OUT = new Set([".git", ".sluice", "node_modules"]);

/** All files and links below a folder that is no git checkout, relative to it. Links are not followed. */
export async function walk(root: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!LEFT_OUT.has(entry.name)) folders.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    }
  }
  return paths;
}
