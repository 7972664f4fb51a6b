/**
 * The lockfile names no download address (they differ from place to place, and npm finds packages without them), has a
 * checksum for each package, and knows the optional packages of every platform: where npm could not fetch one of those
 * it leaves it out in silence, and then `npm ci` refuses the file.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./lib.mjs";

const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
const problems = [];

for (const [path, entry] of Object.entries(packages)) {
  if (path === "" || entry.link) continue;
  if (entry.resolved !== undefined)
    problems.push(`${path} has a "resolved" address; .npmrc keeps npm from writing it`);
  if (entry.integrity === undefined) problems.push(`${path} has no integrity`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name))
      problems.push(`${path} has the optional dependency ${name}, which is not locked`);
  }
}

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

/** Whether `name` is found from `path` as Node looks for packages: in its own `node_modules` and all above. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf("/node_modules/"))) {
    if (packages[`${folder}/node_modules/${name}`] !== undefined) return true;
    if (!folder.includes("/node_modules/")) return packages[`node_modules/${name}`] !== undefined;
  }
}
