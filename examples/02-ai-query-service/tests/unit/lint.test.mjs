import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { codeProblems, syntaxProblems } from "../../scripts/lint/code.mjs";
import { datasetProblems, documentProblems } from "../../scripts/lint/docs.mjs";

const WORDS = "word "
  .repeat(50)
  .replace(/(.{90}) /g, "$1\n")
  .trim();

/** @param {string} id @param {string} [body] */
const document = (id, body = WORDS, title = `About ${id}`) => ({
  path: `docs/${id}.md`,
  text: `---\nid: ${id}\ntitle: ${title}\n---\n\n${body}\n`,
});

/** @param {{ path: string, line: number, message: string }[]} problems */
const lines = (problems) => problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);

test("good documents and questions have no problems", () => {
  const documents = [document("a", `${WORDS}\n\n[b](b.md)`), document("b")];
  const dataset = { path: "evals/q.jsonl", text: '{"question":"Which?","relevant":["a","b"]}\n' };
  assert.deepEqual(documentProblems(documents), []);
  assert.deepEqual(datasetProblems([dataset], documents), []);
});

test("problems of documents are named with file and line", () => {
  const problems = documentProblems([
    { path: "docs/a.md", text: "no front matter" },
    { ...document("b"), path: "docs/c.md" },
    document("d", `${WORDS}\n\n[gone](gone.md)`),
    document("e", "too short", "About d"),
  ]);
  const gone = 6 + WORDS.split("\n").length + 1;
  assert.deepEqual(lines(problems), [
    "docs/a.md:1: no front matter between two lines of ---",
    "docs/c.md:1: the id is b; it must be the file's name",
    `docs/d.md:${gone}: links to gone.md, which does not exist`,
    "docs/e.md:1: docs/d.md has the same title",
    "docs/e.md:1: 2 words; a document needs at least 40",
  ]);
});

test("problems of the dataset are named with file and line", () => {
  const text = [
    '{"question":"One?","relevant":["a"]}',
    '{"question":"one?","relevant":["nowhere"]}',
    "{",
    '{"question":"Two?","relevant":[]}',
  ].join("\n");
  const problems = datasetProblems([{ path: "evals/q.jsonl", text }], [document("a"), document("b")]);
  assert.deepEqual(lines(problems), [
    "evals/q.jsonl:2: the question is asked twice",
    "evals/q.jsonl:2: there is no document nowhere",
    "evals/q.jsonl:3: not JSON",
    "evals/q.jsonl:4: relevant must be a list of document ids with at least one in it",
    "docs/b.md:1: no question asks for this document",
  ]);
});

test("imports of packages, of missing files and of scripts by the service are found", () => {
  const quoted = (/** @type {string} */ name) => `import x from ${JSON.stringify(name)};`;
  const problems = codeProblems([
    { path: "service/a.mjs", text: [quoted("lodash"), quoted("./b.mjs"), quoted("node:fs")].join("\n") },
    { path: "service/c.mjs", text: [quoted("../scripts/d.mjs"), "console.log(1);"].join("\n") },
    { path: "scripts/d.mjs", text: `${quoted("../service/a.mjs")}\n// ${quoted("lodash")}` },
  ]);
  assert.deepEqual(lines(problems), [
    "service/a.mjs:1: imports the package lodash, but there are no dependencies",
    "service/a.mjs:2: imports service/b.mjs, which does not exist",
    "service/c.mjs:1: the service must not import scripts/d.mjs",
    "service/c.mjs:2: use the log, not the console",
  ]);
});

test("a syntax error is found with its line", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "query-lint-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "good.mjs"), "export const a = 1;\n");
  await writeFile(join(root, "bad.mjs"), "export const a = 1;\nconst = 2;\n");
  const files = ["good.mjs", "bad.mjs"].map((path) => ({ path, text: "" }));
  const problems = await syntaxProblems(root, files);
  assert.equal(problems.length, 1);
  assert.match(lines(problems)[0] ?? "", /^bad\.mjs:2: SyntaxError: /);
});
