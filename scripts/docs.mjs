/**
 * Writes the API reference, `docs/reference/api`, from the docstrings of everything that can be imported.
 * With `--check` it writes nothing and fails where the committed pages differ from what it would write.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Application } from "typedoc";
import { ENTRIES } from "./entries.mjs";
import { CACHE, ROOT, seconds } from "./lib.mjs";

const PAGES = join(ROOT, "docs", "reference", "api");
const check = process.argv.includes("--check");
const out = check ? join(CACHE, "api") : PAGES;
const start = performance.now();

await mkdir(CACHE, { recursive: true });
const app = await Application.bootstrapWithPlugins({
  options: join(ROOT, "typedoc.json"),
  entryPoints: Object.values(ENTRIES).map((source) => join(ROOT, source)),
  out,
  logLevel: "Warn",
});
const project = await app.convert();
if (project === undefined || app.logger.hasErrors()) throw new Error("the API reference could not be made");
// A page is named as users write the import, not as the sources lie.
for (const [subpath, source] of Object.entries(ENTRIES)) {
  const name = source.replace(/^src\//, "").replace(/(?<=.)\/index\.ts$|\.ts$/, "");
  const module = project.children?.find((child) => child.name === name);
  if (module === undefined) throw new Error(`${source} exports nothing`);
  module.name = subpath.replace(".", "sluice");
}
await app.generateOutputs(project);

if (check) {
  const stale = await differences(out, PAGES);
  await rm(out, { recursive: true, force: true });
  for (const page of stale) console.error(`docs/reference/api/${page} is not what the docstrings say`);
  if (stale.length > 0) {
    console.error("run `npm run docs` and commit the result");
    process.exitCode = 1;
  }
} else {
  console.log(`docs/reference/api written in ${seconds(start)}`);
}

async function differences(expected, actual) {
  const [wanted, found] = await Promise.all([pagesOf(expected), pagesOf(actual)]);
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names].filter((name) => wanted.get(name) !== found.get(name)).sort();
}

async function pagesOf(folder) {
  const items = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = items.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, "utf8")]),
    ),
  );
}
