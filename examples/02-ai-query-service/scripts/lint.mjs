// Checks the code and the documents; every problem is one line, path:line: what is wrong.
//   node scripts/lint.mjs [code|docs]
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isEntry, run } from "./lib/cli.mjs";
import { codeProblems, syntaxProblems } from "./lint/code.mjs";
import { datasetProblems, documentProblems } from "./lint/docs.mjs";

/** @typedef {{ path: string, text: string }} SourceFile path relative to the root, with forward slashes */
/** @typedef {{ path: string, line: number, message: string }} Problem */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** @type {Record<string, (root: string) => Promise<Problem[]>>} */
const LINTERS = {
  code: async (root) => {
    const files = [...(await read(root, "service", ".mjs")), ...(await read(root, "scripts", ".mjs"))];
    files.push(...(await read(root, "tests", ".mjs")));
    return [...codeProblems(files), ...(await syntaxProblems(root, files))];
  },
  docs: async (root) => {
    const documents = await read(root, "docs", ".md");
    const datasets = await read(root, "evals", ".jsonl");
    return [...documentProblems(documents), ...datasetProblems(datasets, documents)];
  },
};

/**
 * @param {string} root folder with service, scripts, tests, docs and evals
 * @param {string} [only] `code` or `docs`; both where it is left out
 * @returns {Promise<Problem[]>}
 */
export async function lint(root, only) {
  const names = only === undefined ? Object.keys(LINTERS) : [only];
  const found = await Promise.all(
    names.map((name) => {
      const linter = LINTERS[name];
      if (linter === undefined) throw new Error(`lint what? One of ${Object.keys(LINTERS).join(", ")}`);
      return linter(root);
    }),
  );
  return found.flat();
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} ending
 * @returns {Promise<SourceFile[]>}
 */
async function read(root, folder, ending) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(root, path).split(sep).join("/"),
      text: await readFile(path, "utf8"),
    })),
  );
}

if (isEntry(import.meta.url)) {
  await run(async () => {
    const problems = await lint(ROOT, process.argv[2]);
    for (const { path, line, message } of problems) process.stdout.write(`${path}:${line}: ${message}\n`);
    if (problems.length > 0) throw new Error(`${problems.length} problems`);
  });
}
